import { randomUUID } from 'node:crypto';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Config, readConfig } from '../../api/config.ts';
import { inspectFiles, recount } from '../../api/data/inspection.ts';
import { StartupError } from '../../api/errors.ts';
import { History } from '../../api/live/history.ts';
import { createLog } from '../../api/log.ts';
import { findPending } from '../../api/migrate.ts';
import { startPostgres } from '../../api/postgres/embedded.ts';
import { openRedis } from '../../api/redis.ts';
import { openStorage } from '../../api/upload/storage.ts';
import { type Command, readArguments } from './command.ts';
import { requireServer } from './house.ts';

const MEBIBYTE = 1024 * 1024;
/** Of free disk: below it a day of uploads may fill it. */
const LITTLE_BYTES = 1024 * MEBIBYTE;
/** What people may notice of times that differ, and what makes sessions end too early or late. */
const SKEW_MS = { warn: 1_000, bad: 60_000 };
const CONNECT_TIMEOUT_MS = 5_000;

type Grade = 'ok' | 'warn' | 'bad';
type Report = (grade: Grade, what: string, finding: string) => void;

export const doctor: Command = {
  summary: 'doctor                       look for what is wrong, and say what to do',
  help: `Looks for what is wrong with a server, whether it runs or not, and changes nothing. A line each: ok, warn or
bad, what was looked at, and what was found, with the remedy.

  npm run parley -- doctor

Exit code: 0 where nothing is bad, 1 where something is.`,
  async run(args) {
    readArguments(args, [], {});
    let isBad = false;
    const report: Report = (grade, what, finding) => {
      isBad ||= grade === 'bad';
      console.log(`${grade.padEnd(5)} ${what.padEnd(12)} ${finding}`);
    };
    await examine(report);
    return isBad ? 1 : 0;
  },
};

async function examine(report: Report): Promise<void> {
  const config = await attempt(report, 'settings', async () => {
    const read = readConfig(process.env);
    requireServer(read);
    return read;
  });
  if (!config) return;
  report('ok', 'settings', `all valid; the data folder is ${config.dataDir}`);
  await examineDisk(config, report);
  await examineRedis(config, report);
  const postgres = config.databaseUrl
    ? null
    : await attempt(report, 'database', () => startPostgres(config.dataDir, createLog('silent')));
  if (!config.databaseUrl && !postgres) return;
  const connection = postgres?.connection ?? { connectionString: config.databaseUrl! };
  const pool = new pg.Pool({ ...connection, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, max: 2 });
  pool.on('error', () => {});
  try {
    await examineDatabase(config, pool, report);
  } finally {
    await pool.end();
    await postgres?.close();
  }
}

async function examineDisk({ dataDir, uploadReserveBytes }: Config, report: Report): Promise<void> {
  await attempt(report, 'rights', async () => {
    const uploads = join(dataDir, 'uploads');
    await mkdir(uploads, { recursive: true });
    const probe = join(uploads, `doctor-${randomUUID()}`);
    await writeFile(probe, '');
    await rm(probe);
    report('ok', 'rights', `${uploads} can be written to`);
    const { bavail, bsize } = await statfs(uploads);
    const free = bavail * bsize;
    const found = `${Math.floor(free / MEBIBYTE)} MiB are free`;
    if (free < uploadReserveBytes) {
      report(
        'bad',
        'disk',
        `${found}, less than UPLOAD_RESERVE_BYTES: uploads are refused; make room`,
      );
    } else if (free < LITTLE_BYTES) report('warn', 'disk', `${found}: make room soon`);
    else report('ok', 'disk', found);
  });
}

async function examineRedis({ redisUrl }: Config, report: Report): Promise<void> {
  if (!redisUrl) return report('ok', 'redis', 'none is set, and one process needs none');
  const redis = await attempt(report, 'redis', () => openRedis(redisUrl, createLog('silent')));
  if (!redis) return;
  if (redis.isConnected) report('ok', 'redis', 'answers');
  else report('bad', 'redis', 'does not answer: start it, or correct REDIS_URL');
  await redis.close();
}

async function examineDatabase(config: Config, pool: pg.Pool, report: Report): Promise<void> {
  const found = await attempt(report, 'database', async () => {
    const asked = Date.now();
    const { rows } = await pool.query<{ version: string; now: Date }>(
      `SELECT current_setting('server_version') AS version, clock_timestamp() AS now`,
    );
    const skewMs = rows[0]!.now.getTime() - (asked + Date.now()) / 2;
    return { version: rows[0]!.version, skewMs };
  });
  if (!found) return;
  report('ok', 'database', `PostgreSQL ${found.version} answers`);
  reportSkew(found.skewMs, report);
  const pending = await attempt(report, 'migrations', () => findPending(pool));
  if (!pending) return;
  if (pending.length > 0) {
    const finding = `${pending.length} are not applied yet: start the server, which applies them`;
    return report('bad', 'migrations', finding);
  }
  report('ok', 'migrations', 'all are applied');
  await attempt(report, 'epoch', async () => {
    report('ok', 'epoch', (await History.read(pool)).epoch);
  });
  await attempt(report, 'counts', () => examineCounts(pool, report));
  await attempt(report, 'files', () => examineFiles(config, pool, report));
}

function reportSkew(skewMs: number, report: Report): void {
  const distance = Math.abs(skewMs);
  const grade = distance > SKEW_MS.bad ? 'bad' : distance > SKEW_MS.warn ? 'warn' : 'ok';
  const remedy = grade === 'ok' ? '' : ': have both machines set their clocks by NTP';
  const seconds = (distance / 1000).toFixed(1);
  report(grade, 'clock', `the database’s differs from this machine’s by ${seconds} s${remedy}`);
}

async function examineCounts(pool: pg.Pool, report: Report): Promise<void> {
  for (const [what, wrong] of await recount(pool)) {
    if (wrong === 0) report('ok', 'counts', `${what}: equal to a recount`);
    else {
      const finding = `${what}: ${wrong} differ from a recount: restore a backup, or report it with your version`;
      report('bad', 'counts', finding);
    }
  }
}

async function examineFiles(config: Config, pool: pg.Pool, report: Report): Promise<void> {
  const storage = await openStorage(join(config.dataDir, 'uploads'), config.uploadReserveBytes);
  const { missing, orphaned } = await inspectFiles(pool, storage);
  if (missing > 0) {
    const finding = `the bytes of ${missing} are gone from the disk: copy uploads/ back from a backup`;
    report('bad', 'files', finding);
  } else report('ok', 'files', 'all are on the disk');
  if (orphaned > 0) {
    report(
      'warn',
      'files',
      `${orphaned} belong to nobody: a server that runs removes them within the hour`,
    );
  }
}

/** Null where it fails, which is reported. */
async function attempt<T>(report: Report, what: string, look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const cause = message || code || String(error);
    const remedy = what === 'rights' ? ': let this user write there, or set DATA_DIR' : '';
    const isKnown = error instanceof StartupError || what === 'rights';
    const advice = isKnown ? remedy : ': start it, or correct DATABASE_URL';
    report('bad', what, cause + advice);
    return null;
  }
}
