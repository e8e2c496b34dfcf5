import { statfs } from 'node:fs/promises';
import { VERSION } from '../about/version.ts';
import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import type { Viewer } from '../viewer.ts';
import type { ProcessState } from './sample.ts';

/** A process that has told nothing for so long is gone: each tells once a minute. */
const SILENCE_MS = 150_000;

export interface ServerProcess extends ProcessState {
  /** When it last told of itself. */
  seenAt: Date;
}

export interface DatabaseHealth {
  isUp: boolean;
  /** How long it took to be answered; null with the others where it does not answer. */
  latencyMs: number | null;
  version: string | null;
  sizeBytes: number | null;
}

export interface RedisHealth {
  isUp: boolean;
  latencyMs: number | null;
}

export interface ServerHealth {
  version: string;
  /** Of the process that has run for longest. */
  startedAt: Date;
  processes: ServerProcess[];
  database: DatabaseHealth;
  /** Null where none is set. */
  redis: RedisHealth | null;
  diskFreeBytes: number | null;
  diskTotalBytes: number | null;
  /** Jobs whose time has come, and jobs that were given up after all their tries; null where the database does not answer. */
  waitingJobs: number | null;
  failedJobs: number | null;
}

/** How the server is now. @throws Refusal FORBIDDEN for all but administrators. */
export async function readHealth(app: App, viewer: Viewer): Promise<ServerHealth> {
  onServer(viewer, 'administer');
  const [processes, database, redis, disk, jobs] = await Promise.all([
    listProcesses(app),
    checkDatabase(app),
    checkRedis(app),
    statfs(app.storage.folder).catch(() => null),
    countJobs(app),
  ]);
  return {
    version: VERSION,
    startedAt: new Date(Math.min(...processes.map(({ startedAt }) => startedAt.getTime()))),
    processes,
    database,
    redis,
    diskFreeBytes: disk && disk.bavail * disk.bsize,
    diskTotalBytes: disk && disk.blocks * disk.bsize,
    ...jobs,
  };
}

/** This one as it is, and the others as they have told, the oldest first. */
async function listProcesses({ db, sampler }: App): Promise<ServerProcess[]> {
  const own = { ...sampler.state(), seenAt: new Date() };
  const others = await db.pool
    .query<ServerProcess & { rssBytes: string }>({
      text: LIVING,
      values: [own.id, SILENCE_MS / 1000],
    })
    .catch(() => null);
  const told = others?.rows.map((row) => ({ ...row, rssBytes: Number(row.rssBytes) })) ?? [];
  return [own, ...told].sort((one, other) => Number(one.startedAt) - Number(other.startedAt));
}

const LIVING = `
  SELECT DISTINCT ON (process_id) process_id AS id, started_at AS "startedAt", seen_at AS "seenAt", connections,
         subscriptions, rss_bytes AS "rssBytes", event_loop_delay_ms AS "eventLoopDelayMs"
  FROM server_sample
  WHERE at > now() - $2::int * interval '1 second' - interval '1 minute'
    AND seen_at > now() - $2::int * interval '1 second' AND process_id <> $1
  ORDER BY process_id, at DESC`;

async function checkDatabase({ db }: App): Promise<DatabaseHealth> {
  try {
    const began = performance.now();
    await db.pool.query('SELECT 1');
    const latencyMs = performance.now() - began;
    const { rows } = await db.pool.query<{ version: string; size: string }>(
      `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size`,
    );
    const { version, size } = rows[0]!;
    return { isUp: true, latencyMs, version, sizeBytes: Number(size) };
  } catch {
    return { isUp: false, latencyMs: null, version: null, sizeBytes: null };
  }
}

async function checkRedis({ redis }: App): Promise<RedisHealth | null> {
  if (!redis) return null;
  const began = performance.now();
  const isUp = await redis.commands.ping().then(
    () => true,
    () => false,
  );
  return { isUp, latencyMs: isUp ? performance.now() - began : null };
}

async function countJobs({ db }: App): Promise<Pick<ServerHealth, 'waitingJobs' | 'failedJobs'>> {
  const counted = await db.pool
    .query<{ waitingJobs: number; failedJobs: number }>(
      `SELECT count(*) FILTER (WHERE attempts < max_attempts AND run_at <= now())::int AS "waitingJobs",
              count(*) FILTER (WHERE attempts >= max_attempts AND locked_at IS NULL)::int AS "failedJobs"
       FROM graphile_worker.jobs`,
    )
    .catch(() => null);
  return counted?.rows[0] ?? { waitingJobs: null, failedJobs: null };
}
