/** The command line as it is typed, in processes of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeExport } from '../../api/data/export.ts';
import { postMessage } from '../../api/message/message.ts';
import { ask, bearer, run } from '../../api/test/client.ts';
import { garden, scratch } from '../../api/test/exports.ts';
import { createDatabase, startApp } from '../../api/test/harness.ts';
import { hold, waiting } from '../../api/test/locks.ts';
import { people, person } from '../../api/test/people.ts';
import { createDataFolder, launch } from '../../api/test/process.ts';
import { uploaded } from '../../api/test/uploads.ts';

// Each command is a process, and a dozen of them are a test.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = join(import.meta.dirname, '..', '..');
const LOG_IN = `mutation ($input: LoginInput!) { login(input: $input) { token user { username } } }`;

function begin(env: Record<string, string>, ...args: string[]) {
  return spawn(process.execPath, ['scripts/cli/main.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
  });
}

async function parley(env: Record<string, string>, ...args: string[]) {
  const child = begin(env, ...args);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  child.stdin.end('from standard input\n');
  const [code] = await once(child, 'close');
  return { code: code as number, out, err };
}

test('every command helps, and what makes no sense is told in one line', async () => {
  const { out, code } = await parley({}, '--help');
  expect(code).toBe(0);
  const names = [...out.matchAll(/^ {2}([a-z-]+(?: [a-z-]+)?)(?= +[A-Z]|  +[a-z])/gm)].map(
    ([, name]) => name!,
  );
  expect(names).toContain('user create');
  expect(names).toContain('doctor');
  const helps = await Promise.all(names.map((name) => parley({}, ...name.split(' '), '--help')));
  for (const [index, help] of helps.entries()) {
    expect(help.code).toBe(0);
    expect(help.out).toContain(`npm run parley -- ${names[index]}`);
  }
  for (const args of [
    [],
    ['nonsense'],
    ['constructor'],
    ['user', 'create'],
    ['doctor', '--fast'],
    ['import'],
  ]) {
    const { code, out, err } = await parley({}, ...args);
    expect(code, args.join(' ')).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^.+ See npm run parley -- .*--help\n$/);
  }
});

test('accounts are made, listed and promoted, and get other passwords, while the server runs', async () => {
  await using server = await startApp();
  await using folder = await scratch();
  const { ann } = await people(server.app);
  const env = { DATABASE_URL: server.databaseUrl, DATA_DIR: folder.path('data') };
  const made = await parley(env, 'user', 'create', 'Carl', '--display-name', 'Carl C.');
  expect(made.out).toMatch(/^Carl has an account; role: member\nPassword: \S{16}\n$/);
  const [, password] = /Password: (\S+)/.exec(made.out)!;
  const { login } = await run<any>(server.url, LOG_IN, {
    input: { username: 'carl', password, session: 'TOKEN' },
  });
  expect(login.user.username).toBe('Carl');
  const again = await parley(env, 'user', 'create', 'carl');
  expect([again.code, again.err]).toEqual([1, 'That username is taken.\n']);

  const promoted = await parley(env, 'user', 'promote', 'carl');
  expect(promoted.out).toBe('Carl has the role administrator.\n');
  const alone = await parley(env, 'user', 'promote', 'root', '--role', 'member');
  expect([alone.code, alone.err]).toMatchObject([1, /no other owner/]);
  const listed = await parley(env, 'user', 'list');
  const rows = listed.out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  expect(rows.map(([name, role]) => `${name} ${role}`)).toEqual([
    'ann member',
    'bob member',
    'Carl administrator',
    'eve member',
    'root owner',
  ]);

  await parley(env, 'user', 'reset-password', 'ann', '--password-stdin');
  const refused = await ask(server.url, '{ me { username } }', {}, bearer(ann.token));
  expect(refused.data!['me']).toBeNull();
  const input = { username: 'ann', password: 'from standard input', session: 'TOKEN' };
  await run(server.url, LOG_IN, { input });
  expect((await parley(env, 'user', 'deactivate', 'ann')).out).toMatch(/^ann is logged out/);
  const off = await ask(server.url, LOG_IN, { input });
  expect(off.errors![0]!.extensions!['code']).toBe('FORBIDDEN');
  await parley(env, 'user', 'reactivate', 'ann');
  await run(server.url, LOG_IN, { input });
  const deeds = await server.app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  expect(deeds).toMatchObject([
    { action: 'USER_CREATED', userName: 'Carl', actorName: '(command line)' },
    { action: 'USER_ROLE_CHANGED', userName: 'Carl', actorName: '(command line)' },
    { action: 'PASSWORD_REPLACED', userName: 'ann' },
    { action: 'USER_DEACTIVATED', userName: 'ann', actorName: '(command line)' },
    { action: 'USER_REACTIVATED', userName: 'ann' },
  ]);
});

test('the embedded database is shared with a server that runs, and started where none does', async () => {
  await using folder = await createDataFolder();
  const env = { DATA_DIR: folder.path };
  const nothing = await parley(env, 'user', 'list');
  expect([nothing.code, nothing.err]).toMatchObject([1, /^There is no server in DATA_DIR=/]);
  expect(existsSync(folder.path)).toBe(false);
  const first = await parley(env, 'user', 'create', 'root');
  expect(first.out).toContain('role: owner');
  expect(folder.databaseProcesses()).toEqual([]);
  const server = launch({ settings: env });
  await server.url;
  expect((await parley(env, 'user', 'list')).out).toMatch(/^root\towner/);
  const url = await server.url;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  server.kill('SIGTERM');
  await server.ended;
});

test('a server is exported, imported in spite of a kill, and equal', async () => {
  await using server = await startApp();
  await using folder = await scratch();
  const { ann, roomId } = await people(server.app);
  for (let i = 0; i < 20; i++) {
    await uploaded(server.url, ann.token, { roomId, key: `${i}`, body: `${i}`.repeat(100_000) });
  }
  const from = { DATABASE_URL: server.databaseUrl, DATA_DIR: server.app.config.dataDir };
  const file = folder.path('all.tar');
  const exported = await parley(from, 'export', 'server', file);
  expect([exported.code, exported.out]).toMatchObject([
    0,
    /: 4 users, 1 rooms, 0 messages, 20 files/,
  ]);
  expect((await parley(from, 'export', 'server', file)).code).toBe(2);
  const room = await parley(from, 'export', 'room', 'Garden', folder.path('room.tar'));
  expect(room.code).toBe(0);
  const person = await parley(from, 'export', 'person', 'nobody', folder.path('person.tar'));
  expect([person.code, person.err]).toMatchObject([1, /^There is no account nobody/]);
  expect(existsSync(folder.path('person.tar'))).toBe(false);
  await parley(from, 'export', 'person', 'Ann', folder.path('person.tar'));
  // What a killed one has left does not say who reads this one.
  await writeFile(`${file}.part`, '', { mode: 0o644 });
  // Kept before it is written, so that the export has it, and equals the server.
  expect((await parley(from, 'export', 'server', file, '--force')).code).toBe(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await parley(from, 'verify', file)).code).toBe(0);
  const deeds = await server.app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  expect(deeds).toMatchObject([
    { action: 'SERVER_EXPORTED', actorName: '(command line)' },
    { action: 'ROOM_EXPORTED', roomSlug: 'garden' },
    { action: 'USER_EXPORTED', userName: 'ann' },
    { action: 'SERVER_EXPORTED' },
  ]);

  const into = { DATABASE_URL: await createDatabase(), DATA_DIR: folder.path('data') };
  const killed = begin(into, 'import', file);
  await once(killed.stderr, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'close');
  const imported = await parley(into, 'import', file);
  expect([imported.code, imported.out]).toMatchObject([0, /^Imported and equal: 4 users/]);
  const verified = await parley(into, 'verify', file);
  expect([verified.code, verified.out]).toMatchObject([0, /20 files on the disk/]);
  const twice = await parley(into, 'import', file);
  expect([twice.code, twice.err]).toMatchObject([
    1,
    /^This server has accounts already: [^\n]+\n$/,
  ]);
  const missing = await parley(into, 'import', folder.path('none.tar'));
  expect([missing.code, missing.err]).toMatchObject([1, /none.tar is not there: [^\n]+\n$/]);
});

test('a room is imported into a server that runs, in spite of a kill, and found there', async () => {
  await using server = await startApp();
  await using other = await startApp();
  await using folder = await scratch();
  const { bob, room, roomId } = await people(server.app);
  for (let i = 0; i < 30; i++) {
    const key = `${i}`;
    const sent = await uploaded(server.url, bob.token, { roomId, key, body: key.repeat(200_000) });
    const fileIds = [sent.url.split('/')[2]];
    const message = { roomId: room.id, body: `Bean ${i}`, idempotencyKey: key, fileIds };
    await postMessage(server.app, bob, message);
  }
  const folderOf = ({ app, databaseUrl }: typeof server) => ({
    DATABASE_URL: databaseUrl,
    DATA_DIR: app.config.dataDir,
  });
  const [from, into] = [folderOf(server), folderOf(other)];
  const file = folder.path('room.tar');
  expect((await parley(from, 'export', 'room', 'garden', file)).code).toBe(0);
  const nobody = await parley(into, 'import', file);
  expect([nobody.code, nobody.err]).toMatchObject([
    1,
    /say who is to own it, by --owner NAME\.\n$/,
  ]);
  const { token } = await person(other.app, 'carl');

  const killed = begin(into, 'import', file, '--owner', 'carl');
  await once(killed.stderr, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect(await other.app.db.prisma.room.count()).toBe(0);
  expect(await other.app.db.prisma.user.count()).toBe(1);
  const imported = await parley(into, 'import', file, '--owner', 'carl');
  expect([imported.code, imported.out]).toMatchObject([
    0,
    /^Imported and equal: 2 users, 1 rooms, 30 messages, 30 files\.\nThe room is at \/rooms\/garden\.\n/,
  ]);
  expect(imported.out).toMatch(/2 accounts that were made: (ann, bob|bob, ann)\n$/);
  const again = await parley(into, 'import', file, '--owner', 'carl');
  expect(again.out).toContain('this one is at /rooms/garden-2.');
  const verified = await parley(into, 'verify', file, '--room', 'garden-2');
  // Whom the room was given to is one more.
  expect([verified.code, verified.out]).toMatchObject([1, /^user has 3 rows, and 2 in the export/]);
  const known = await parley(from, 'verify', file);
  expect([known.code, known.out]).toMatchObject([0, /30 files on the disk/]);

  // The server, which has run all the while, finds it without being told.
  const search = `{ searchMessages(query: "bean in:garden") { edges { node { body } } } }`;
  await expect
    .poll(async () => (await run<any>(other.url, search, {}, token)).searchMessages.edges.length, {
      timeout: 40_000,
    })
    .toBe(20);
  const others = await parley(into, 'import', file, '--owner', 'dora');
  expect([others.code, others.err]).toMatchObject([1, /^There is no account dora/]);
});

test('a room’s import that is killed while it writes rows leaves nothing, and meanwhile others register', async () => {
  const { server, room } = await garden();
  await using _ = server;
  await using other = await startApp();
  await using folder = await scratch();
  const file = folder.path('room.tar');
  await writeExport(server.app, { kind: 'ROOM', subject: { id: room.id, name: 'garden' } }, file);
  await person(other.app, 'ann');
  const into = { DATABASE_URL: other.databaseUrl, DATA_DIR: other.app.config.dataDir };
  // Reactions are among the last that are written.
  const release = await hold(other, 'LOCK TABLE reaction IN SHARE MODE');
  const killed = begin(into, 'import', file);
  await expect.poll(() => waiting(other), { timeout: 60_000 }).toBe(1);
  await person(other.app, 'dora');
  killed.kill('SIGKILL');
  await once(killed, 'close');
  await release();
  const left = async () => {
    const { room, user, auditEntry, roomEvent } = other.app.db.prisma;
    return Promise.all([room.count(), user.count(), auditEntry.count(), roomEvent.count()]);
  };
  expect(await left()).toEqual([0, 2, 0, 0]);
  const imported = await parley(into, 'import', file);
  expect([imported.code, imported.err]).toMatchObject([0, expect.any(String)]);
  expect(await left()).toMatchObject([1, 3, 1, expect.any(Number)]);
  const verified = await parley(into, 'verify', file);
  expect([verified.code, verified.out]).toMatchObject([0, /^Equal: 2 users, 1 rooms/]);
});

test('the doctor finds what is wrong, and says what to do', async () => {
  await using server = await startApp();
  const { ann, roomId } = await people(server.app);
  const file = await uploaded(server.url, ann.token, { roomId, body: 'x' });
  const { app } = server;
  const env = { DATABASE_URL: server.databaseUrl, DATA_DIR: app.config.dataDir };
  const well = await parley(env, 'doctor');
  expect(well.out).not.toMatch(/^bad/m);
  expect(well.code).toBe(0);

  await app.storage.remove([file.url.split('/')[2]]);
  await app.db.prisma.room.updateMany({ data: { memberCount: 7 } });
  await app.db.pool.query(`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_search'`);
  const ill = await parley(env, 'doctor');
  expect(ill.out).toMatch(/^bad +migrations +1 are not applied yet: start the server/m);
  await app.db.pool
    .query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
    VALUES ('x', 'x', '20261121101231_search', now())`);
  const { out, code } = await parley(env, 'doctor');
  expect(out).toMatch(/^bad +counts +members of rooms: 1 differ/m);
  expect(out).toMatch(/^bad +files +the bytes of 1 are gone/m);
  expect(code).toBe(1);
  const away = await parley({ ...env, DATABASE_URL: 'postgresql://127.0.0.1:1/x' }, 'doctor');
  expect([away.code, away.out]).toMatchObject([
    1,
    /^bad +database .*start it, or correct DATABASE_URL$/m,
  ]);
  const wrong = await parley({ ...env, PORT: 'x' }, 'doctor');
  expect([wrong.code, wrong.out]).toMatchObject([1, /^bad +settings +PORT=x is not valid/]);
});

test('settings are told as a server would take them, without passwords', async () => {
  await using folder = await scratch();
  const env = { PORT: '8080', DATA_DIR: folder.path('none'), REDIS_URL: 'redis://:secret@cache' };
  const { out } = await parley(env, 'settings', 'list');
  expect(out).toContain('PORT=8080\tenvironment\n');
  expect(out).toContain('REGISTRATION=open\tdefault\n');
  expect(out).not.toContain('secret');
  const away = { DATABASE_URL: 'postgresql://parley:secret@db/parley' };
  expect((await parley(away, 'settings', 'get', 'DATABASE_URL')).out).toBe(
    'postgresql://parley:…@db/parley\n',
  );
  expect((await parley(env, 'settings', 'get', 'NOTHING')).code).toBe(2);
});

test('what administrators may set is set while the server runs, unless the environment does', async () => {
  await using server = await startApp();
  const env = { DATABASE_URL: server.databaseUrl, DATA_DIR: server.app.config.dataDir };
  const set = await parley(env, 'settings', 'set', 'SERVER_NAME', 'The Orchard');
  expect([set.code, set.out]).toEqual([0, 'SERVER_NAME=The Orchard\n']);
  const { out } = await parley({ ...env, REGISTRATION: 'invite' }, 'settings', 'list');
  expect(out).toContain('SERVER_NAME=The Orchard\tset\n');
  expect(out).toContain('REGISTRATION=invite\tenvironment\n');
  expect(out).toContain('UPLOAD_TYPES=*\tdefault\n');
  await server.app.settings.renew();
  expect((await run<any>(server.url, '{ server { name } }')).server.name).toBe('The Orchard');
  const fixed = { ...env, SERVER_NAME: 'Fixed' };
  const refused = await parley(fixed, 'settings', 'set', 'SERVER_NAME', 'Another');
  expect([refused.code, refused.err]).toMatchObject([1, /SERVER_NAME fixes this[^\n]+\n$/]);
  expect((await parley(fixed, 'settings', 'get', 'SERVER_NAME')).out).toBe('Fixed\n');
  const wrong = await parley(env, 'settings', 'set', 'REGISTRATION', 'maybe');
  expect([wrong.code, wrong.err]).toMatchObject([2, /^REGISTRATION=maybe is not valid[^\n]+\n$/]);
  const port = await parley(env, 'settings', 'set', 'PORT', '1');
  expect([port.code, port.err]).toMatchObject([2, /^PORT comes from the environment only/]);
  const unset = await parley(env, 'settings', 'unset', 'SERVER_NAME');
  expect([unset.code, unset.out]).toEqual([0, 'SERVER_NAME=Parley\n']);
  const deeds = await server.app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  expect(deeds).toMatchObject([
    { action: 'SETTINGS_CHANGED', actorName: '(command line)', after: { name: 'The Orchard' } },
    { action: 'SETTINGS_CHANGED', before: { name: 'The Orchard' }, after: { name: 'Parley' } },
  ]);
});
