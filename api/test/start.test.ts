/** The server as a process: how it starts and stops. */
import { existsSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, type TestContext } from 'vitest';
import { run } from './client.ts';
import { findInstalled, type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { createDataFolder, dataFolder, launch, type Launch } from './process.ts';

const STOPPED_CLEANLY = { code: 0, signal: null, stderr: '' };
const TIMEOUT_MS = 60_000;
const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;

describe('a start', { timeout: TIMEOUT_MS }, () => {
  test('as by npm start says first where it is ready, serves pages and API, and stops on Ctrl-C', async () => {
    await using data = await createDataFolder();
    const first = start({ script: 'scripts/start.js', settings: { DATA_DIR: data.path } });
    const url = await first.url;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await fetch(`${url}/readyz`).then((answer) => answer.status)).toBe(200);
    expect(await fetch(`${url}/login`).then((answer) => answer.text())).toContain(
      '<!doctype html>',
    );
    expect(await nameMe(url)).toBe(null);

    first.kill('SIGINT', 'group');
    expect(await first.ended).toMatchObject({
      code: 0,
      stdout: `Parley is ready at ${url}\n`,
      // What has changed since it was built last is built first.
      stderr: expect.stringMatching(/^(Building .*\n)*$/),
    });
    await expect.poll(data.databaseProcesses).toEqual([]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();

    const startedAt = performance.now();
    const later = start({ script: 'scripts/start.js', settings: { DATA_DIR: data.path } });
    await later.url;
    console.log(`start: a later one took ${((performance.now() - startedAt) / 1000).toFixed(2)} s`);
    later.kill('SIGINT', 'group');
    expect(await later.ended).toMatchObject(STOPPED_CLEANLY);
    await expect.poll(data.databaseProcesses).toEqual([]);
  });

  test.each(['group', 'process'] as const)(
    'through npm stops on a signal to the %s, though npm passes it on as well',
    async (to) => {
      await using data = await createDataFolder();
      const npm = start({ script: 'npm start', settings: { DATA_DIR: data.path } });
      const url = await npm.url;
      npm.kill(to === 'group' ? 'SIGINT' : 'SIGTERM', to);
      expect(await npm.ended).toMatchObject({ code: 0 });
      await expect.poll(data.databaseProcesses).toEqual([]);
      await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    },
  );

  test('after kill -9 goes on with the database that was left running, and SIGTERM stops both', async () => {
    await using data = await createDataFolder();
    const killed = start({ settings: { DATA_DIR: data.path } });
    const token = await register(await killed.url, 'ann');
    const postmaster = data.postmaster();
    killed.kill('SIGKILL');
    await killed.ended;

    const next = start({ settings: { DATA_DIR: data.path } });
    expect(await nameMe(await next.url, token)).toBe('ann');
    expect(data.postmaster()).toBe(postmaster);
    next.kill('SIGTERM');
    expect(await next.ended).toMatchObject(STOPPED_CLEANLY);
    await expect.poll(data.databaseProcesses).toEqual([]);
  });

  test('of two servers at once on one empty data folder makes one database, which the last one stops', async () => {
    await using data = await createDataFolder();
    const servers = [1, 2].map(() => start({ settings: { DATA_DIR: data.path } }));
    const [one, other] = await Promise.all(servers.map(({ url }) => url));
    const token = await register(one!, 'ann');
    expect(await nameMe(other!, token)).toBe('ann');

    servers[0]!.kill('SIGTERM');
    expect(await servers[0]!.ended).toMatchObject(STOPPED_CLEANLY);
    expect(await nameMe(other!, token)).toBe('ann');
    servers[1]!.kill('SIGTERM');
    expect(await servers[1]!.ended).toMatchObject(STOPPED_CLEANLY);
    await expect.poll(data.databaseProcesses).toEqual([]);
    expect(readdirSync(data.path).sort()).toEqual(['postgres', 'postgres.log', 'uploads']);
  });

  const MOMENTS = {
    'the database is being made': (path: string) =>
      existsSync(path) && readdirSync(path).some((name) => name.startsWith('postgres.init-')),
    'the database is starting': (path: string) =>
      existsSync(join(path, 'postgres', 'postmaster.pid')),
  };
  for (const [moment, hasCome] of Object.entries(MOMENTS)) {
    test(`that is stopped by Ctrl-C while ${moment} leaves nothing running and the next one works`, async () => {
      await using data = await createDataFolder();
      const interrupted = start({ settings: { DATA_DIR: data.path } });
      while (!hasCome(data.path)) await sleep(5);
      interrupted.kill('SIGINT', 'group');
      expect(await interrupted.ended).toMatchObject(STOPPED_CLEANLY);
      await expect.poll(data.databaseProcesses).toEqual([]);

      const next = start({ settings: { DATA_DIR: data.path } });
      expect(await nameMe(await next.url)).toBe(null);
      next.kill('SIGTERM');
      expect(await next.ended).toMatchObject(STOPPED_CLEANLY);
      expect(readdirSync(data.path).sort()).toEqual(['postgres', 'postgres.log', 'uploads']);
    });
  }

  test('works on any PostgreSQL ≥ 15 by DATABASE_URL, on TCP and with a password', async () => {
    await using postgres = await startOwnPostgres();
    await useDatabase(postgres);
  });

  test('works on each PostgreSQL ≥ 15 that is installed on this machine', async ({ skip }) => {
    const installed = findInstalled();
    skip(installed.length === 0, 'none is installed');
    for (const bin of installed) {
      await using postgres = await startOwnPostgres(bin);
      await useDatabase(postgres);
    }
  });

  test('works for a user who is not root, below a folder that is theirs alone, and for root after them', async (context) => {
    context.skip(!isRoot, 'the other tests are run by such a user');
    await using data = await createDataFolder();
    await chown(join(data.path, '..'), NOBODY.uid, NOBODY.gid);
    skipUnlessReadable(context);
    const server = start({ settings: { DATA_DIR: data.path }, ...NOBODY });
    const token = await register(await server.url, 'ann');
    server.kill('SIGINT', 'group');
    expect(await server.ended).toMatchObject(STOPPED_CLEANLY);
    await expect.poll(data.databaseProcesses).toEqual([]);

    const byRoot = start({ settings: { DATA_DIR: data.path } });
    expect(await nameMe(await byRoot.url, token)).toBe('ann');
    byRoot.kill('SIGINT', 'group');
    expect(await byRoot.ended).toMatchObject(STOPPED_CLEANLY);
    await expect.poll(data.databaseProcesses).toEqual([]);
  });

  test('by root without user namespaces runs the database as nobody, on a folder they can reach', async (context) => {
    context.skip(!isRoot, 'only root needs another user');
    skipUnlessReadable(context);
    const settings = { PATH: `${await forbidNamespaces()}${delimiter}${process.env['PATH']}` };

    await using closed = await createDataFolder();
    const refused = start({ settings: { ...settings, DATA_DIR: closed.path } });
    expect(await refused.ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^PostgreSQL does not run as root.* set DATABASE_URL\.\n$/),
    });

    await using open = dataFolder(`/var/tmp/parley-test-${process.pid}`);
    for (const attempt of ['first', 'later']) {
      const server = start({ settings: { ...settings, DATA_DIR: open.path } });
      await register(await server.url, attempt);
      server.kill('SIGTERM');
      expect(await server.ended).toMatchObject(STOPPED_CLEANLY);
      await expect.poll(open.databaseProcesses).toEqual([]);
    }
  });
});

