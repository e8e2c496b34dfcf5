import { expect, test } from 'vitest';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { deleteMessage } from '../message/deletion.ts';
import { postMessage } from '../message/message.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { inviteToRoom, listInvitations } from '../room/invitation.ts';
import { listJoinRequests, requestToJoin } from '../room/request.ts';
import { setMemberRole } from '../room/role.ts';
import { updateRoom } from '../room/settings.ts';
import { readInboxRoom } from '../read/inboxes.ts';
import { hold, waiting } from '../test/locks.ts';
import { findRoomBySlug } from '../room/room.ts';
import { startApp } from '../test/harness.ts';
import { people, person } from '../test/people.ts';
import { ask, bearer, run } from '../test/client.ts';
import { banMember, listBans, unbanMember } from './ban.ts';
import { removeMember } from './removal.ts';
import { timeOutMember } from './timeout.ts';

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

/** The people of the tests with Max, who moderates, and Lea, another member. */
async function cast(app: App) {
  const all = await people(app);
  const [max, lea] = [await person(app, 'max'), await person(app, 'lea')];
  const { room, ann } = all;
  for (const one of [max, lea]) await joinRoom(app, one, { roomId: room.id });
  await setMemberRole(app, ann, { roomId: room.id, userId: max.user.id, role: 'MODERATOR' });
  return { ...all, max, lea };
}

type Deed = (
  app: App,
  viewer: Viewer,
  input: { roomId: string; userId: string },
) => Promise<unknown>;

const DEEDS: [string, Deed][] = [
  ['removes', (app, viewer, input) => removeMember(app, viewer, { ...input, reason: null })],
  ['bans', (app, viewer, input) => banMember(app, viewer, { ...input, reason: null, until: null })],
  ['lifts the ban of', unbanMember],
  [
    'times out',
    (app, viewer, input) =>
      timeOutMember(app, viewer, { ...input, reason: null, until: inDays(1) }),
  ],
];

test.each(DEEDS)('who %s somebody stands above them', async (_name, deed) => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve, max, lea, room } = await cast(app);
  const upon = (who: Viewer, { user }: typeof ann) =>
    deed(app, who, { roomId: room.id, userId: user.id });
  const refused = async (who: Viewer, whom: typeof ann) =>
    expect(upon(who, whom)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (const who of [bob, eve]) await refused(who, lea);
  for (const whom of [ann, max, root]) await refused(max, whom);
  for (const whom of [ann, root]) await refused(ann, whom);
  await refused(root, root);
  await upon(max, bob);
  await upon(ann, max);
  await upon(root, ann);
});

