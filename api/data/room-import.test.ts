import { expect, test } from 'vitest';
import { PASSWORD, people, person } from '../test/people.ts';
import { ask, bearer, run } from '../test/client.ts';
import { collected } from '../test/collected.ts';
import { allOf, entriesOf, garden, linesOf, scratch, tamper } from '../test/exports.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { deleteAccount } from '../account/deletion.ts';
import { changeUsername } from '../account/username.ts';
import { openDirect } from '../direct/direct.ts';
import { deleteMessage } from '../message/deletion.ts';
import { postMessage } from '../message/message.ts';
import { pinMessage } from '../message/pin.ts';
import { removeReaction } from '../message/reaction.ts';
import { removeMember } from '../moderation/removal.ts';
import { timeOutMember } from '../moderation/timeout.ts';
import { deleteRoom } from '../room/deletion.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { setMemberRole } from '../room/role.ts';
import { renameRoom, setTopic } from '../room/room.ts';
import { updateRoom } from '../room/settings.ts';
import { LENGTH_MS } from '../statistics/interval.ts';
import { keepStatistics } from '../statistics/rollup.ts';
import { writeExport } from './export.ts';
import { NAMED } from './identities.ts';
import { importExport } from './import.ts';
import { recount } from './inspection.ts';
import { columnsOfForm, FORMS } from './room-rows.ts';
import { measureTables } from './rows.ts';
import { verifyExport } from './verify.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A room in which all kinds of things have happened, and its export. */
async function exported() {
  const found = await garden();
  const { server, ann, bob, eve, room, first } = found;
  const { app } = server;
  const at = { roomId: room.id };
  const about = (user: { id: string }) => ({ ...at, userId: user.id, reason: null });
  const say = (who: typeof ann, body: string, more = {}) =>
    postMessage(app, who, { ...at, body, idempotencyKey: body, ...more });
  await say(bob, 'An answer @ann', { replyTo: first.seq });
  const gone = await say(bob, 'Gone');
  await deleteMessage(app, ann, { ...at, seq: gone.seq });
  await pinMessage(app, ann, { ...at, seq: first.seq });
  await removeReaction(app, bob, { ...at, seq: first.seq, emoji: '🌱' });
  await joinRoom(app, eve, at);
  await timeOutMember(app, ann, { ...about(eve.user), until: new Date(Date.now() + 60_000) });
  await leaveRoom(app, eve, at);
  await joinRoom(app, eve, at);
  await removeMember(app, ann, about(eve.user));
  await setMemberRole(app, ann, { ...at, userId: bob.user.id, role: 'MODERATOR' });
  await renameRoom(app, ann, { ...at, name: 'The garden' });
  await setTopic(app, ann, { ...at, topic: 'Beans' });
  await updateRoom(app, ann, { ...at, description: 'What grows.\nAnd what does not.', icon: '🌱' });
  const folder = await scratch();
  const file = folder.path('room.tar');
  await writeExport(app, { kind: 'ROOM', subject: { id: room.id, name: room.slug } }, file);
  return {
    ...found,
    file,
    path: folder.path,
    async [Symbol.asyncDispose]() {
      await server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const textsOf = async (server: TestApp, token: string, slug: string) => {
  const query = `query ($slug: String!) {
    room(slug: $slug) { messages(last: 50) { edges { node {
      seq body author { username } pinnedAt replyTo { seq } replyCount lastRepliers { username }
      mentionedUsers { username } attachments { name url } reactions { emoji }
      revisions(first: 5) { edges { node { body } } }
    } } } }
  }`;
  const { room } = await run<any>(server.url, query, { slug }, token);
  return room.messages.edges.map(({ node }: any) => node);
};

test('a room that was imported on another server equals the one that was exported, and goes on', async () => {
  await using source = await exported();
  await using other = await startApp();
  const { app } = other;
  // Ann is somebody with another id here, Bob and Eve are not here.
  const root = await person(app, 'root');
  const ann = await person(app, 'ann');
  const { room } = await importExport(app, source.file);
  expect(room).toMatchObject({ slug: 'garden', newcomers: { count: 2 }, missingFiles: 0 });
  expect(room!.newcomers.usernames.toSorted()).toEqual(['bob', 'eve']);
  expect(await verifyExport(app, source.file)).toMatchObject({ differences: [], files: 3 });
  expect([...(await recount(app.db.pool))].filter(([, wrong]) => wrong > 0)).toEqual([]);

  const strip = (messages: any[]) =>
    messages.map(({ attachments, ...message }) => ({
      ...message,
      names: attachments.map(({ name }: any) => name),
    }));
  const here = await textsOf(other, ann.token, 'garden');
  expect(strip(here)).toEqual(strip(await textsOf(source.server, source.ann.token, 'garden')));
  const url = here.flatMap(({ attachments }: any) => attachments)[0].url;
  expect((await fetch(other.url + url, { headers: bearer(ann.token) })).status).toBe(200);

  // Who was there has read it all; the log goes on without a hole; search finds it.
  const inRoom = `query { room(slug: "garden") { id unreadCount viewerMembership { role } } }`;
  const { room: seen } = await run<any>(other.url, inRoom, {}, ann.token);
  expect(seen).toMatchObject({ unreadCount: 0, viewerMembership: { role: 'OWNER' } });
  const { lastSeq } = await app.db.prisma.room.findUniqueOrThrow({ where: { id: source.room.id } });
  // Whoever took part in a thread follows it, and has read it.
  const follows = await app.db.prisma.threadFollow.findMany({ include: { user: true } });
  expect(follows.map(({ user }) => user.username).toSorted()).toEqual(['ann', 'bob']);
  for (const { threadSeq, readSeq, isFollowing } of follows) {
    expect([threadSeq, readSeq, isFollowing]).toEqual([source.first.seq, lastSeq, true]);
  }
  const next = { roomId: source.room.id, body: 'Here.', idempotencyKey: 'Look' };
  expect((await postMessage(app, ann, next)).seq).toBe(lastSeq + 1);
  await collected(app);
  const search = `query { searchMessages(query: "beans") { edges { node { body } } } }`;
  const found = await run<any>(other.url, search, {}, root.token);
  expect(found.searchMessages.edges).toMatchObject([{ node: { body: 'The beans are down.' } }]);

  const logIn = `mutation { login(input: { username: "bob", password: "${PASSWORD}" }) { token } }`;
  expect((await ask(other.url, logIn)).errors).toHaveLength(1);
  const bob = await app.db.prisma.user.findUniqueOrThrow({ where: { usernameKey: 'bob' } });
  expect(bob).toMatchObject({ role: 'MEMBER', id: source.bob.user.id });
  expect(bob.deactivatedAt).not.toBeNull();
  const deed = await app.db.prisma.auditEntry.findFirst();
  expect(deed).toMatchObject({ action: 'ROOM_IMPORTED', roomSlug: 'garden' });
  const changed = await verifyExport(app, source.file);
  expect(changed.differences).toContain('message has 6 rows, and 5 in the export.');
});

test('a room is imported beside itself under other ids, and leaves the first as it was', async () => {
  await using source = await exported();
  const { server, file, ann } = source;
  expect((await verifyExport(server.app, file)).differences).toEqual([]);
  const { room: copy } = await importExport(server.app, file);
  expect(copy).toMatchObject({ slug: 'garden-2', newcomers: { count: 0 } });
  expect((await verifyExport(server.app, file)).differences).toEqual([]);
  expect(await verifyExport(server.app, file, { slug: 'garden-2' })).toMatchObject({
    differences: [],
    files: 3,
  });
  const rows = await server.app.db.prisma.room.findMany({ where: { kind: 'ROOM' } });
  expect(rows).toHaveLength(2);
  const { id } = rows.find(({ slug }) => slug === 'garden-2')!;
  await postMessage(server.app, ann, { roomId: id, body: 'Look', idempotencyKey: 'fresh' });
  expect((await verifyExport(server.app, file)).differences).toEqual([]);
  expect((await importExport(server.app, file)).room!.slug).toBe('garden-3');
  const missing = verifyExport(server.app, file, { slug: 'nowhere' });
  await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('what was said in it is in the statistics from when it was said', async () => {
  await using folder = await scratch();
  const { server, room, first } = await garden();
  await using source = server;
  await source.app.db.prisma.message.updateMany({
    where: { roomId: room.id, seq: { not: first.seq } },
    data: { createdAt: new Date(Date.now() - 3 * DAY_MS) },
  });
  // Longer ago than anything here.
  await source.app.db.prisma.message.updateMany({
    where: { roomId: room.id, seq: first.seq },
    data: { createdAt: new Date(Date.now() - 90 * DAY_MS) },
  });
  const subject = { id: room.id, name: room.slug };
  await writeExport(source.app, { kind: 'ROOM', subject }, folder.path('room.tar'));

  await using other = await startApp();
  const { app } = other;
  const { prisma } = app.db;
  await app.jobs.close();
  const { ann, room: own } = await people(app);
  await prisma.user.updateMany({ data: { createdAt: new Date(Date.now() - 30 * DAY_MS) } });
  await postMessage(app, ann, { roomId: own.id, body: 'plums', idempotencyKey: 'plums' });
  await prisma.message.updateMany({ data: { createdAt: new Date(Date.now() - 8 * DAY_MS) } });
  await keepStatistics(app);
  await importExport(app, folder.path('room.tar'));
  const sent = (createdAt: object) => prisma.message.count({ where: { createdAt } });
  for (const interval of ['HOUR', 'DAY', 'WEEK'] as const) {
    const where = { interval };
    const kept = await prisma.statistic.findMany({ where, orderBy: { at: 'asc' } });
    const [begin, end] = [kept[0]!.at, new Date(kept.at(-1)!.at.getTime() + LENGTH_MS[interval])];
    const added = kept.reduce((sum, { newMessages }) => sum + newMessages, 0);
    expect([kept[0]!.messages, kept.at(-1)!.messages, added], interval).toEqual([
      await sent({ lt: new Date(begin.getTime() + LENGTH_MS[interval]) }),
      await sent({ lt: end }),
      await sent({ gte: begin, lt: end }),
    ]);
  }
});

test('a room that was deleted comes back as it was; what clients held of it holds no more', async () => {
  await using source = await exported();
  const { server, file, ann, room } = source;
  await deleteRoom(server.app, ann, { roomId: room.id, slug: 'garden' });
  const { rows } = await server.app.db.pool.query('SELECT epoch FROM server');
  await importExport(server.app, file);
  expect((await verifyExport(server.app, file)).differences).toEqual([]);
  const after = await server.app.db.pool.query('SELECT epoch FROM server');
  expect(after.rows[0].epoch).not.toBe(rows[0].epoch);
});

test('where none of its owners is here, somebody has to be named', async () => {
  await using source = await exported();
  await using other = await startApp();
  const { app } = other;
  await expect(importExport(app, source.file, { owner: 'carl' })).rejects.toThrow(
    /no account carl/,
  );
  const carl = await person(app, 'carl');
  const before = await allOf(other);
  await expect(importExport(app, source.file)).rejects.toThrow(
    /^None of the owners of #garden can log in here: say who is to own it, by --owner NAME\.$/,
  );
  expect(await allOf(other)).toEqual(before);
  await importExport(app, source.file, { owner: 'Carl' });
  const member = await app.db.prisma.membership.findFirstOrThrow({
    where: { userId: carl.user.id },
  });
  expect(member.role).toBe('OWNER');
  expect([...(await recount(app.db.pool))].filter(([, wrong]) => wrong > 0)).toEqual([]);
  const events = await app.db.prisma.roomEvent.findMany({ orderBy: { seq: 'desc' }, take: 1 });
  expect(events).toMatchObject([{ kind: 'MEMBER_JOINED', actorId: carl.user.id }]);
  // A member is raised.
  await person(app, 'dora');
  await importExport(app, source.file, { owner: 'dora' });
  await using third = await startApp();
  await person(third.app, 'root');
  await person(third.app, 'bob');
  await importExport(third.app, source.file, { owner: 'bob' });
  const raised = await third.app.db.prisma.roomEvent.findFirst({ orderBy: { seq: 'desc' } });
  expect(raised).toMatchObject({
    kind: 'MEMBER_ROLE_CHANGED',
    data: { role: 'OWNER', previousRole: 'MODERATOR' },
  });
});

test('people are known by their ids, then by names that they bear or have borne; nobody is two of them', async () => {
  await using source = await exported();
  const { file, path, ann, bob, eve } = source;
  // On the exporting server itself, Ann has another name by now, and Bob has gone.
  await changeUsername(source.server.app, ann, { username: 'anna' });
  await deleteAccount(source.server.app, bob, { password: PASSWORD, messages: 'KEEP' });
  const { prisma } = source.server.app.db;
  const rooms = () => prisma.membership.findMany({ where: { userId: bob.user.id } });
  await expect.poll(rooms, { timeout: 20_000 }).toEqual([]);
  await importExport(source.server.app, file);
  const authors = (await textsOf(source.server, ann.token, 'garden-2')).map(
    ({ author }: any) => author.username,
  );
  expect(authors[0]).toBe('anna');
  expect(authors).toContainEqual(expect.stringMatching(/^deleted-/));
  // Nor does who has deleted their account stay in this one.
  await expect.poll(rooms, { timeout: 20_000 }).toEqual([]);
  const left = await prisma.roomEvent.findFirst({
    where: { room: { slug: 'garden-2' } },
    orderBy: { seq: 'desc' },
  });
  expect(left).toMatchObject({ kind: 'MEMBER_LEFT', actorId: bob.user.id });

  // Elsewhere, one person bears the name of one of them and has borne that of another.
  await using other = await startApp();
  const here = await person(other.app, 'ann');
  await changeUsername(other.app, here, { username: 'bob' });
  const { room } = await importExport(other.app, file, { owner: 'bob' });
  expect(room!.newcomers.usernames.toSorted()).toEqual(['ann-2', 'eve']);
  expect((await verifyExport(other.app, file)).differences).not.toContain(
    'message has other rows.',
  );
  const written = await textsOf(other, here.token, 'garden');
  expect(written.map(({ author }: any) => author.username)).toEqual(
    expect.arrayContaining(['ann-2', 'bob']),
  );

  // Whoever is not named by the room is no part of it.
  await tamper(file, path('surplus.tar'), {
    rows: {
      user: (rows) => [...rows, { id: crypto.randomUUID(), username: 'zoe', display_name: 'Zoe' }],
    },
  });
  await expect(importExport(other.app, path('surplus.tar'))).rejects.toThrow(/user/);
  expect(linesOf(await entriesOf(file), 'user').map(({ id }) => id)).toContain(eve.user.id);
});

test('the forms know every column of a room’s export, and which of them are ids', async () => {
  await using server = await startApp();
  const { room } = await people(server.app);
  const client = await server.app.db.pool.connect();
  try {
    const tables = await measureTables(client, 'ROOM', room.id);
    expect(tables.map(({ name }) => name).toSorted()).toEqual(Object.keys(FORMS).toSorted());
    for (const { name, columns } of tables) {
      expect(columnsOfForm(name).toSorted(), name).toEqual(columns.toSorted());
      const { rows } = await client.query<{ column: string }>(
        `SELECT attname AS column FROM pg_attribute
         WHERE attrelid = $1::regclass AND atttypid IN ('uuid'::regtype, 'uuid[]'::regtype)`,
        [`"${name}"`],
      );
      const ids = rows.map(({ column }) => column).filter((column) => columns.includes(column));
      expect(Object.keys(NAMED[name]!), name).toEqual(expect.arrayContaining(ids));
    }
  } finally {
    client.release();
  }
});

test('direct messages and what is a person’s are not imported', async () => {
  await using source = await exported();
  const { server, ann, bob, path } = source;
  const { app } = server;
  const direct = await openDirect(app, ann, { userIds: [bob.user.id] });
  const subject = { id: direct.id, name: direct.slug };
  await writeExport(app, { kind: 'ROOM', subject }, path('direct.tar'));
  expect((await verifyExport(app, path('direct.tar'))).differences).toEqual([]);
  await expect(importExport(app, path('direct.tar'))).rejects.toThrow(/is of direct messages/);
  const bobs = { id: bob.user.id, name: 'bob' };
  await writeExport(app, { kind: 'PERSON', subject: bobs }, path('bob.tar'));
  await expect(importExport(app, path('bob.tar'))).rejects.toThrow(/is the export of a person/);
});
