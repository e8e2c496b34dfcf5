/** Push, from a message to the browser that is told of it. */
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { logOut } from '../account/session.ts';
import type { Person } from '../viewer.ts';
import type { App } from '../app.ts';
import { blockUser } from '../direct/block.ts';
import { openDirect } from '../direct/direct.ts';
import { encodeCursor } from '../live/cursor.ts';
import { deleteMessage } from '../message/deletion.ts';
import { postMessage } from '../message/message.ts';
import { unfollowThread } from '../message/thread-follow.ts';
import { encodeNodeId } from '../node-id.ts';
import { markRead } from '../read/place.ts';
import { markThreadRead } from '../read/thread-place.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { createDatabase, startApp, type TestApp } from '../test/harness.ts';
import { people, person } from '../test/people.ts';
import { startPushService, type TestBrowser, type TestPushService } from '../test/push-service.ts';
import { type RoomNotifications, setRoomNotifications } from './level.ts';
import { notifyRoom, pushNotice } from './notice.ts';
import { addPushSubscription } from './subscription.ts';

vi.setConfig({ testTimeout: 60_000 });

const HOUR_MS = 60 * 60 * 1000;

test('a mention is pushed once to each browser of who is mentioned, and to nobody else', async () => {
  const { app, service, ann, bob, eve, room, roomId } = await setUp();
  const own = [await subscribe(app, bob, service), await subscribe(app, bob, service)];
  const others = [await subscribe(app, ann, service), await subscribe(app, eve, service)];

  const { seq } = await post(app, ann, room.id, '@bob are the beans in?');
  const { payload, headers, bytes } = await own[0]!.counted(1);
  expect(payload).toEqual({
    kind: 'MESSAGE',
    roomId,
    seq,
    slug: 'garden',
    room: 'Garden',
    author: 'ann',
    text: '@bob are the beans in?',
    isMention: true,
    count: 1,
  });
  expect(bytes).toBeLessThan(3_000);
  expect(headers).toMatchObject({
    ttl: '86400',
    urgency: 'high',
    'content-encoding': 'aes128gcm',
    topic: expect.stringMatching(/^[\w-]{32}$/),
  });
  await settled(app);
  expect([...own, ...others].map(({ pushed }) => pushed.length)).toEqual([1, 1, 0, 0]);
});

test('direct messages are pushed as mentions and under the names of the others; of the blocked nothing is', async () => {
  const { app, service, ann, bob, eve, room } = await setUp();
  await joinRoom(app, eve, { roomId: room.id });
  const browser = await subscribe(app, bob, service);
  const direct = await openDirect(app, ann, { userIds: [bob.user.id, eve.user.id] });
  await post(app, ann, direct.id, 'shall we?');
  const { payload } = await browser.counted(1);
  expect(payload).toMatchObject({
    ...{ slug: direct.slug, room: 'ann, eve', author: 'ann', isDirect: true, isMention: true },
  });
  await settled(app);

  await blockUser(app, bob, { userId: ann.user.id });
  await post(app, ann, direct.id, 'hello?');
  await post(app, ann, room.id, '@bob hello?');
  await post(app, eve, room.id, '@bob Ann asks for you');
  expect((await browser.counted(2)).payload).toMatchObject({ author: 'eve', count: 1 });
  await settled(app);
  expect(browser.pushed).toHaveLength(2);
});

test('the level of the room and a muting decide who is told', async () => {
  const { app, service, ann, bob, room } = await setUp();
  const wishes: [string, Omit<RoomNotifications, 'roomId'>][] = [
    ['usual', {}],
    ['all', { level: 'ALL' }],
    ['nothing', { level: 'NOTHING' }],
    ['muted', { level: 'ALL', mutedUntil: new Date(Date.now() + HOUR_MS) }],
    ['unmuted', { level: 'ALL', mutedUntil: new Date(Date.now() - HOUR_MS) }],
  ];
  const browsers = new Map<string, TestBrowser>();
  for (const [name, wish] of wishes) {
    const member = await person(app, name);
    await joinRoom(app, member, { roomId: room.id });
    await setRoomNotifications(app, member, { roomId: room.id, ...wish });
    browsers.set(name, await subscribe(app, member, service));
  }
  const countsOf = () =>
    Object.fromEntries([...browsers].map(([name, { pushed }]) => [name, pushed.length]));

  await post(app, bob, room.id, 'hello');
  await settled(app);
  expect(countsOf()).toEqual({ usual: 0, all: 1, nothing: 0, muted: 0, unmuted: 1 });
  expect(browsers.get('all')!.pushed[0]!.headers['urgency']).toBe('normal');

  await post(app, ann, room.id, '@all the beans are in');
  await settled(app);
  expect(countsOf()).toEqual({ usual: 1, all: 2, nothing: 0, muted: 0, unmuted: 2 });
});

