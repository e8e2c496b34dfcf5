/** A start that cannot be: one line on standard error says why and what to do, and the exit code is 1. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { createDatabase } from './harness.ts';
import { findPort, occupy } from './ports.ts';
import { createDataFolder, type Launch, launch } from './process.ts';

const SETTINGS = {
  PORT: { abc: 'a port from 0 to 65535', '70000': 'a port from 0 to 65535' },
  ORIGIN: { 'https://chat.example/path': 'without a path' },
  DATABASE_URL: { nonsense: 'a PostgreSQL address' },
  REDIS_URL: { 'localhost:6379': 'a Redis address' },
  REGISTRATION: { maybe: 'open, invite or closed' },
  RATE_LIMITS: { perhaps: 'on or off' },
  LOG_LEVEL: { loud: 'fatal, error, warn' },
  WORKERS: { '0': 'from 1 to 16, or auto' },
};

describe.for(Object.entries(SETTINGS))('a start with a wrong %s', ([name, values]) => {
  test.for(Object.entries(values))('such as %s says what it takes', async ([value, remedy]) => {
    await using data = await createDataFolder();
    const line = await refusal({ settings: { DATA_DIR: data.path, [name]: value } });
    expect(line).toContain(name);
    expect(line).toContain(remedy);
  });
});

describe('a start', () => {
  test('on a port in use names the port, and leaves no database running', async () => {
    const port = await findPort();
    const other = await occupy(port);
    await using data = await createDataFolder();
    const line = await refusal({ settings: { DATA_DIR: data.path, PORT: String(port) } });
    other.close();
    expect(line).toMatch(new RegExp(`^PORT ${port} is in use.*set PORT to another`));
    await expect.poll(data.databaseProcesses).toEqual([]);
  });

  test('on an address that is not this machine’s names HOST', async () => {
    const settings = { HOST: '192.0.2.1', DATABASE_URL: await createDatabase() };
    expect(await refusal({ settings })).toMatch(/192\.0\.2\.1.*correct HOST/);
  });

  test('on a database that does not answer names it without its password', async () => {
    const port = await findPort();
    const DATABASE_URL = `postgresql://parley:secret@127.0.0.1:${port}/parley`;
    const line = await refusal({ settings: { DATABASE_URL } });
    expect(line).toContain(`127.0.0.1:${port}/parley`);
    expect(line).toMatch(/ECONNREFUSED.*start it, or correct DATABASE_URL/);
    expect(line).not.toContain('secret');
  });

  test('on a database that is not there names it', async () => {
    const DATABASE_URL = (await createDatabase()).replace(/test_\w+/, 'nowhere');
    expect(await refusal({ settings: { DATABASE_URL } })).toMatch(
      /"nowhere" does not exist.*DATABASE_URL/,
    );
  });

  test('on a database that a newer version has migrated names the migration', async () => {
    const DATABASE_URL = await createDatabase();
    const client = new pg.Client(DATABASE_URL);
    await client.connect();
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
       VALUES ('of tomorrow', '', '29991231000000_tomorrow', now())`,
    );
    await client.end();
    expect(await refusal({ settings: { DATABASE_URL } })).toMatch(
      /newer version.*29991231000000_tomorrow.*start that version/,
    );
  });

  test('on a DATA_DIR that is a file names it', async () => {
    await using data = await createDataFolder();
    await writeFile(data.path, '');
    const line = await refusal({ settings: { DATA_DIR: data.path } });
    expect(line).toMatch(/^DATA_DIR=.*choose a folder/);
  });

  test('on a DATA_DIR that may not be written to names it', async () => {
    await using data = await createDataFolder();
    await mkdir(data.path);
    await chmod(join(data.path, '..'), 0o755);
    await chmod(data.path, 0o555);
    // Root may write everywhere.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const line = await refusal({ settings: { DATA_DIR: data.path }, ...user });
    expect(line).toMatch(/^DATA_DIR=.*EACCES.*choose a folder that this user may write to/);
  });

  test('on a DATA_DIR too long for a socket says how long it may be', async () => {
    await using data = await createDataFolder();
    const DATA_DIR = join(data.path, 'x'.repeat(100));
    expect(await refusal({ settings: { DATA_DIR } })).toMatch(/^DATA_DIR=.*at most \d+ bytes/);
  });

  test('on the data of another PostgreSQL names both versions and touches nothing', async () => {
    await using data = await createDataFolder();
    await mkdir(join(data.path, 'postgres'), { recursive: true });
    await writeFile(join(data.path, 'postgres', 'PG_VERSION'), '17\n');
    const line = await refusal({ settings: { DATA_DIR: data.path } });
    expect(line).toMatch(/PostgreSQL 17.*18.*set DATA_DIR to another folder/);
  });

  test('by a Node that is too old says how to get a newer one', async (context) => {
    const node = findOldNode();
    context.skip(!node, 'no Node older than 24 is installed here');
    const line = await refusal({ script: 'scripts/start.js', node: node! });
    expect(line).toMatch(/^Node \d+\.\d+\.\d+ is too old.*npm ci/);
  });
});

/** The one line that a start gives which is refused. */
async function refusal(what: Launch): Promise<string> {
  const { code, stdout, stderr } = await launch(what).ended;
  expect({ code, stdout, lines: stderr.match(/\n/g)?.length }, stderr).toEqual({
    code: 1,
    stdout: '',
    lines: 1,
  });
  return stderr;
}

/** A Node of this machine that is not the one that the project brings along. */
function findOldNode(): string | undefined {
  return process.env['PATH']!.split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find((path) => {
      const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
      return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1]) < 24;
    });
}
