import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { roomFor } from '../access.ts';
import { deleteMessage } from '../message/deletion.ts';
import { postMessage } from '../message/message.ts';
import { pinMessage } from '../message/pin.ts';
import { encodeNodeId } from '../node-id.ts';
import { readInbox } from '../read/inboxes.ts';
import { markAllRead } from '../read/place.ts';
import { leaveRoom } from '../room/membership.ts';
import { createRoom, renameRoom, setTopic } from '../room/room.ts';
import { run } from '../test/client.ts';
import { Conversation, followConversation, loadConversation } from '../test/conversation.ts';
import { startApp } from '../test/harness.ts';
import { loadInbox, watchInbox } from '../test/inbox.ts';
import { people, person, roomId, type TestPerson } from '../test/people.ts';
import { DIRECT_OTHERS, hideDirect, openDirect } from './direct.ts';

async function start() {
  const server = await startApp();
  const known = await people(server.app);
  const open = (who: TestPerson, ...others: TestPerson[]) =>
    openDirect(server.app, who, { userIds: others.map(({ user }) => user.id) });
  const say = (who: TestPerson, room: { id: string }, body: string, place = {}) =>
    postMessage(server.app, who, {
      roomId: room.id,
      body,
      idempotencyKey: randomUUID(),
      ...place,
    });
  return {
    ...known,
    ...{ server, app: server.app, url: server.url, open, say },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

test('whoever of them opens it, in whatever order, finds the same room', async () => {
  await using house = await start();
  const { ann, bob, eve, open } = house;
  const room = await open(ann, bob);
  expect(room).toMatchObject({ kind: 'DIRECT', visibility: 'PRIVATE', memberCount: 2 });
  expect((await open(bob, ann)).id).toBe(room.id);
  expect((await open(bob, ann, bob, ann)).id).toBe(room.id);
  const three = await open(ann, bob, eve);
  expect(three.id).not.toBe(room.id);
  expect((await open(eve, bob, ann)).id).toBe(three.id);
  const notes = await open(ann, ann);
  expect(notes).toMatchObject({ memberCount: 1 });
  expect((await open(ann, ann)).id).toBe(notes.id);
});

test('opened twenty times at once at two servers it is one room', async () => {
  await using house = await start();
  await using other = await startApp({ DATABASE_URL: house.server.databaseUrl });
  const { ann, bob } = house;
  const rooms = await Promise.all(
    Array.from({ length: 20 }, (_, number) => {
      const [who, whom] = number % 2 ? [ann, bob] : [bob, ann];
      return openDirect((number % 4 < 2 ? house : other).app, who, { userIds: [whom.user.id] });
    }),
  );
  expect(new Set(rooms.map(({ id }) => id)).size).toBe(1);
  expect(await house.app.db.prisma.room.count({ where: { kind: 'DIRECT' } })).toBe(1);
});

test('nobody, too many, and people who are not there are refused', async () => {
  await using house = await start();
  const { app, ann } = house;
  const ids = Array.from({ length: DIRECT_OTHERS + 1 }, () => randomUUID());
  for (const [userIds, code] of [
    [[], 'INVALID_INPUT'],
    [ids, 'INVALID_INPUT'],
    [ids.slice(1), 'NOT_FOUND'],
  ] as const) {
    await expect(openDirect(app, ann, { userIds: [...userIds] })).rejects.toMatchObject({
      code,
      details: { field: 'userIds' },
    });
  }
  expect(await app.db.prisma.room.count({ where: { kind: 'DIRECT' } })).toBe(0);
});

test('with whom has gone nothing new is begun, and what there is stays', async () => {
  await using house = await start();
  const { app, ann, bob, eve, open } = house;
  const room = await open(ann, bob);
  await app.db.prisma.user.updateMany({
    where: { id: { in: [bob.user.id, eve.user.id] } },
    data: { deactivatedAt: new Date() },
  });
  expect((await open(ann, bob)).id).toBe(room.id);
  await expect(open(ann, eve)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('the other has it listed with the first message, and as mentions; the opener at once', async () => {
  await using house = await start();
  const { app, ann, bob, room: garden, url, open, say } = house;
  await using anns = watchInbox(url, ann.token);
  await using bobs = watchInbox(url, bob.token);
  await bobs.signals.when(() => bobs.rooms.size === 1);
  const room = await open(ann, bob);
  const id = roomId(room);
  await anns.signals.when(() => anns.rooms.has(id));
  expect((await loadInbox(url, bob.token)).rooms.has(id)).toBe(false);
  // Whatever else is read anew because of it, it is not named.
  await markAllRead(app, bob);
  await say(ann, garden, 'elsewhere');
  await bobs.signals.when(() => bobs.unread(roomId(garden)) === 1);
  expect(bobs.shown.removed.size + bobs.rooms.size).toBe(1);

  await say(ann, room, 'Are you there?');
  await bobs.signals.when(() => bobs.rooms.has(id));
  expect(bobs.rooms.get(id)).toMatchObject({
    room: { name: 'ann, bob' },
    unreadCount: 1,
    mentionCount: 1,
    notificationLevel: 'ALL',
  });
  expect(anns.rooms.get(id)).toMatchObject({ unreadCount: 0, mentionCount: 0 });
  for (let number = 0; number < 5; number++) await say(ann, room, `${number}`);
  await bobs.signals.when(() => bobs.unread(id) === 6);
  expect(bobs.rooms.get(id)!.mentionCount).toBe(6);
  expect(bobs.shown.inOrder).toEqual((await loadInbox(url, bob.token)).inOrder);
});

test('what was hidden comes back with the next message, also where what was said is deleted', async () => {
  await using house = await start();
  const { app, ann, bob, room: garden, url, open, say } = house;
  const room = await open(ann, bob);
  const id = roomId(room);
  const first = await say(ann, room, 'first');
  await using bobs = watchInbox(url, bob.token);
  await bobs.signals.when(() => bobs.rooms.has(id));

  await hideDirect(app, bob, { roomId: room.id });
  await bobs.signals.when(() => !bobs.rooms.has(id));
  // What becomes of the messages is no message.
  await pinMessage(app, ann, { roomId: room.id, seq: first.seq });
  await deleteMessage(app, ann, { roomId: room.id, seq: first.seq });
  expect((await loadInbox(url, bob.token)).rooms.has(id)).toBe(false);
  expect((await loadInbox(url, ann.token)).rooms.has(id)).toBe(true);

  await say(ann, room, 'second');
  await bobs.signals.when(() => bobs.rooms.get(id)?.lastMessage?.body === 'second');
  expect(bobs.shown.inOrder).toEqual((await loadInbox(url, bob.token)).inOrder);

  await hideDirect(app, bob, { roomId: room.id });
  await bobs.signals.when(() => !bobs.rooms.has(id));
  await open(bob, ann);
  await bobs.signals.when(() => bobs.rooms.has(id));

  await expect(hideDirect(app, bob, { roomId: garden.id })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(hideDirect(app, house.eve, { roomId: room.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('nobody leaves, renames or runs it, administrators among its people neither', async () => {
  await using house = await start();
  const { app, root, ann, open, say } = house;
  const room = await open(ann, root);
  const { seq } = await say(ann, room, 'between us');
  const refused = [
    () => leaveRoom(app, root, { roomId: room.id }),
    () => renameRoom(app, root, { roomId: room.id, name: 'Mine' }),
    () => setTopic(app, root, { roomId: room.id, topic: 'Mine' }),
    () => deleteMessage(app, root, { roomId: room.id, seq }),
    () => roomFor(app, root, { id: room.id }, 'keepOrder'),
    () => roomFor(app, root, { id: room.id }, 'appoint'),
  ];
  for (const act of refused) await expect(act()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await pinMessage(app, root, { roomId: room.id, seq });
  await deleteMessage(app, ann, { roomId: room.id, seq });
});

test('it is in no directory, and is called by what its people are called now', async () => {
  await using house = await start();
  const { app, ann, bob, url, open, say } = house;
  const room = await open(ann, bob);
  await say(ann, room, 'hello');
  await app.db.prisma.user.update({ where: { id: bob.user.id }, data: { displayName: 'Bert' } });
  const data = await run(
    url,
    `query ($slug: String!) {
      room(slug: $slug) { kind name slug directMembers { username } viewerCan { hide leave edit pin } }
      rooms { edges { node { slug directMembers { username } kind } } }
      roomsBySlug(slugs: [$slug]) { slug }
      searchSuggestions(query: "in:dm") { query }
    }`,
    { slug: room.slug },
    ann.token,
  );
  expect(data['room']).toEqual({
    kind: 'DIRECT',
    name: 'ann, Bert',
    slug: room.slug,
    directMembers: [{ username: 'ann' }, { username: 'bob' }],
    viewerCan: { hide: true, leave: false, edit: false, pin: true },
  });
  const garden = { slug: 'garden', directMembers: [], kind: 'ROOM' };
  expect(data['rooms'].edges).toEqual([{ node: garden }]);
  expect(data['roomsBySlug']).toEqual([]);
  expect(data['searchSuggestions']).toEqual([]);
});

test('what a screen had of it, from before the first word, and the events since, is what a fresh page shows', async () => {
  await using house = await start();
  const { ann, bob, url, open, say } = house;
  const room = await open(ann, bob);
  const place = { url, token: bob.token, roomId: roomId(room) };
  const { conversation, cursor } = await loadConversation(place);
  expect([...conversation]).toEqual([]);
  const live = followConversation(place, new Conversation(), cursor);
  const first = await say(ann, room, 'first');
  await say(bob, room, 'second', { replyTo: first.seq });
  await say(ann, room, 'in a thread', { thread: first.seq });
  await pinMessage(house.app, ann, { roomId: room.id, seq: first.seq });
  const fresh = await loadConversation(place);
  await live.reached(fresh.cursor);
  expect(live.conversation.inOrder).toEqual(fresh.conversation.inOrder);
  expect(live.conversation.size).toBe(3);
  await live.close();
});

test('a thread of it counts as mentions for who follows it', async () => {
  await using house = await start();
  const { app, ann, bob, open, say } = house;
  const room = await open(ann, bob);
  const first = await say(bob, room, 'first');
  await say(ann, room, 'in its thread', { thread: first.seq });
  expect((await readInbox(app, bob)).threads).toMatchObject([{ unread: 1, mentions: 1 }]);
});

test('a group of ten is one, and a private room of the same people another', async () => {
  await using house = await start();
  const { app, ann, url, open } = house;
  const others = [];
  for (let number = 0; number < DIRECT_OTHERS; number++) {
    others.push(await person(app, `friend${number}`));
  }
  const room = await open(ann, ...others);
  expect(room.memberCount).toBe(DIRECT_OTHERS + 1);
  const own = await createRoom(app, ann, {
    slug: 'own',
    name: null,
    topic: null,
    visibility: 'PRIVATE',
  });
  const id = encodeNodeId('Room', own.id);
  const { node } = await run(
    url,
    'query ($id: ID!) { node(id: $id) { ... on Room { kind name } } }',
    { id },
    ann.token,
  );
  expect(node).toEqual({ kind: 'ROOM', name: 'own' });
});
