import { expect, onTestFinished, test } from 'vitest';
import { revokeOtherSessions } from '../account/session.ts';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { startPushService } from '../test/push-service.ts';
import {
  addPushSubscription,
  removePushSubscription,
  SUBSCRIPTIONS_PER_USER,
  testPushSubscription,
} from './subscription.ts';

/** What a browser would not give, and the one in the middle is 10.0.0.1 as browsers and servers read it. */
const NO_ENDPOINTS = [
  'http://push.example.org/x',
  'https://push.example.org:8443/x',
  'https://127.0.0.1/x',
  'https://[::1]/x',
  'https://0x0a000001/x',
  'https://user@push.example.org/x',
  'https://push.example.org/#x',
  'ftp://push.example.org/x',
  'nothing',
  `https://push.example.org/${'x'.repeat(1_000)}`,
];

test('what is no address of a push service is refused', async () => {
  const { app, ann, service } = await setUp();
  const { subscription } = service.subscribe();
  for (const endpoint of NO_ENDPOINTS) {
    const adding = addPushSubscription(app, ann, { ...subscription, endpoint });
    await expect(adding, endpoint).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'endpoint' },
    });
  }
});

test('keys that nothing can be encrypted with are refused', async () => {
  const { app, ann, service } = await setUp();
  const { subscription } = service.subscribe();
  const elsewhere = Buffer.alloc(65, 4).toString('base64url');
  for (const [field, value] of [
    ['p256dh', elsewhere],
    ['p256dh', ''],
    ['auth', 'short'],
  ] as const) {
    const wrong = { ...subscription, [field]: value };
    await expect(addPushSubscription(app, ann, wrong)).rejects.toMatchObject({
      details: { field },
    });
  }
});

test('a test reaches the browser of who asks, and nobody else’s', async () => {
  const { app, ann, bob, service } = await setUp();
  const { subscription, counted, pushed } = service.subscribe();
  const { endpoint } = subscription;
  await addPushSubscription(app, ann, subscription);
  await testPushSubscription(app, ann, { endpoint });
  expect((await counted(1)).payload).toEqual({ kind: 'TEST' });
  await expect(testPushSubscription(app, bob, { endpoint })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await removePushSubscription(app, bob, { endpoint });
  service.status = 500;
  await expect(testPushSubscription(app, ann, { endpoint })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  await removePushSubscription(app, ann, { endpoint });
  await expect(testPushSubscription(app, ann, { endpoint })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(pushed.length).toBe(1);
});

test('a subscription that the browser has given up is told of by its test, and forgotten', async () => {
  const { app, ann, service } = await setUp();
  const browser = service.subscribe();
  await addPushSubscription(app, ann, browser.subscription);
  browser.unsubscribe();
  const { endpoint } = browser.subscription;
  await expect(testPushSubscription(app, ann, { endpoint })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await app.db.prisma.pushSubscription.count()).toBe(0);
});

test('a browser belongs to who subscribed it last, and goes with their session', async () => {
  const { app, ann, bob, service } = await setUp();
  const { subscription } = service.subscribe();
  await addPushSubscription(app, ann, subscription);
  await addPushSubscription(app, bob, subscription);
  const owners = () => app.db.prisma.pushSubscription.findMany({ select: { userId: true } });
  expect(await owners()).toEqual([{ userId: bob.user.id }]);
  // Another session of his ends the one that subscribed.
  const elsewhere = { ...bob, sessionId: crypto.randomUUID() };
  await revokeOtherSessions(app, elsewhere);
  expect(await owners()).toEqual([]);
});

test('the oldest of too many subscriptions makes way', async () => {
  const { app, ann, service } = await setUp();
  const endpoints: string[] = [];
  for (let count = 0; count <= SUBSCRIPTIONS_PER_USER; count++) {
    const { subscription } = service.subscribe();
    endpoints.push(subscription.endpoint);
    await addPushSubscription(app, ann, subscription);
  }
  const kept = await app.db.prisma.pushSubscription.findMany({ orderBy: { createdAt: 'asc' } });
  expect(kept.map(({ endpoint }) => endpoint)).toEqual(endpoints.slice(1));
});

test('all servers of a database have one key, which is 65 bytes of a point', async () => {
  const { url, databaseUrl } = await setUp();
  await using second = await startApp({ DATABASE_URL: databaseUrl });
  const keys = await Promise.all(
    [url, second.url].map((one) => run(one, '{ server { vapidPublicKey } }')),
  );
  const [first, other] = keys.map(({ server }) => server.vapidPublicKey);
  expect(other).toBe(first);
  expect(Buffer.from(first, 'base64url').length).toBe(65);
});

test('of what somebody is notified only they see, and members only may choose', async () => {
  const { url, ann, bob, eve, roomId } = await setUp();
  const set = `mutation ($input: SetRoomNotificationsInput!) {
    setRoomNotifications(input: $input) {
      room { viewerMembership { notificationLevel mutedUntil } }
    }
  }`;
  const mutedUntil = '9999-12-31T00:00:00.000Z';
  const input = { roomId, level: 'NOTHING', mutedUntil };
  const { setRoomNotifications } = await run(url, set, { input }, bob.token);
  const own = { notificationLevel: 'NOTHING', mutedUntil };
  expect(setRoomNotifications.room.viewerMembership).toEqual(own);
  // What is left out stays.
  const again = await run(url, set, { input: { roomId, level: 'ALL' } }, bob.token);
  expect(again.setRoomNotifications.room.viewerMembership).toEqual({
    notificationLevel: 'ALL',
    mutedUntil,
  });

  const members =
    '{ room(slug: "garden") { members { edges { node { notificationLevel mutedUntil } } } } }';
  const { room } = await run(url, members, {}, ann.token);
  expect(room.members.edges.map(({ node }: any) => node)).toEqual([
    { notificationLevel: 'MENTIONS', mutedUntil: null },
    { notificationLevel: null, mutedUntil: null },
  ]);
  const { errors } = await ask(url, set, { input }, bearer(eve.token));
  expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
});

async function setUp() {
  const service = await startPushService();
  const server = await startApp({ PUSH_SERVICES: service.origin });
  onTestFinished(async () => {
    await server.close();
    await service[Symbol.asyncDispose]();
  });
  return { service, ...server, ...(await people(server.app)) };
}
