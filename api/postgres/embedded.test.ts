import { appendFile, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { StartupError } from '../errors.ts';
import { type EmbeddedPostgres, startPostgres } from './embedded.ts';
import { createDataFolder } from '../test/process.ts';
import { seeded } from '../test/random.ts';

/** On a machine that has much else to do. */
vi.setConfig({ testTimeout: 120_000 });

test('whoever starts while another stops is given a server that stays', async () => {
  await using data = await createDataFolder();
  const random = seeded(1);
  let server = await startPostgres(data.path);
  for (let round = 0; round < 30; round++) {
    const last = server;
    const [next] = await Promise.all([
      startPostgres(data.path),
      sleep(random.below(80)).then(() => last.close()),
    ]);
    expect(await ask(next, 'SELECT 1 AS answer')).toEqual([{ answer: 1 }]);
    server = next;
  }
  await server.close();
  await expect.poll(data.databaseProcesses).toEqual([]);
});

test('the last of several to close stops the server, also where they close at once', async () => {
  await using data = await createDataFolder();
  const servers = await Promise.all([1, 2, 3].map(() => startPostgres(data.path)));
  await servers[0]!.close();
  expect(await ask(servers[1]!, 'SELECT 1 AS answer')).toEqual([{ answer: 1 }]);
  await Promise.all([servers[1]!.close(), servers[2]!.close()]);
  await expect.poll(data.databaseProcesses).toEqual([]);
  expect((await readdir(data.path)).sort()).toEqual(['postgres', 'postgres.log']);
});

test('a server that has crashed and come back is still not stopped under others', async () => {
  await using data = await createDataFolder();
  const [one, other] = await Promise.all([startPostgres(data.path), startPostgres(data.path)]);
  const [lease] = await ask(one, LEASES);
  // PostgreSQL answers the death of one process by restarting all.
  process.kill(lease!['pid'] as number, 'SIGKILL');
  while ((await ask(one, LEASES).catch(() => [])).length < 2) await sleep(50);
  await one.close();
  expect(await ask(other, 'SELECT 1 AS answer')).toEqual([{ answer: 1 }]);
  await other.close();
  await expect.poll(data.databaseProcesses).toEqual([]);
});

test('a server that was killed is started again, for all who use it', async () => {
  await using data = await createDataFolder();
  const [one, other] = await Promise.all([startPostgres(data.path), startPostgres(data.path)]);
  const record = await readFile(join(data.path, 'postgres', 'postmaster.pid'), 'utf8');
  process.kill(Number.parseInt(record), 'SIGKILL');
  while ((await ask(one, LEASES).catch(() => [])).length < 2) await sleep(50);
  await one.close();
  expect(await ask(other, 'SELECT 1 AS answer')).toEqual([{ answer: 1 }]);
  await other.close();
  await expect.poll(data.databaseProcesses).toEqual([]);
});

test('what a killed initdb has left behind is swept away, also by a process of the same number', async () => {
  await using data = await createDataFolder();
  const left = join(data.path, `postgres.init-${process.pid}-1`);
  await mkdir(join(left, 'base'), { recursive: true });
  await utimes(left, 0, 0);
  const server = await startPostgres(data.path);
  await server.close();
  expect((await readdir(data.path)).sort()).toEqual(['postgres', 'postgres.log']);
});

test('a server that does not start is refused with its own words', async () => {
  await using data = await createDataFolder();
  await (await startPostgres(data.path)).close();
  await appendFile(join(data.path, 'postgres', 'postgresql.conf'), 'max_connections = some\n');
  const refused = startPostgres(data.path);
  await expect(refused).rejects.toThrow(StartupError);
  await expect(refused).rejects.toThrow(/does not start \(.*configuration file.*set DATABASE_URL/);
});

test('a postmaster.pid that names another program is refused, and is left alone', async () => {
  await using data = await createDataFolder();
  await (await startPostgres(data.path)).close();
  const record = join(data.path, 'postgres', 'postmaster.pid');
  const folder = join(data.path, 'postgres');
  await writeFile(record, `${process.ppid}\n${folder}\n1\n5432\n.\n\n1 1\nready\n`);
  const refused = startPostgres(data.path);
  await expect(refused).rejects.toThrow(StartupError);
  await expect(refused).rejects.toThrow(new RegExp(`process ${process.ppid}: .*remove that file`));
});

const LEASES = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'`;

async function ask({ connection }: EmbeddedPostgres, sql: string) {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