test('who follows a thread is told of replies, with where a click leads, until it is read there', async () => {
  const { app, service, ann, bob, eve, room } = await setUp();
  await joinRoom(app, eve, { roomId: room.id });
  const first = await post(app, bob, room.id, 'A thread');
  const browsers = await Promise.all([bob, eve].map((one) => subscribe(app, one, service)));
  const { seq } = await post(app, ann, room.id, 'a reply', first.seq);
  const messageId = encodeNodeId('Message', `${room.id}.${seq}`);
  const { payload } = await browsers[0]!.counted(1);
  expect(payload).toMatchObject({ text: 'a reply', isMention: false, messageId });
  // The room is not the thread.
  await markRead(app, bob, { roomId: room.id, cursor: encodeCursor(app.db.epoch, seq) });
  await settled(app);
  expect(browsers.map(({ pushed }) => pushed.length)).toEqual([1, 0]);
  const key = { roomId: room.id, seq };
  await markThreadRead(app, bob, { ...key, cursor: encodeCursor(app.db.epoch, seq) });
  expect((await browsers[0]!.counted(2)).payload).toMatchObject({ kind: 'READ', seq });

  await setRoomNotifications(app, bob, { roomId: room.id, level: 'NOTHING' });
  await post(app, ann, room.id, 'unheard', first.seq);
  await settled(app);
  await setRoomNotifications(app, bob, { roomId: room.id, level: 'ALL' });
  await unfollowThread(app, bob, key);
  await post(app, ann, room.id, 'not followed', first.seq);
  await settled(app);
  expect(browsers.map(({ pushed }) => pushed.length)).toEqual([2, 0]);
});

test('what is said within a moment is one notification, of the newest, with how many there are', async () => {
  const { app, service, ann, bob, room } = await setUp();
  const browser = await subscribe(app, bob, service);
  await setRoomNotifications(app, bob, { roomId: room.id, level: 'ALL' });
  for (const body of ['one', 'two', 'three']) await post(app, ann, room.id, body);
  await settled(app);
  expect(browser.pushed.map(({ payload }) => payload)).toMatchObject([{ text: 'three', count: 3 }]);
});

test('who reads along, or is spared a message that is deleted at once, is not told', async () => {
  const { app, service, ann, bob, room } = await setUp();
  const browser = await subscribe(app, bob, service);
  await read(app, bob, await post(app, ann, room.id, '@bob look'));
  const { seq } = await post(app, ann, room.id, '@bob never mind');
  await deleteMessage(app, ann, { roomId: room.id, seq });
  await settled(app);
  expect(browser.pushed).toEqual([]);
});

test('what was read elsewhere is taken back from each browser that shows it, once', async () => {
  const { app, service, ann, bob, room, roomId } = await setUp();
  const browser = await subscribe(app, bob, service);
  const message = await post(app, ann, room.id, '@bob look');
  const { headers } = await browser.counted(1);
  await settled(app);
  const late = await subscribe(app, bob, service);

  await read(app, bob, message);
  const taken = await browser.counted(2);
  expect(taken.payload).toEqual({ kind: 'READ', roomId, seq: message.seq });
  // A service that has not delivered the notification yet drops it for this.
  expect(taken.headers['topic']).toBe(headers['topic']);
  await read(app, bob, await post(app, ann, room.id, 'nothing that concerns him'));
  await settled(app);
  expect([browser.pushed.length, late.pushed.length]).toEqual([2, 0]);
});

