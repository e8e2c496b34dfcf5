/** What is left of accounts that are deleted. */
import { expect, test } from 'vitest';
import { deactivateUser, reactivateUser } from '../account/activation.ts';
import { setCustomStatus } from '../account/custom-status.ts';
import { deleteAccount, deleteUser } from '../account/deletion.ts';
import { createPasswordReset } from '../account/password-change.ts';
import { updateProfile } from '../account/profile.ts';
import { findSession } from '../account/session.ts';
import { changeUsername } from '../account/username.ts';
import { inviteToRoom } from '../room/invitation.ts';
import { answerJoinRequest, listJoinRequests, requestToJoin } from '../room/request.ts';
import { createRoom } from '../room/room.ts';
import { removeAvatar } from '../upload/avatar.ts';
import { ask, bearer, run } from '../test/client.ts';
import { Conversation, followConversation, loadConversation } from '../test/conversation.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { PASSWORD, people, person } from '../test/people.ts';
import { picture, uploaded, kept } from '../test/uploads.ts';
import { eraseAccount } from './erasure.ts';
import { postMessage } from './message.ts';

async function conversation(server: TestApp) {
  const { app, url } = server;
  const { room, roomId, ...who } = await people(app);
  const { ann, bob } = who;
  const say = async (author: typeof ann, body: string, place: object = {}) =>
    postMessage(app, author, { roomId: room.id, body, idempotencyKey: body, ...place });
  const first = await say(bob, 'first');
  await say(ann, 'second');
  await say(bob, 'a reply', { thread: first.seq });
  await say(ann, 'another', { thread: first.seq });
  const file = await uploaded(url, bob.token, { roomId, name: 'a.png', body: await picture(9, 9) });
  const send = `mutation ($roomId: ID!, $file: ID!) { sendMessage(input: {
    roomId: $roomId, body: "see", idempotencyKey: "file", attachmentIds: [$file]
  }) { cursor } }`;
  await run(url, send, { roomId, file: file.id }, bob.token);
  await updateProfile(app, bob, { about: 'Bob the builder', displayName: 'Bob' });
  return { ...who, room, roomId, say };
}

const AUTHORS = `query ($roomId: ID!) { node(id: $roomId) { ... on Room { memberCount messages(first: 9) { edges { node {
  body author { id username displayName state about avatarUrl }
} } } } } }`;

test('with KEEP all that somebody has said stays under a tombstone, and nothing else of them', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, bob, roomId } = await conversation(server);
  const input = `input: { password: "${PASSWORD}", messages: KEEP }`;
  const gone = await ask(url, `mutation { deleteAccount(${input}) { ok } }`, {}, bearer(bob.token));
  expect(gone.data).toEqual({ deleteAccount: { ok: true } });
  expect(await findSession(app, 'TOKEN', bob.token)).toBeNull();
  await app.jobs.start();
  const load = async () => (await run(url, AUTHORS, { roomId }, ann.token)).node;
  await expect.poll(async () => (await load()).memberCount).toBe(1);
  const { edges } = (await load()).messages;
  expect(edges.map(({ node }: any) => node.body)).toEqual(['first', 'second', 'see']);
  expect(edges[0].node.author).toMatchObject({
    username: expect.stringMatching(/^deleted-[0-9a-f]{12}$/),
    displayName: 'Deleted account',
    state: 'DELETED',
    about: null,
    avatarUrl: null,
  });
  const counts = await app.db.pool.query(
    `SELECT (SELECT count(*)::int FROM password WHERE user_id = $1) AS passwords,
            (SELECT count(*)::int FROM profile WHERE user_id = $1) AS profiles,
            (SELECT count(*)::int FROM session WHERE user_id = $1) AS sessions,
            (SELECT count(*)::int FROM membership WHERE user_id = $1) AS memberships`,
    [bob.user.id],
  );
  expect(counts.rows).toEqual([{ passwords: 0, profiles: 0, sessions: 0, memberships: 0 }]);
  await expect(person(app, 'bob')).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('with DELETE every screen sees each message go, as events, and a job done twice changes nothing more', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, bob, room, roomId } = await conversation(server);
  const place = { url, token: ann.token, roomId };
  const { conversation: shown, cursor } = await loadConversation(place);
  const live = followConversation(place, new Conversation([...shown]), cursor);
  await deleteAccount(app, bob, { password: PASSWORD, messages: 'DELETE' });
  const erase = () =>
    eraseAccount(app, { userId: bob.user.id, messages: 'DELETE' }, new AbortController().signal);
  // Two processes at it at the same time, as where one was taken for dead.
  await Promise.all([erase(), erase()]);
  const before = await app.db.prisma.room.findUniqueOrThrow({ where: { id: room.id } });
  await erase();
  const after = await app.db.prisma.room.findUniqueOrThrow({ where: { id: room.id } });
  expect(after.lastSeq).toBe(before.lastSeq);
  const fresh = await loadConversation(place);
  await live.reached(fresh.cursor);
  // What people are called is no event of a room's: screens are told of that by `peopleChanged`.
  expect(nameless(live.conversation.inOrder)).toEqual(nameless(fresh.conversation.inOrder));
  await live.close();
  const said = await app.db.prisma.message.findMany({ where: { authorId: bob.user.id } });
  expect(said.map(({ body, deletedAt }) => [body, deletedAt !== null])).toEqual(
    said.map(() => ['', true]),
  );
  const events = await app.db.prisma.roomEvent.findMany({
    where: { actorId: bob.user.id, kind: 'MESSAGE_DELETED' },
  });
  expect(events.map(({ messageSeq }) => messageSeq).toSorted()).toEqual(
    said.map(({ seq }) => seq).toSorted(),
  );
  expect(await app.db.prisma.message.count({ where: { authorId: ann.user.id, body: '' } })).toBe(0);
  expect(await kept(app)).toEqual([]);
});

