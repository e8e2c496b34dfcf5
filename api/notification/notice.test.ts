/** Push, from a message to the browser that is told of it. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { logOut } from '../account/session.ts';
import type { Person } from '../access.ts';
import type { App } from '../app.ts';
import { encodeCursor } from '../live/cursor.ts';
import { deleteMessage } from '../message/deletion.ts';
import { postMessage } from '../message/message.ts';
import { markRead } from '../read/place.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { startApp, type TestApp } from '../test/harness.ts';
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
  await notifyRoom(app, { roomId: room.id });
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

test('a server without push subscriptions enqueues nothing', async () => {
  const { app, ann, bob, room } = await setUp();
  await read(app, bob, await post(app, ann, room.id, '@bob look'));
  expect(await jobsLeft(app)).toBe(0);
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
function post(app: App, author: Person, roomId: string, body: string) {
  return postMessage(app, author, { roomId, body, idempotencyKey: `key ${keys++}` });
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
  await expect.poll(() => jobsLeft(app), { timeout: 30_000 }).toBe(0);
}

async function jobsLeft(app: App): Promise<number> {
  const { rows } = await app.db.pool.query<{ jobs: number }>(
    'SELECT count(*)::int AS jobs FROM graphile_worker.jobs',
  );
  return rows[0]!.jobs;
}
