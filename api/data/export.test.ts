import { spawnSync } from 'node:child_process';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { OPERATOR } from '../account/operator.ts';
import { postMessage } from '../message/message.ts';
import { pinMessage } from '../message/pin.ts';
import { banMember } from '../moderation/ban.ts';
import { inviteToRoom } from '../room/invitation.ts';
import { createRoom, renameRoom } from '../room/room.ts';
import { updateServerSettings } from '../settings/update.ts';
import { run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { kept, picture, sendLogo } from '../test/uploads.ts';
import { writeExport } from './export.ts';
import { entriesOf, garden, linesOf, scratch } from '../test/exports.ts';
import { importExport } from './import.ts';
import { LEFT_OUT, TABLES } from './tables.ts';
import { verifyExport } from './verify.ts';

const SERVER = { kind: 'SERVER', subject: null } as const;

test('a server that was imported equals the one that was exported, and goes on from there', async () => {
  const { server, root, ann, room, first } = await garden();
  await using _ = server;
  await using folder = await scratch();
  await updateServerSettings(server.app, root, { name: 'The Orchard', registration: 'closed' });
  await sendLogo(server.url, root.token, await picture(20, 20));
  const manifest = await writeExport(server.app, SERVER, folder.path('all.tar'));
  expect(manifest.tables.find(({ name }) => name === 'message')!.rows).toBe(3);
  expect((await verifyExport(server.app, folder.path('all.tar'))).differences).toEqual([]);

  await using copy = await startApp();
  const before = copy.app.db.epoch;
  // What was set here gives way, as does what was counted of nothing.
  await copy.app.db.pool.query(`INSERT INTO server_settings (id, name) VALUES (1, 'The Quarry')`);
  await copy.app.db.pool.query(`INSERT INTO statistic VALUES ('HOUR', now(), 0, 0, 0, 0)`);
  await importExport(copy.app, folder.path('all.tar'));
  const { differences, files } = await verifyExport(copy.app, folder.path('all.tar'));
  expect(differences).toEqual([]);
  expect(files).toBe(4);
  expect(await copy.app.db.prisma.statistic.count()).toBe(0);
  await copy.app.settings.renew();
  const { settings } = server.app;
  expect(copy.app.settings.current).toEqual(settings.current);
  expect(settings.current).toMatchObject({ name: 'The Orchard', registration: 'closed' });
  expect((await kept(copy.app)).toSorted()).toEqual((await kept(server.app)).toSorted());
  await copy.app.db.history.check();
  expect(copy.app.db.epoch).not.toBe(before);

  // The log goes on without a hole, and whoever was logged in still is.
  const next = await postMessage(copy.app, ann, {
    ...{ roomId: room.id, body: 'Here we are.', idempotencyKey: 'new' },
  });
  const { lastSeq } = await server.app.db.prisma.room.findUniqueOrThrow({ where: { id: room.id } });
  expect(next.seq).toBe(lastSeq + 1);
  const { me } = await run<any>(copy.url, '{ me { username } }', {}, ann.token);
  expect(me.username).toBe('ann');
  const changed = await verifyExport(copy.app, folder.path('all.tar'));
  expect(changed.differences).toContain('message has 4 rows, and 3 in the export.');
  await copy.app.db.pool.query(`UPDATE message SET body = 'x' WHERE seq = $1`, [first.seq]);
  await copy.app.db.pool.query('DELETE FROM message WHERE seq = $1', [next.seq]);
  const changedAgain = await verifyExport(copy.app, folder.path('all.tar'));
  expect(changedAgain.differences).toContain('message has other rows.');
});

test('every table is exported or left out for a reason, each below those that it refers to', async () => {
  await using server = await startApp();
  const { pool } = server.app.db;
  const { rows } = await pool.query<{ name: string; refersTo: string[] }>(`
    SELECT relname AS name, array_remove(array_agg(refers.relation), NULL) AS "refersTo"
    FROM pg_class
    LEFT JOIN (
      SELECT conrelid, other.relname::text AS relation FROM pg_constraint
      JOIN pg_class other ON other.oid = confrelid WHERE contype = 'f'
    ) AS refers ON conrelid = pg_class.oid
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'
    GROUP BY relname`);
  const exported = TABLES.map(({ name }) => name);
  const known = [...exported, ...Object.keys(LEFT_OUT)];
  expect(known.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  for (const { name, refersTo } of rows) {
    if (!exported.includes(name)) continue;
    const above = exported.slice(0, exported.indexOf(name) + 1);
    expect(above, name).toEqual(expect.arrayContaining(refersTo as string[]));
  }
});

test('plain tools unpack an export and check its sums', async () => {
  const { server } = await garden();
  await using _ = server;
  await using folder = await scratch();
  await writeExport(server.app, SERVER, folder.path('all.tar'));
  const cwd = folder.path('');
  expect(spawnSync('tar', ['-xf', 'all.tar'], { cwd }).status).toBe(0);
  const checked = spawnSync('sha256sum', ['--check', '--quiet', 'checksums'], { cwd });
  expect(checked.stderr.toString() + checked.stdout.toString()).toBe('');
  const manifest = JSON.parse(await readFile(folder.path('manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ format: 'parley-export', version: 1, kind: 'SERVER' });
});

test('a room’s export has what its members have said, their names, and nothing that is theirs alone', async () => {
  const { server, ann, bob, root, room } = await garden();
  await using _ = server;
  await using folder = await scratch();
  const other = await createRoom(server.app, ann, {
    ...{ slug: 'shed', name: 'Shed', topic: null, visibility: 'PRIVATE' },
  });
  const input = { roomId: other.id, body: 'Elsewhere', idempotencyKey: 'e' };
  await postMessage(server.app, ann, input);
  const path = folder.path('room.tar');
  const subject = { id: room.id, name: room.slug };
  await writeExport(server.app, { kind: 'ROOM', subject }, path);
  const entries = await entriesOf(path);
  expect(linesOf(entries, 'message')).toHaveLength(3);
  expect(linesOf(entries, 'room').map(({ slug }) => slug)).toEqual(['garden']);
  expect(linesOf(entries, 'user').toSorted((a, b) => a.username.localeCompare(b.username))).toEqual(
    [
      { id: ann.user.id, username: 'ann', display_name: 'ann' },
      { id: bob.user.id, username: 'bob', display_name: 'bob' },
    ],
  );
  expect([...entries.keys()].filter((name) => name.startsWith('files/'))).toHaveLength(3);
  const all = [...entries.values()].join('');
  for (const secret of ['Elsewhere', 'I would', root.user.id, 'argon2']) {
    expect(all).not.toContain(secret);
  }
});

test('my data is mine: what I have said, begun and done, and no secret of mine', async () => {
  const { server, bob } = await garden();
  await using _ = server;
  await using folder = await scratch();
  const path = folder.path('bob.tar');
  const subject = { id: bob.user.id, name: 'bob' };
  await writeExport(server.app, { kind: 'PERSON', subject }, path);
  const entries = await entriesOf(path);
  expect(linesOf(entries, 'message').map(({ body }) => body)).toEqual(['So are the weeds @ann']);
  expect(linesOf(entries, 'draft')).toMatchObject([{ body: 'I would' }]);
  expect(linesOf(entries, 'reaction')).toMatchObject([{ emoji: '🌱' }]);
  expect(linesOf(entries, 'user')).toMatchObject([{ username: 'bob' }]);
  expect(linesOf(entries, 'room')).toEqual([
    { id: expect.any(String), slug: 'garden', name: 'Garden' },
  ]);
  expect(linesOf(entries, 'file')).toEqual([]);
  const all = [...entries.values()].join('');
  for (const secret of ['beans', 'argon2', 'token_hash', '"username":"ann"']) {
    expect(all).not.toContain(secret);
  }
});

test('my data tells nothing of what has become of a room that I may not see any more', async () => {
  const { server, ann, bob, eve, room } = await garden();
  await using _ = server;
  await using folder = await scratch();
  const { app } = server;
  const shed = { slug: 'shed', name: 'Shed', topic: null, visibility: 'PRIVATE' } as const;
  const { id: roomId } = await createRoom(app, ann, shed);
  await app.db.prisma.membership.create({ data: { roomId, userId: bob.user.id } });
  await app.db.prisma.membership.create({ data: { roomId, userId: eve.user.id } });
  const said = await postMessage(app, bob, { roomId, body: 'Rakes', idempotencyKey: 'r' });
  const exportOf = async (person: typeof bob) => {
    const subject = { id: person.user.id, name: person.user.username };
    await writeExport(app, { kind: 'PERSON', subject }, folder.path('mine.tar'));
    return entriesOf(folder.path('mine.tar'));
  };
  const rooms = async (person: typeof bob) =>
    linesOf(await exportOf(person), 'room').map(({ name }) => name);
  expect((await rooms(bob)).toSorted()).toEqual(['Garden', 'Shed']);
  await app.db.prisma.membership.deleteMany({ where: { roomId, userId: bob.user.id } });
  await renameRoom(app, ann, { roomId, name: 'Bunker' });
  const reply = { roomId, body: 'Hoes', idempotencyKey: 'h', thread: said.seq };
  await postMessage(app, eve, reply);
  await pinMessage(app, ann, { roomId, seq: said.seq });
  const entries = await exportOf(bob);
  expect(linesOf(entries, 'room').map(({ name }) => name)).toEqual(['Garden']);
  expect(linesOf(entries, 'message').map(({ body }) => body)).toContain('Rakes');
  const all = [...entries.values()].join('');
  for (const secret of ['Bunker', 'shed', eve.user.id]) expect(all).not.toContain(secret);
  expect(all).not.toMatch(/repl(y_count|ier)|pinned/);
  // Whoever is banned from an open room does not see it, either; who is invited does.
  const open = { roomId: room.id, userId: bob.user.id };
  await banMember(app, ann, { ...open, reason: null, until: null });
  expect(await rooms(bob)).toEqual([]);
  await inviteToRoom(app, ann, { roomId, userIds: [bob.user.id] });
  expect(await rooms(bob)).toEqual(['Bunker']);
});

test('what cannot be imported is refused in one line, and leaves nothing', async () => {
  const { server, bob } = await garden();
  await using _ = server;
  await using folder = await scratch();
  const path = folder.path('all.tar');
  await writeExport(server.app, SERVER, path);
  await using copy = await startApp();
  const refused = async (name: string) => {
    const error = await importExport(copy.app, folder.path(name)).catch((reason) => reason);
    expect(error).toBeInstanceOf(Refusal);
    expect(await copy.app.db.prisma.user.count()).toBe(0);
    return error.message.replace(folder.path(name), 'FILE');
  };
  const whole = await readFile(path);
  const write = (name: string, change: (bytes: Buffer) => Buffer) =>
    writeFile(folder.path(name), change(Buffer.from(whole)));
  const replace = (from: string, to: string) => (bytes: Buffer) => {
    bytes.write(to, bytes.indexOf(from));
    return bytes;
  };
  await write('text', () => Buffer.from('Nothing of ours. '.repeat(100)));
  expect(await refused('text')).toMatch(/^FILE cannot be used: it is cut short, or no tar file/);
  await write('version', replace('"version": 1', '"version": 2'));
  expect(await refused('version')).toMatch(/^FILE has version 2 of the format, .* reads version 1/);
  await write('format', replace('parley-export', 'barley-export'));
  expect(await refused('format')).toMatch(/^FILE is no export of Parley/);
  await write('changed', replace('So are the weeds', 'So are the seeds'));
  expect(await refused('changed')).toMatch(/data\/message.ndjson is not what its checksum says/);
  await write('column', replace('"slow_mode_seconds"', '"slow_mode_minutes"'));
  expect(await refused('column')).toMatch(/does not know \(room\.slow_mode_minutes\)/);
  await write('cut', (bytes) => bytes);
  await truncate(folder.path('cut'), Math.floor(whole.length / 2));
  expect(await refused('cut')).toMatch(/^FILE cannot be used: it is cut short/);
  await write('path', replace('files/', 'file../'));
  expect(await refused('path')).toMatch(/^FILE cannot be used/);
  const subject = { id: bob.user.id, name: 'bob' };
  await writeExport(server.app, { kind: 'PERSON', subject }, folder.path('bob.tar'));
  expect(await refused('bob.tar')).toMatch(/is the export of a person/);

  // What was set before anybody registered gives way, also in the log.
  const name = 'Before';
  await updateServerSettings(copy.app, OPERATOR, { name });
  await importExport(copy.app, path);
  expect((await verifyExport(copy.app, path)).differences).toEqual([]);
  await expect(copy.app.db.pool.query('DELETE FROM audit_entry')).rejects.toThrow('only added');
  const again = await importExport(copy.app, path).catch((reason) => reason);
  expect(again).toMatchObject({ code: 'CONFLICT' });
});

test('a file whose bytes are gone is named as missing', async () => {
  const { server } = await garden();
  await using _ = server;
  await using folder = await scratch();
  const { id } = (await server.app.db.prisma.file.findFirst({ where: { width: null } }))!;
  await server.app.storage.remove([id]);
  await writeExport(server.app, SERVER, folder.path('all.tar'));
  const entries = await entriesOf(folder.path('all.tar'));
  expect(entries.get('missing.ndjson')).toBe(`{"id":"${id}"}\n`);
  await using copy = await startApp();
  await importExport(copy.app, folder.path('all.tar'));
});