test('an account is not deleted without its password, nor that of the only owner', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, bob } = await people(app);
  const messages = 'KEEP';
  await expect(deleteAccount(app, bob, { password: 'a guess', messages })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { field: 'password' },
  });
  await expect(deleteAccount(app, root, { password: PASSWORD, messages })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect(await findSession(app, 'TOKEN', bob.token)).not.toBeNull();
  // The job of an account that stands does nothing.
  const signal = new AbortController().signal;
  await eraseAccount(app, { userId: bob.user.id, messages: 'DELETE' }, signal);
  expect(await app.db.prisma.membership.count({ where: { userId: bob.user.id } })).toBe(1);
});

test('what was under way when an account was deleted changes nothing of its tombstone', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, room } = await people(app);
  const [roomId, userId] = [room.id, bob.user.id];
  const other = await createRoom(app, ann, { ...NEW_ROOM, slug: 'shed', visibility: 'RESTRICTED' });
  const cellar = await createRoom(app, ann, { ...NEW_ROOM, slug: 'cellar', visibility: 'PRIVATE' });
  await requestToJoin(app, bob, { roomId: other.id, text: 'It is me, Bob' });
  await inviteToRoom(app, ann, { roomId: cellar.id, userIds: [userId] });
  await deactivateUser(app, root, { userId });
  await deleteUser(app, root, { userId, messages: 'KEEP' });
  const tombstone = await app.db.prisma.user.findUniqueOrThrow({ where: { id: userId } });
  const late: [() => Promise<unknown>, string][] = [
    [() => updateProfile(app, bob, { displayName: 'Bob', about: 'Bob' }), 'UNAUTHENTICATED'],
    [() => changeUsername(app, bob, { username: 'bobby' }), 'UNAUTHENTICATED'],
    [() => setCustomStatus(app, bob, { emoji: null, text: 'Bob', until: null }), 'UNAUTHENTICATED'],
    [() => removeAvatar(app, bob), 'UNAUTHENTICATED'],
    [() => deactivateUser(app, bob, { userId }), 'UNAUTHENTICATED'],
    [() => requestToJoin(app, bob, { roomId: other.id, text: '' }), 'UNAUTHENTICATED'],
    [() => inviteToRoom(app, bob, { roomId, userIds: [root.user.id] }), 'UNAUTHENTICATED'],
    [() => reactivateUser(app, root, { userId }), 'NOT_FOUND'],
    [() => createPasswordReset(app, root, { userId }), 'NOT_FOUND'],
    [() => answerJoinRequest(app, ann, { roomId: other.id, userId, accept: true }), 'NOT_FOUND'],
  ];
  for (const [deed, code] of late) await expect(deed()).rejects.toMatchObject({ code });
  const { invited } = await inviteToRoom(app, ann, { roomId: other.id, userIds: [userId] });
  expect(invited).toEqual([]);
  expect(await app.db.prisma.user.findUniqueOrThrow({ where: { id: userId } })).toEqual(tombstone);
  expect(await app.db.prisma.profile.count({ where: { userId } })).toBe(0);
  await eraseAccount(app, { userId, messages: 'KEEP' }, new AbortController().signal);
  expect(await listJoinRequests(app, ann, other.id)).toEqual([]);
  expect(await app.db.prisma.roomInvitation.count()).toBe(0);
});

const NEW_ROOM = { name: null, topic: null };

const nameless = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (key, held) =>
      key === 'username' || key === 'displayName' ? undefined : held,
    ),
  );