/** Launches a server that does not outlive the test. */
function start(what: Launch) {
  const server = launch(what);
  onTestFinished(() => server.kill('SIGKILL', 'group'));
  return server;
}

async function useDatabase({ version, databaseUrl }: OwnPostgres): Promise<void> {
  await using data = await createDataFolder();
  const settings = { DATABASE_URL: databaseUrl, DATA_DIR: data.path };
  const server = start({ settings });
  const token = await register(await server.url, 'ann');
  server.kill('SIGTERM');
  expect(await server.ended).toMatchObject(STOPPED_CLEANLY);

  const next = start({ settings });
  expect(await nameMe(await next.url, token)).toBe('ann');
  next.kill('SIGTERM');
  expect(await next.ended).toMatchObject(STOPPED_CLEANLY);
  expect(existsSync(join(data.path, 'postgres'))).toBe(false);
  console.log(`start: works on PostgreSQL ${version} by DATABASE_URL`);
}

async function register(url: string, username: string): Promise<string> {
  const { register } = await run(
    url,
    'mutation ($input: RegisterInput!) { register(input: $input) { token } }',
    { input: { username, password: 'correct horse', session: 'TOKEN' } },
  );
  return register.token;
}

/** Who the API says that we are. */
async function nameMe(url: string, token?: string): Promise<string | null> {
  const { me } = await run(url, '{ me { username } }', {}, token);
  return me?.username ?? null;
}

/** A folder for PATH whose `unshare` fails as where user namespaces are forbidden. */
async function forbidNamespaces(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-path-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return folder;
}

function skipUnlessReadable({ skip }: TestContext): void {
  const isReadable = spawnSync(process.execPath, [import.meta.filename], { ...NOBODY, cwd: '/' });
  skip(isReadable.error !== undefined, 'this folder is closed to the user nobody');
}
