/**
 * A server with a large past and many files is exported while it runs, imported into an empty one in spite of kills, and
 * compared: how long it takes, and how much larger the processes become.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createDataFolder } from '../../api/test/process.ts';
import { startParley } from '../harness/contestants.ts';
import { BenchFailure } from '../harness/failure.ts';
import { figure, table } from '../harness/table.ts';
import { seedPast } from '../large/seed.ts';
import { type Ended, startCommand } from './command.ts';

export interface DataOptions {
  exported: { messages: number; bytes: number };
}

const PER_ROOM = 1_000;
const PEOPLE = 200;
const MEBIBYTE = 1024 * 1024;
/** When imports are killed, by the time that the export worked. */
const KILLS = [0, 0.2, 0.4];

/** The bar: what a process may grow while it exports or imports. */
const MOST_GROWTH_BYTES = 100 * MEBIBYTE;

export async function measureData({
  exported,
}: DataOptions): Promise<{ text: string; isEqual: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const parley = await startParley();
  await using into = await createDataFolder();
  const file = join(folder, 'all.tar');
  const from = { DATA_DIR: parley.dataDir };
  const to = { DATA_DIR: into.path };
  try {
    await fill(parley.dataDir, exported);
    const steps: [string, Ended][] = [];
    const step = async (title: string, env: Record<string, string>, ...args: string[]) => {
      const ended = await startCommand(env, args).ended;
      steps.push([title, ended]);
      return ended.code === 0;
    };
    let isEqual = await step('export, beside the server', from, 'export', 'server', file);
    const { workedSeconds } = steps[0]![1];
    for (const share of KILLS) await kill(to, file, share * workedSeconds * 1000);
    isEqual &&= await step(`import, after ${KILLS.length} kills`, to, 'import', file);
    isEqual &&= await step('verify', to, 'verify', file);
    isEqual &&= steps.every(([, { growthBytes }]) => growthBytes <= MOST_GROWTH_BYTES);
    return { text: describe(exported, (await stat(file)).size, steps, isEqual), isEqual };
  } finally {
    await parley.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function kill(env: Record<string, string>, file: string, ms: number): Promise<void> {
  const { child, begun, ended } = startCommand(env, ['import', file]);
  await Promise.race([begun, ended]);
  await sleep(ms);
  child.kill('SIGKILL');
  const { code } = await ended;
  if (code !== null) throw new BenchFailure('An import had ended before it was to be killed.');
}

async function fill(dataDir: string, { messages, bytes }: DataOptions['exported']): Promise<void> {
  const host = join(dataDir, 'postgres');
  const database = new pg.Client({ host, user: 'parley', database: 'parley' });
  await database.connect();
  try {
    await seedPast(database, { rooms: messages / PER_ROOM, messages, people: PEOPLE }, 'publisher');
    const { rows } = await database.query<{ id: string }>('SELECT id FROM file');
    const size = Math.ceil(bytes / rows.length);
    await database.query('UPDATE file SET size = $1', [size]);
    const content = randomBytes(size);
    for (const { id } of rows) {
      const path = join(dataDir, 'uploads', id.slice(0, 2), id);
      await mkdir(dirname(path), { recursive: true });
      // No two are the same.
      content.write(id);
      await writeFile(path, content);
    }
  } finally {
    await database.end();
  }
}

function describe(
  { messages, bytes }: DataOptions['exported'],
  size: number,
  steps: [string, Ended][],
  isEqual: boolean,
): string {
  const rows = steps.map(([title, { code, seconds, growthBytes, said }]) => [
    title,
    figure(seconds),
    figure(size / MEBIBYTE / seconds),
    figure(growthBytes / MEBIBYTE),
    code === 0 ? 'done' : said,
  ]);
  const what = `${messages.toLocaleString('en')} messages, ${figure(bytes / MEBIBYTE)} MiB of files`;
  return `
${table([[what, 's', 'MiB/s', 'MiB grown', ''], ...rows])}

${isEqual ? 'equal by recount and by hash; no process grew by more than' : 'NOT equal, or a process grew by more than'} ${MOST_GROWTH_BYTES / MEBIBYTE} MiB`;
}