test('a deleted message is taken back, and what is left to tell of takes its place without a sound', async () => {
  const { app, service, ann, bob, room, roomId } = await setUp();
  const browser = await subscribe(app, bob, service);
  const first = await post(app, ann, room.id, '@bob one');
  await browser.counted(1);
  const second = await post(app, ann, room.id, '@bob two');
  expect((await browser.counted(2)).payload).toMatchObject({ seq: second.seq, count: 2 });
  await settled(app);

  await deleteMessage(app, ann, { roomId: room.id, seq: second.seq });
  const left = { kind: 'MESSAGE', seq: first.seq, text: '@bob one', count: 1, isQuiet: true };
  expect((await browser.counted(3)).payload).toMatchObject(left);
  await settled(app);
  await deleteMessage(app, ann, { roomId: room.id, seq: first.seq });
  const gone = { kind: 'READ', roomId, seq: first.seq };
  expect((await browser.counted(4)).payload).toEqual(gone);
  // What no browser shows is nobody's concern.
  const { seq } = await post(app, ann, room.id, 'nothing that concerns him');
  await deleteMessage(app, ann, { roomId: room.id, seq });
  await settled(app);
  expect(browser.pushed.length).toBe(4);
});

test('@here tells those who are present, in use or idle, and @all everybody', async () => {
  const { app, service, ann, bob, eve, room } = await setUp();
  await joinRoom(app, eve, { roomId: room.id });
  const [present, absent] = [
    await subscribe(app, bob, service),
    await subscribe(app, eve, service),
  ];
  const leave = app.presences.enter(bob.user.id, { isIdle: true }, null);
  await post(app, ann, room.id, 'Lunch, @here!');
  await settled(app);
  expect([present.pushed.length, absent.pushed.length]).toEqual([1, 0]);
  expect(present.pushed[0]!.payload).toMatchObject({ isMention: true, count: 1 });
  // Whoever is named is told in any case, and then of that only.
  await post(app, ann, room.id, '@here @eve, it gets cold');
  await settled(app);
  leave();
  expect(absent.pushed.map(({ payload }) => payload)).toMatchObject([{ count: 1 }]);
});

test('who has left the room or logged out is not told, nor whose membership comes after the message', async () => {
  const { app, service, ann, bob, eve, room } = await setUp();
  const other = await person(app, 'other');
  await joinRoom(app, other, { roomId: room.id });
  const browsers = await Promise.all([bob, other, eve].map((one) => subscribe(app, one, service)));
  await post(app, ann, room.id, '@all @eve hello');
  await leaveRoom(app, bob, { roomId: room.id });
  await logOut(app, other);
  await joinRoom(app, eve, { roomId: room.id });
  await settled(app);
  expect(browsers.map(({ pushed }) => pushed.length)).toEqual([0, 0, 0]);
});

test('a browser that has given its subscription up is asked once, and forgotten', async () => {
  const { app, service, ann, bob, room } = await setUp();
  const [gone, there] = [await subscribe(app, bob, service), await subscribe(app, bob, service)];
  gone.unsubscribe();
  await post(app, ann, room.id, '@bob look');
  await there.counted(1);
  await settled(app);
  expect(service.requests).toBe(2);
  const kept = await app.db.prisma.pushSubscription.findMany();
  expect(kept.map(({ endpoint }) => endpoint)).toEqual([there.subscription.endpoint]);
});

test('a push service that is in trouble is asked again, and the browser told once, of what is news by then', async () => {
  const { app, service, ann, bob, room } = await setUp();
  const browser = await subscribe(app, bob, service);
  service.status = 503;
  await post(app, ann, room.id, '@bob one');
  await service.asked(1);
  await post(app, ann, room.id, '@bob two');
  service.status = 201;
  await settled(app);
  expect(browser.pushed.map(({ payload }) => payload)).toMatchObject([
    { text: '@bob two', count: 2 },
  ]);
});