test.each(DEEDS)('who %s somebody must see the room, and them', async (_name, deed) => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, room } = await cast(app);
  await app.db.prisma.room.update({ where: { id: room.id }, data: { visibility: 'PRIVATE' } });
  await expect(deed(app, eve, { roomId: room.id, userId: bob.user.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(deed(app, ann, { roomId: room.id, userId: room.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('who is removed is no member, and may come back', async () => {
  await using server = await startApp();
  const { app } = server;
  const { max, bob, room } = await cast(app);
  const input = { roomId: room.id, userId: bob.user.id, reason: ' Spam ' };
  expect((await removeMember(app, max, input)).room).toMatchObject({ memberCount: 3 });
  await expect(removeMember(app, max, input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await app.db.prisma.auditEntry.findMany({ where: { action: 'MEMBER_REMOVED' } })).toEqual([
    expect.objectContaining({
      ...{ actorName: 'max', userName: 'bob', roomSlug: 'garden', reason: 'Spam' },
      ...{ before: { role: 'MEMBER' }, after: null },
    }),
  ]);
  await joinRoom(app, bob, { roomId: room.id });
  await expect(removeMember(app, max, { ...input, reason: 'x'.repeat(301) })).rejects.toMatchObject(
    { code: 'INVALID_INPUT', details: { field: 'reason' } },
  );
});

test('for who is banned the room does not exist, until the ban is lifted or over', async () => {
  await using server = await startApp();
  const { app } = server;
  const { max, bob, eve, room } = await cast(app);
  const roomId = room.id;
  for (const { user } of [bob, eve]) {
    await banMember(app, max, { roomId, userId: user.id, reason: 'Spam', until: inDays(1) });
  }
  for (const who of [bob, eve]) {
    expect(await findRoomBySlug(app, who, 'garden')).toBeNull();
    await expect(joinRoom(app, who, { roomId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(leaveRoom(app, who, { roomId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  // Only a member leaves the log something to tell.
  expect(await app.db.prisma.roomEvent.count({ where: { kind: 'MEMBER_REMOVED' } })).toBe(1);
  expect(await listBans(app, max, roomId, {}, {})).toHaveLength(2);
  await expect(listBans(app, bob, roomId, {}, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });

  await unbanMember(app, max, { roomId, userId: bob.user.id });
  await unbanMember(app, max, { roomId, userId: bob.user.id });
  expect(await app.db.prisma.auditEntry.count({ where: { action: 'MEMBER_UNBANNED' } })).toBe(1);
  expect(await joinRoom(app, bob, { roomId })).toMatchObject({ memberCount: 4 });
  await expect(listBans(app, bob, roomId, {}, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });

  await app.db.prisma.roomBan.updateMany({ data: { until: new Date(Date.now() - 1) } });
  expect(await listBans(app, max, roomId, {}, {})).toEqual([]);
  expect(await joinRoom(app, eve, { roomId })).toMatchObject({ memberCount: 5 });
});

test('a ban takes along what was pending: nobody is shown to ask who cannot be answered', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, max, eve, room } = await cast(app);
  const [roomId, userId] = [room.id, eve.user.id];
  await updateRoom(app, ann, { roomId, visibility: 'RESTRICTED' });
  await requestToJoin(app, eve, { roomId, text: '' });
  await inviteToRoom(app, ann, { roomId, userIds: [userId] });
  const asking = async () => (await readInboxRoom(app, max, roomId))!.counts.joinRequests;
  expect(await asking()).toBe(1);
  const told: string[] = [];
  using stack = new DisposableStack();
  for (const one of [max, eve]) {
    stack.defer(app.bus.listen(`user:${one.user.id}`, ({ changed }) => told.push(changed)));
  }
  await banMember(app, max, { roomId, userId, reason: null, until: inDays(1) });
  expect(await asking()).toBe(0);
  expect(told.sort()).toEqual(['PENDING', 'PLACE']);
  await unbanMember(app, max, { roomId, userId });
  expect(await listInvitations(app, userId)).toEqual([]);
  expect(await listJoinRequests(app, max, roomId)).toEqual([]);
});

test.each(['timed out', 'made a plain member where those in charge write'])(
  'who is %s writes nothing behind it, also what waits for the room by then',
  async (how) => {
    await using server = await startApp();
    const { app } = server;
    const { ann, max, room } = await cast(app);
    const roomId = room.id;
    const at = { roomId, userId: max.user.id };
    await updateRoom(app, ann, { roomId, postingPolicy: 'MODERATORS' });
    const release = await hold(server, `SELECT FROM room WHERE id = '${roomId}' FOR NO KEY UPDATE`);
    const deed =
      how === 'timed out'
        ? timeOutMember(app, ann, { ...at, reason: null, until: inDays(1) })
        : setMemberRole(app, ann, { ...at, role: 'MEMBER' });
    // It waits for the room to tell of it.
    await expect.poll(() => waiting(server)).toBe(1);
    const posted = postMessage(app, max, { roomId, body: 'Late', idempotencyKey: 'late' });
    const refused = expect(posted).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect.poll(() => waiting(server)).toBe(2);
    await release();
    await deed;
    await refused;
  },
);

test('who joins while they are banned is no member behind it, however often at once', async () => {
  await using server = await startApp();
  const { app } = server;
  const { max, eve, room } = await cast(app);
  const at = { roomId: room.id, userId: eve.user.id };
  for (let time = 0; time < 20; time++) {
    const joins = Array.from({ length: 4 }, () => joinRoom(app, eve, at));
    const ban = banMember(app, max, { ...at, reason: null, until: null });
    await Promise.allSettled(joins);
    await ban;
    expect(await app.db.prisma.membership.count({ where: at })).toBe(0);
    await unbanMember(app, max, at);
  }
});

test('of twenty who remove somebody at once one does', async () => {
  await using server = await startApp();
  const { app } = server;
  const { max, ann, bob, room } = await cast(app);
  const input = { roomId: room.id, userId: bob.user.id, reason: null };
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, number) => removeMember(app, number % 2 ? max : ann, input)),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await app.db.prisma.auditEntry.count({ where: { action: 'MEMBER_REMOVED' } })).toBe(1);
});

test('a moderator who is made a plain member acts no more, also where both come at the same time', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, max, bob, room } = await cast(app);
  const roomId = room.id;
  for (let time = 0; time < 10; time++) {
    await setMemberRole(app, ann, { roomId, userId: max.user.id, role: 'MODERATOR' });
    const [demotion, removal] = await Promise.allSettled([
      setMemberRole(app, ann, { roomId, userId: max.user.id, role: 'MEMBER' }),
      removeMember(app, max, { roomId, userId: bob.user.id, reason: null }),
    ]);
    expect(demotion.status).toBe('fulfilled');
    const events = await app.db.prisma.roomEvent.findMany({ orderBy: { seq: 'desc' }, take: 2 });
    const kinds = events.map(({ kind }) => kind);
    // Either it came before the demotion, or it was refused.
    expect(kinds[0]).toBe('MEMBER_ROLE_CHANGED');
    if (removal.status === 'fulfilled') expect(kinds[1]).toBe('MEMBER_REMOVED');
    else expect(removal.reason).toMatchObject({ code: 'FORBIDDEN' });
    await joinRoom(app, bob, { roomId });
  }
});

test('who is timed out writes nothing until it is over or taken back, also after joining again', async () => {
  await using server = await startApp();
  const { app } = server;
  const { max, bob, room } = await cast(app);
  const at = { roomId: room.id, userId: bob.user.id, reason: null };
  let number = 0;
  const post = () =>
    postMessage(app, bob, { roomId: room.id, body: 'Hello', idempotencyKey: `${number++}` });
  const until = inDays(7);
  expect(await timeOutMember(app, max, { ...at, until })).toMatchObject({ timedOutUntil: until });
  await expect(post()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await leaveRoom(app, bob, at);
  await joinRoom(app, bob, at);
  await expect(post()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await timeOutMember(app, max, { ...at, until: null });
  await timeOutMember(app, max, { ...at, until: null });
  await post();
  expect(await app.db.prisma.roomEvent.count({ where: { kind: 'MEMBER_TIMED_OUT' } })).toBe(2);
  expect(await app.db.prisma.auditEntry.count({ where: { action: 'MEMBER_TIMED_OUT' } })).toBe(2);
  await leaveRoom(app, bob, at);
  await joinRoom(app, bob, at);
  await post();
  for (const wrong of [inDays(-1), inDays(29)]) {
    await expect(timeOutMember(app, max, { ...at, until: wrong })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'until' },
    });
  }
});

test('a message that somebody else deletes is in the audit log, without what it said; one’s own is not', async () => {
  await using server = await startApp();
  const { app } = server;
  const { max, bob, room } = await cast(app);
  const roomId = room.id;
  for (const who of [max, bob]) {
    const message = await postMessage(app, bob, {
      roomId,
      body: 'Secret',
      idempotencyKey: who.token,
    });
    await deleteMessage(app, who, { roomId, seq: message.seq });
  }
  const entries = await app.db.prisma.auditEntry.findMany({ where: { action: 'MESSAGE_DELETED' } });
  expect(entries).toEqual([
    expect.objectContaining({ actorName: 'max', userName: 'bob', messageSeq: expect.any(Number) }),
  ]);
  expect(JSON.stringify(entries)).not.toContain('Secret');
});

test('messages are deleted whoever has written them: no rank is asked for', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, max, room } = await cast(app);
  const roomId = room.id;
  await joinRoom(app, root, { roomId });
  for (const author of [ann, root]) {
    const key = { roomId, body: 'Shut up', idempotencyKey: author.token };
    const { seq } = await postMessage(app, author, key);
    expect(await deleteMessage(app, max, { roomId, seq })).toMatchObject({ body: '' });
  }
});

test('all of it is done over the API', async () => {
  await using server = await startApp();
  const { ann, bob, max, room, roomId } = await cast(server.app);
  const userId = Buffer.from(`User:${bob.user.id}`).toString('base64url');
  const until = inDays(1).toISOString();
  const input = { roomId, userId };
  const data = await run(
    server.url,
    `mutation ($role: SetMemberRoleInput!, $timeout: TimeOutMemberInput!, $ban: BanMemberInput!) {
      setMemberRole(input: $role) { membership { role } }
      timeOutMember(input: $timeout) { membership { timedOutUntil } }
      banMember(input: $ban) { room { memberCount bans { edges { node { user { username } by { username } reason until } } } } }
    }`,
    {
      role: { ...input, role: 'MODERATOR' },
      timeout: { ...input, until },
      ban: { ...input, until, reason: 'Spam' },
    },
    ann.token,
  );
  expect(data).toMatchObject({
    setMemberRole: { membership: { role: 'MODERATOR' } },
    timeOutMember: { membership: { timedOutUntil: until } },
    banMember: {
      room: {
        memberCount: 3,
        bans: {
          edges: [
            { node: { user: { username: 'bob' }, by: { username: 'ann' }, reason: 'Spam', until } },
          ],
        },
      },
    },
  });
  const lift =
    'mutation ($input: UnbanMemberInput!) { unbanMember(input: $input) { user { username } } }';
  const { errors } = await ask(server.url, lift, { input }, bearer(bob.token));
  expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  await run(server.url, lift, { input }, max.token);
  await joinRoom(server.app, bob, { roomId: room.id });
  const removal =
    'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { room { memberCount } } }';
  expect(await run(server.url, removal, { input }, max.token)).toEqual({
    removeMember: { room: { memberCount: 3 } },
  });
});
