import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { roomFor } from '../access.ts';
import { editMessage } from '../message/editing.ts';
import { postMessage } from '../message/message.ts';
import { addReaction } from '../message/reaction.ts';
import { readInbox } from '../read/inboxes.ts';
import { findFirstUnread } from '../read/unread.ts';
import { joinRoom } from '../room/membership.ts';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { loadInbox, watchInbox } from '../test/inbox.ts';
import { people, roomId, type TestPerson } from '../test/people.ts';
import { blockUser, unblockUser } from './block.ts';
import { openDirect } from './direct.ts';

async function start() {
  const server = await startApp();
  const known = await people(server.app);
  const { app } = server;
  await joinRoom(app, known.eve, { roomId: known.room.id });
  const open = (who: TestPerson, ...others: TestPerson[]) =>
    openDirect(app, who, { userIds: others.map(({ user }) => user.id) });
  const say = (who: TestPerson, room: { id: string }, body: string, place = {}) =>
    postMessage(app, who, { roomId: room.id, body, idempotencyKey: randomUUID(), ...place });
  const block = (who: TestPerson, whom: TestPerson) =>
    blockUser(app, who, { userId: whom.user.id });
  const unblock = (who: TestPerson, whom: TestPerson) =>
    unblockUser(app, who, { userId: whom.user.id });
  return {
    ...known,
    ...{ server, app, url: server.url, open, say, block, unblock },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

const FORBIDDEN = { code: 'FORBIDDEN' };

test('the two write to each other no more, are told the same of it, and read on; until the last block is taken back', async () => {
  await using house = await start();
  const { app, ann, bob, open, say, block, unblock } = house;
  const room = await open(ann, bob);
  const before = await say(bob, room, 'before');
  await block(ann, bob);
  await block(ann, bob);
  const key = { roomId: room.id, seq: before.seq };
  const reasons = [];
  for (const who of [ann, bob]) {
    await expect(say(who, room, 'still there?')).rejects.toMatchObject(FORBIDDEN);
    const reaction = addReaction(app, who, { ...key, emoji: '👍' });
    await expect(reaction).rejects.toMatchObject(FORBIDDEN);
    reasons.push(await say(who, room, 'why?').catch((error: Error) => error.message));
    await roomFor(app, who, { id: room.id }, 'read');
    expect((await open(who, who === ann ? bob : ann)).id).toBe(room.id);
  }
  expect(reasons).toEqual(Array(2).fill('You cannot write to each other here.'));
  const edit = editMessage(app, bob, { ...key, body: 'answer me' });
  await expect(edit).rejects.toMatchObject(FORBIDDEN);

  await block(bob, ann);
  await unblock(ann, bob);
  await expect(say(bob, room, 'now?')).rejects.toMatchObject(FORBIDDEN);
  await unblock(bob, ann);
  await say(bob, room, 'again');
  await say(ann, room, 'and I');
});

test('neither opens new direct messages with the other, alone or among more; others do', async () => {
  await using house = await start();
  const { ann, bob, eve, open, block, unblock } = house;
  await block(ann, bob);
  for (const [who, whom] of [
    [ann, bob],
    [bob, ann],
  ] as const) {
    await expect(open(who, whom)).rejects.toMatchObject(FORBIDDEN);
    await expect(open(who, whom, eve)).rejects.toMatchObject(FORBIDDEN);
  }
  await open(eve, ann);
  await open(eve, bob);
  await unblock(ann, bob);
  await open(ann, bob);
});

test('a block and an opening at once leave no room in which the two write to each other', async () => {
  await using house = await start();
  const { ann, bob, open, say, block } = house;
  const [opened] = await Promise.allSettled([open(bob, ann), block(ann, bob), open(bob, ann)]);
  if (opened.status === 'fulfilled') {
    await expect(say(bob, opened.value, 'hello')).rejects.toMatchObject(FORBIDDEN);
  } else expect(opened.reason).toMatchObject(FORBIDDEN);
});

test('what is posted while a block is made has a number before it, or is refused', async () => {
  await using house = await start();
  const { app, ann, bob, open, say, block } = house;
  const room = await open(ann, bob);
  const posts = Array.from({ length: 20 }, (_, number) => say(bob, room, `early ${number}`));
  const blocked = block(ann, bob).then(() =>
    app.db.prisma.room.findUniqueOrThrow({ where: { id: room.id } }),
  );
  const late = Array.from({ length: 20 }, (_, number) => say(bob, room, `late ${number}`));
  const results = await Promise.allSettled([...posts, ...late]);
  const { lastSeq } = await blocked;
  for (const result of results) {
    if (result.status === 'fulfilled') expect(result.value.seq).toBeLessThanOrEqual(lastSeq);
    else expect(result.reason).toMatchObject(FORBIDDEN);
  }
  expect((await app.db.prisma.room.findUniqueOrThrow({ where: { id: room.id } })).lastSeq).toBe(
    lastSeq,
  );
});

test('in shared rooms nothing of theirs is unread or a mention, live and afresh; it can all be read', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, url, say, block, unblock } = house;
  const id = roomId(room);
  const first = await say(ann, room, 'hello');
  await say(bob, room, '@ann before');
  await using anns = watchInbox(url, ann.token);
  await anns.signals.when(() => anns.unread(id) === 1);
  await block(ann, bob);
  await anns.signals.when(() => anns.unread(id) === 0);
  await say(bob, room, '@ann after');
  await say(bob, room, '@ann in a thread', { thread: first.seq });
  await say(eve, room, '@ann from me');
  await anns.signals.when(() => anns.rooms.get(id)?.lastMessage?.body === '@ann from me');
  expect(anns.rooms.get(id)).toMatchObject({ unreadCount: 1, mentionCount: 1 });
  expect(anns.shown.inOrder).toEqual((await loadInbox(url, ann.token)).inOrder);
  expect((await readInbox(app, ann)).threads).toEqual([]);
  expect(await findFirstUnread(app, ann, room.id)).toMatchObject({ body: '@ann from me' });
  const { node } = await run(
    url,
    'query ($id: ID!) { node(id: $id) { ... on Room { messages(last: 9) { edges { node { body } } } } } }',
    { id },
    ann.token,
  );
  expect(node.messages.edges).toHaveLength(4);

  // Of the other nothing is kept.
  await using bobs = watchInbox(url, bob.token);
  await bobs.signals.when(() => bobs.unread(id) === 2);
  await say(ann, room, '@bob hello');
  await bobs.signals.when(() => bobs.rooms.get(id)?.mentionCount === 1);

  await unblock(ann, bob);
  await anns.signals.when(() => anns.unread(id) === 3);
  expect(anns.shown.inOrder).toEqual((await loadInbox(url, ann.token)).inOrder);
});