test('a job that is done twice, also at the same time, tells a browser once', async () => {
  const { app, service, ann, bob, room } = await setUp();
  const browser = await subscribe(app, bob, service);
  await post(app, ann, room.id, '@bob look');
  const { id: subscriptionId } = await app.db.prisma.pushSubscription.findFirstOrThrow();
  const { signal } = new AbortController();
  await notifyRoom(app, room.id);
  const tell = () => pushNotice(app, { subscriptionId, roomId: room.id }, signal);
  await Promise.all([tell(), tell(), tell()]);
  await tell();
  await settled(app);
  expect(browser.pushed.length).toBe(1);
});

test('who does not want to be disturbed is not', async () => {
  const { app, service, ann, bob, room } = await setUp();
  const browser = await subscribe(app, bob, service);
  const leave = app.presences.enter(bob.user.id, { isIdle: false }, 'DO_NOT_DISTURB');
  await post(app, ann, room.id, '@bob look');
  await settled(app);
  leave();
  expect(browser.pushed).toEqual([]);
});

test('two servers on one database tell a browser once', async () => {
  const { app, databaseUrl, service, ann, bob, room } = await setUp();
  await using second = await startApp({
    DATABASE_URL: databaseUrl,
    PUSH_SERVICES: service.origin,
  });
  await second.app.jobs.start();
  const browsers: TestBrowser[] = [];
  for (let count = 0; count < 8; count++) browsers.push(await subscribe(app, bob, service));
  await Promise.all([app, second.app].map((one) => post(one, ann, room.id, '@bob look')));
  await settled(app);
  expect(browsers.map(({ pushed }) => pushed.length)).toEqual(browsers.map(() => 1));
});

test('a server without push subscriptions keeps nothing of whom to tell', async () => {
  const databaseUrl = await createDatabase();
  {
    await using server = await startApp({ DATABASE_URL: databaseUrl });
    const { ann, bob, room } = await people(server.app);
    await read(server.app, bob, await post(server.app, ann, room.id, '@bob look'));
  }
  const database = new pg.Client(databaseUrl);
  await database.connect();
  const { rows } = await database.query(
    `SELECT (SELECT count(*)::int FROM push_position) AS positions,
            (SELECT count(*)::int FROM graphile_worker.jobs) AS jobs`,
  );
  await database.end();
  expect(rows).toEqual([{ positions: 0, jobs: 0 }]);
});

async function setUp() {
  const service = await startPushService();
  const server: TestApp = await startApp({ PUSH_SERVICES: service.origin });
  onTestFinished(async () => {
    await server.close();
    await service[Symbol.asyncDispose]();
  });
  await server.app.jobs.start();
  return { service, ...server, ...(await people(server.app)) };
}

let keys = 0;
function post(
  app: App,
  author: Person,
  roomId: string,
  body: string,
  thread: number | null = null,
) {
  return postMessage(app, author, { roomId, body, thread, idempotencyKey: `key ${keys++}` });
}

async function read(app: App, reader: Person, { roomId, seq }: { roomId: string; seq: number }) {
  await markRead(app, reader, { roomId, cursor: encodeCursor(app.db.epoch, seq) });
}

async function subscribe(app: App, person: Person, service: TestPushService) {
  const browser = service.subscribe();
  await addPushSubscription(app, person, browser.subscription);
  return browser;
}

/** Resolves once all that was to be told has been told. */
async function settled(app: App): Promise<void> {
  await expect.poll(() => newsLeft(app), { timeout: 30_000 }).toBe(0);
  await expect.poll(() => jobsLeft(app), { timeout: 30_000 }).toBe(0);
}

/** Rooms of those who are to be told that have not been looked at since the last message. */
async function newsLeft(app: App): Promise<number> {
  const { rows } = await app.db.pool.query<{ rooms: number }>(
    `SELECT count(DISTINCT room.id)::int AS rooms FROM room
     JOIN membership ON room.id = membership.room_id JOIN push_subscription USING (user_id)
     WHERE last_seq > coalesce((SELECT seq FROM push_position WHERE room_id = room.id), 0)`,
  );
  return rows[0]!.rooms;
}

async function jobsLeft(app: App): Promise<number> {
  const { rows } = await app.db.pool.query<{ jobs: number }>(
    'SELECT count(*)::int AS jobs FROM graphile_worker.jobs',
  );
  return rows[0]!.jobs;
}
