import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { App } from '../app.ts';
import { postMessage } from '../message/message.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { createRoom } from '../room/room.ts';
import { logOut } from '../account/session.ts';
import { startApp } from '../test/harness.ts';
import { people, person, type TestPerson } from '../test/people.ts';
import { followTyping, sayTyping, Typing, TYPING_TTL_MS } from './typing.ts';

test('others are told that somebody types, once, and the typist is not', async () => {
  await using server = await startApp();
  const { ann, bob, eve, room } = await people(server.app);
  await joinRoom(server.app, eve, { roomId: room.id });
  const [anns, bobs] = await Promise.all([
    follow(server.app, ann, room),
    follow(server.app, bob, room),
  ]);
  expect(await Promise.all([anns.next(), bobs.next()])).toEqual([[], []]);
  await say(server.app, bob, room);
  await say(server.app, bob, room);
  expect(await anns.next()).toEqual(['bob']);
  await say(server.app, eve, room);
  expect(await anns.next()).toEqual(['bob', 'eve']);
  expect(await bobs.next()).toEqual(['eve']);
  await say(server.app, bob, room, false);
  expect(await anns.next()).toEqual(['eve']);
  await Promise.all([anns.close(), bobs.close()]);
  expect(server.app.typing.size).toBe(0);
  await expect.poll(() => server.app.feeds.followers).toBe(0);
});

test('a message ends its author’s typing', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  const anns = await follow(server.app, ann, room);
  expect(await anns.next()).toEqual([]);
  await say(server.app, bob, room);
  expect(await anns.next()).toEqual(['bob']);
  const postedAt = performance.now();
  await post(server.app, bob, room, 'hello');
  expect(await anns.next()).toEqual([]);
  expect(performance.now() - postedAt).toBeLessThan(TYPING_TTL_MS / 2);
  await anns.close();
});

test('whoever does not say again that they type has stopped', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  const { bus, feeds, users } = server.app;
  const ttlMs = 300;
  const typing = new Typing({ bus, feeds, findUser: (id) => users.ask(id) }, ttlMs);
  const app = { ...server.app, typing };
  const anns = await follow(app, ann, room);
  expect(await anns.next()).toEqual([]);
  const startedAt = performance.now();
  typing.say({ roomId: room.id, threadSeq: null }, bob.user.id, true);
  expect(await anns.next()).toEqual(['bob']);
  expect(await anns.next()).toEqual([]);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(ttlMs);
  expect(TYPING_TTL_MS).toBe(5_000);
  await anns.close();
});

test('of a crowd ten are named and all are counted', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  const crowd = [];
  for (let number = 0; number < 12; number++) {
    const one = await person(server.app, `typist${number}`);
    await joinRoom(server.app, one, { roomId: room.id });
    crowd.push(one);
  }
  const anns = await followTyping(server.app, ann, { roomId: room.id, thread: null });
  await anns.next();
  for (const one of crowd) await say(server.app, one, room);
  for (;;) {
    const { value } = await anns.next();
    if (value?.totalCount !== 12) continue;
    expect(value.users.map(({ username }) => username)).toEqual(
      crowd.slice(0, 10).map(({ user }) => user.username),
    );
    break;
  }
  await anns.return();
});

test('a thread is a place of its own, by whichever of its messages it is named', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  const { seq } = await post(server.app, ann, room, 'first');
  const reply = await post(server.app, ann, room, 'reply', seq);
  const inRoom = await follow(server.app, ann, room);
  const inThread = await follow(server.app, ann, room, seq);
  expect(await Promise.all([inRoom.next(), inThread.next()])).toEqual([[], []]);
  await sayTyping(server.app, bob, { roomId: room.id, thread: reply.seq, isTyping: true });
  expect(await inThread.next()).toEqual(['bob']);
  // What is said in the room ends nothing in the thread.
  await post(server.app, bob, room, 'elsewhere');
  await say(server.app, bob, room);
  expect(await inRoom.next()).toEqual(['bob']);
  await post(server.app, bob, room, 'there', seq);
  expect(await inThread.next()).toEqual([]);
  await expect(
    sayTyping(server.app, bob, { roomId: room.id, thread: 999, isTyping: true }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await Promise.all([inRoom.close(), inThread.close()]);
});

test('only members of a room type in it and see who does; to strangers a private one does not exist', async () => {
  await using server = await startApp();
  const { ann, eve, room } = await people(server.app);
  const hidden = await createRoom(server.app, ann, {
    ...{ slug: 'cellar', name: 'Cellar', topic: null, visibility: 'PRIVATE' },
  });
  for (const [{ id: roomId }, code] of [
    [room, 'FORBIDDEN'],
    [hidden, 'NOT_FOUND'],
    [{ id: randomUUID() }, 'NOT_FOUND'],
  ] as const) {
    const input = { roomId, thread: null };
    await expect(followTyping(server.app, eve, input)).rejects.toMatchObject({ code });
    await expect(sayTyping(server.app, eve, { ...input, isTyping: true })).rejects.toMatchObject({
      code,
    });
  }
  expect(server.app.typing.size).toBe(0);
});

test('a member who leaves is told nothing any more, and types no more', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  const [anns, bobs] = await Promise.all([
    follow(server.app, ann, room),
    follow(server.app, bob, room),
  ]);
  expect(await Promise.all([anns.next(), bobs.next()])).toEqual([[], []]);
  await say(server.app, bob, room);
  expect(await anns.next()).toEqual(['bob']);
  await leaveRoom(server.app, bob, { roomId: room.id });
  await say(server.app, ann, room);
  expect(await anns.next()).toEqual([]);
  expect(await bobs.next()).toBe('the end');
  await joinRoom(server.app, bob, { roomId: room.id });
  const again = await follow(server.app, bob, room);
  expect(await again.next()).toEqual(['ann']);
  await Promise.all([anns.close(), again.close()]);
});

test('it ends with the session', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  const bobs = await follow(server.app, bob, room);
  expect(await bobs.next()).toEqual([]);
  await logOut(server.app, bob);
  expect(await bobs.next()).toBe('the end');
  expect(server.app.typing.size).toBe(0);
  await expect(follow(server.app, { ...ann, user: null } as never, room)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

interface Room {
  id: string;
}

/** The usernames of those who type, one list after the other. */
async function follow(app: App, viewer: TestPerson, room: Room, thread: number | null = null) {
  const stream = await followTyping(app, viewer, { roomId: room.id, thread });
  return {
    async next() {
      const { value } = await stream.next();
      return value ? value.users.map(({ username }) => username) : 'the end';
    },
    close: () => stream.return(),
  };
}

const say = (app: App, viewer: TestPerson, { id }: Room, isTyping = true) =>
  sayTyping(app, viewer, { roomId: id, thread: null, isTyping });

const post = (app: App, author: TestPerson, { id }: Room, body: string, thread?: number) =>
  postMessage(app, author, {
    roomId: id,
    body,
    idempotencyKey: randomUUID(),
    replyTo: null,
    thread: thread ?? null,
    alsoInRoom: false,
  });