test('whom somebody has blocked only they are told; oneself and nobody are refused', async () => {
  await using house = await start();
  const { ann, bob, eve, url, block } = house;
  await block(ann, bob);
  await block(ann, eve);
  const own = '{ me { blockedUsers { username } } }';
  const names = async (token: string) =>
    (await run(url, own, {}, token))['me'].blockedUsers.map((user: any) => user.username);
  expect((await names(ann.token)).sort()).toEqual(['bob', 'eve']);
  expect(await names(bob.token)).toEqual([]);
  const { node } = await run(
    url,
    'query ($id: ID!) { node(id: $id) { ... on User { blockedUsers { username } } } }',
    { id: Buffer.from(`User:${ann.user.id}`).toString('base64url') },
    bob.token,
  );
  expect(node.blockedUsers).toEqual([]);

  const BLOCK = 'mutation ($id: ID!) { blockUser(input: { userId: $id }) { user { username } } }';
  for (const [userId, code] of [
    [ann.user.id, 'INVALID_INPUT'],
    [randomUUID(), 'NOT_FOUND'],
  ] as const) {
    const id = Buffer.from(`User:${userId}`).toString('base64url');
    const { errors } = await ask(url, BLOCK, { id }, bearer(ann.token));
    expect(errors?.[0]?.extensions).toMatchObject({ code, field: 'userId' });
  }
  const id = Buffer.from(`User:${ann.user.id}`).toString('base64url');
  const { errors } = await ask(url, BLOCK, { id });
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});
