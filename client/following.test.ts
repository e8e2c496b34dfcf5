import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket as WsSocket, WebSocketServer } from 'ws';
import { startApp } from '../api/test/harness.ts';
import { seeded } from '../api/test/random.ts';
import { compare, NOTHING_WRONG } from '../api/test/said.ts';
import { renewEpoch } from '../scripts/new-epoch.ts';
import type { ConnectionState, MessageEdge } from './src/client.ts';
import { QUEUE_LIMIT } from './src/following.ts';
import { startFlakyProxy } from './test/flaky-proxy.ts';
import { clientOf, startRoom, take } from './test/room.ts';
import { readAll, say } from './test/said.ts';

/** On a machine that has much else to do. */
vi.setConfig({ testTimeout: 120_000 });

const CUTS = 40;
const BETWEEN_CUTS = 25;
const SEED = 20_261_121;

test(`${CUTS} cuts while others write lose, double and disorder nothing`, async () => {
  const { server, ann, bob, roomId, as } = await startRoom();
  const proxy = await startFlakyProxy(server.url);
  onTestFinished(proxy.close);
  let connected = Promise.withResolvers<void>();
  const onStateChange = (state: ConnectionState) => {
    if (state === 'connected') connected.resolve();
  };
  const room = clientOf(proxy, { token: bob.token, onStateChange }).room(roomId);
  const { cursor: after } = await room.get();
  const count = CUTS * BETWEEN_CUTS;
  const seen = [take(room.messages({ after }), count), take(room.messages({ after }), count)];
  const events = take(room.events({ after }), count);

  const random = seeded(SEED);
  for (let cut = 1; cut <= CUTS; cut++) {
    await connected.promise;
    connected = Promise.withResolvers();
    const writers = [as(ann).room(roomId), as(bob).room(roomId)];
    const left = random.below(BETWEEN_CUTS);
    await say(writers, `first ${cut}`, BETWEEN_CUTS - left);
    proxy.cut();
    await say(writers, `then ${cut}`, left);
  }
  const said = await readAll(as(ann).room(roomId));
  expect(said).toHaveLength(count);
  for (const messages of await Promise.all(seen)) {
    expect(compare(linesOf(messages), linesOf(said))).toEqual(NOTHING_WRONG);
    expect(messages).toEqual(said);
  }
  expect((await events).map(({ cursor }) => cursor)).toEqual(said.map(({ cursor }) => cursor));
});

test('without a cursor it begins at its first step, and what is said from then on is not missed', async () => {
  const { server, ann, bob, roomId, as } = await startRoom();
  const asAnn = as(ann).room(roomId);
  await asAnn.send('before');
  const slow: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    // The cursor is known, and nobody listens yet.
    if (String(request[1]?.body).includes('RoomCursor')) await asAnn.send('between');
    return response;
  };
  const messages = clientOf(server, { token: bob.token, fetch: slow }).room(roomId).messages();
  expect((await take(messages, 1)).map(({ node }) => node.body)).toEqual(['between']);
  await asAnn.send('after');
  expect((await take(messages, 1)).map(({ node }) => node.body)).toEqual(['after']);
});

test('tells all that happens, and ends with the leaving of the viewer', async () => {
  const { ann, bob, eve, roomId, as } = await startRoom();
  const room = as(bob).room(roomId);
  const { cursor: after } = await room.get();
  const [messages, events] = [room.messages({ after }), room.events({ after })];
  await as(ann).room(roomId).send('Welcome');
  await as(eve).room(roomId).join();
  const told = await take(events, 2);
  expect(told.map(({ node }) => node)).toMatchObject([
    { __typename: 'MessagePosted', message: { body: 'Welcome', author: { username: 'ann' } } },
    { __typename: 'MemberJoined', actor: { username: 'eve' } },
  ]);
  expect((await take(messages, 1))[0]!.cursor).toBe(told[0]!.cursor);

  const [lastMessage, lastEvent] = [messages.next(), events.next()];
  await room.leave();
  expect((await lastEvent).value?.node).toMatchObject({
    __typename: 'MemberLeft',
    actor: { username: 'bob' },
  });
  expect(await events.next()).toEqual(DONE);
  expect(await lastMessage).toEqual(DONE);
});

test('all of a client’s iterations end with the session', async () => {
  const { bob, roomId, as } = await startRoom();
  const states: ConnectionState[] = [];
  const room = as(bob, { onStateChange: (state) => states.push(state) }).room(roomId);
  const { cursor: after } = await room.get();
  const all = [room.messages({ after }), room.messages({ after }), room.events({ after })];
  await room.send('Hello');
  await Promise.all(all.map((edges) => take<unknown>(edges, 1)));

  const ends = all.map((edges) => edges.next());
  await as(bob).logout();
  for (const end of ends) await expect(end).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  for (const edges of all) expect(await edges.next()).toEqual(DONE);
  expect(states).toEqual(['connected', 'unauthenticated']);
  await expect(room.messages({ after }).next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('throws what the server refuses for good', async () => {
  const { server, bob, eve, roomId, as } = await startRoom();
  const room = as(bob).room(roomId);
  const { cursor: after } = await room.get();
  const refusals = [
    [as(eve).room(roomId).messages({ after }), 'FORBIDDEN'],
    [as(eve).room(roomId).events(), 'FORBIDDEN'],
    [as(bob).room('nowhere').messages({ after }), 'NOT_FOUND'],
    [as(bob).room('nowhere').messages(), 'NOT_FOUND'],
    [room.messages({ after: 'nonsense' }), 'INVALID_INPUT'],
    [clientOf(server, {}).room(roomId).messages({ after }), 'UNAUTHENTICATED'],
    [clientOf(server, { token: 'x' }).room(roomId).messages({ after }), 'UNAUTHENTICATED'],
  ] as const;
  for (const [edges, code] of refusals) {
    await expect(edges.next()).rejects.toMatchObject({ code });
    expect(await edges.next()).toEqual(DONE);
  }
});

test(`past ${QUEUE_LIMIT} messages that wait it stops listening, and then goes on without a gap`, async () => {
  const { ann, bob, roomId, as } = await startRoom();
  const idle = Promise.withResolvers<void>();
  const onStateChange = (state: ConnectionState) => {
    if (state === 'idle') idle.resolve();
  };
  const room = as(bob, { onStateChange }).room(roomId);
  const messages = room.messages({ after: (await room.get()).cursor });
  const first = take(messages, 1);
  await say([as(ann).room(roomId)], 'line', QUEUE_LIMIT + 100);
  const seen = await first;
  // Nothing is taken: the socket, which nobody listens to any more, is closed.
  await idle.promise;
  seen.push(...(await take(messages, QUEUE_LIMIT + 99)));
  expect(seen).toEqual(await readAll(room));
});

test('a break, an abort, a return and a close end it, and let go of the socket', async () => {
  const { bob, roomId, as } = await startRoom();
  const idle = Promise.withResolvers<void>();
  const onStateChange = (state: ConnectionState) => {
    if (state === 'idle') idle.resolve();
  };
  const client = as(bob, { onStateChange });
  const room = client.room(roomId);
  const { cursor: after } = await room.get();
  await room.send('Hello');
  await room.send('Bye');
  for await (const { node } of room.messages({ after })) {
    expect(node.body).toBe('Hello');
    break;
  }

  const giveUp = new AbortController();
  const aborted = room.messages({ after, signal: giveUp.signal });
  const returned = room.messages({ after });
  await Promise.all([take(aborted, 2), take(returned, 2)]);
  const waits = [aborted.next(), returned.next()];
  giveUp.abort();
  await returned.return!();
  expect(await Promise.all(waits)).toEqual([DONE, DONE]);
  await idle.promise;

  const closed = room.messages({ after });
  await take(closed, 2);
  const wait = closed.next();
  client.close();
  expect(await wait).toEqual(DONE);
  expect(await room.messages({ after, signal: giveUp.signal }).next()).toEqual(DONE);
  expect(await room.messages().next()).toEqual(DONE);
});

test('a waiting that was ended takes nothing with it of what comes next', async () => {
  const { ann, bob, roomId, as } = await startRoom();
  const room = as(bob).room(roomId);
  const { cursor: after } = await room.get();
  const [first, second] = [room.messages({ after }), room.messages({ after })];
  const waits = [first.next(), first.next(), second.next()];
  await as(ann).room(roomId).send('one');
  expect((await waits[0])!.value?.node.body).toBe('one');
  await first.return!();
  expect(await waits[1]).toEqual(DONE);
  expect((await waits[2])!.value?.node.body).toBe('one');
});

test('in another history it throws, or goes on from where it is told to', async () => {
  const { server, ann, bob, roomId, as } = await startRoom();
  const room = as(bob).room(roomId);
  const { cursor: after } = await room.get();
  await as(ann).room(roomId).send('before the backup');
  await server.close();
  await renewEpoch({ connectionString: server.databaseUrl });
  await using restored = await startApp({ DATABASE_URL: server.databaseUrl });

  const again = clientOf(restored, { token: bob.token }).room(roomId);
  await expect(again.messages({ after }).next()).rejects.toMatchObject({
    code: 'RESYNC_REQUIRED',
  });
  const told: string[] = [];
  const messages = again.messages({
    after,
    async onResync({ code }) {
      const { cursor, messages } = await again.history();
      told.push(code, ...messages.edges.map(({ node }) => node.body));
      await again.send('after the backup');
      return cursor;
    },
  });
  expect((await take(messages, 1))[0]!.node.body).toBe('after the backup');
  expect(told).toEqual(['RESYNC_REQUIRED', 'before the backup']);

  const failing = again.messages({
    after,
    onResync: () => Promise.reject(new Error('The disk is full.')),
  });
  await expect(failing.next()).rejects.toThrow('The disk is full.');
});

test.each([1000, 1001, 1011, 1012, 1013, 3000, 4400, 4408, 4409, 4429, 4500, 4504])(
  'a socket that was closed with %i is replaced',
  async (code) => {
    const { ann, bob, roomId, as } = await startRoom();
    const { Socket, closes } = await closingSockets(code);
    const states: ConnectionState[] = [];
    const onStateChange = (state: ConnectionState) => states.push(state);
    const room = as(bob, { WebSocket: Socket, onStateChange }).room(roomId);
    const messages = room.messages({ after: (await room.get()).cursor });
    const first = messages.next();
    await as(ann).room(roomId).send('Hello');
    expect((await first).value?.node.body).toBe('Hello');
    expect(closes()).toBe(1);
    expect(states).toEqual(['interrupted', 'connected']);
  },
);

test.each([1000, 4500])(
  'to one that is closed with %i again and again it comes back ever later',
  async (code) => {
    const { bob, roomId, as } = await startRoom();
    const { Socket, closes } = await closingSockets(code, 4);
    const room = as(bob, { WebSocket: Socket }).room(roomId);
    const { cursor: after } = await room.get();
    await room.send('Hello');
    const began = performance.now();
    // All of them wait together, and come back on one socket.
    await Promise.all([1, 2, 3].map(() => take(room.messages({ after }), 1)));
    expect(closes()).toBe(4);
    // A quarter of 250 ms, of twice that, and so on, is waited whatever chance says.
    expect(performance.now() - began).toBeGreaterThan(900);
  },
);

test.each([
  [4401, 'UNAUTHENTICATED', 'unauthenticated'],
  [4403, 'FORBIDDEN', 'forbidden'],
] as const)('one that was closed with %i is not: %s', async (code, refusal, state) => {
  const { bob, roomId, as } = await startRoom();
  const { Socket, closes } = await closingSockets(code);
  const states: ConnectionState[] = [];
  const onStateChange = (state: ConnectionState) => states.push(state);
  const room = as(bob, { WebSocket: Socket, onStateChange }).room(roomId);
  const messages = room.messages({ after: (await room.get()).cursor });
  await expect(messages.next()).rejects.toMatchObject({ code: refusal });
  expect(states).toEqual([state]);
  expect(closes()).toBe(1);
});

/** Sockets of which the first ones are taken by somebody who closes them. */
async function closingSockets(code: number, times = 1) {
  const closer = new WebSocketServer({ port: 0, handleProtocols: () => 'graphql-transport-ws' });
  onTestFinished(() => void closer.close());
  await once(closer, 'listening');
  const { port } = closer.address() as { port: number };
  let closes = 0;
  closer.on('connection', (socket) => {
    closes++;
    socket.close(code);
  });
  class Socket extends WsSocket {
    constructor(url: string, protocol: string) {
      super(closes < times ? `ws://127.0.0.1:${port}` : url, protocol);
    }
  }
  return { Socket, closes: () => closes };
}

test('one socket serves all, and one that is dead without having been closed is replaced', async () => {
  const { server, ann, bob, roomId, as } = await startRoom();
  const proxy = await startFlakyProxy(server.url);
  onTestFinished(proxy.close);
  let sockets = 0;
  class Socket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      sockets++;
    }
  }
  const room = clientOf(proxy, { token: bob.token, WebSocket: Socket }).room(roomId);
  const { cursor: after } = await room.get();
  const all = [room.messages({ after }), room.messages({ after }), room.messages({ after })];
  const asAnn = as(ann).room(roomId);
  await asAnn.send('Hello');
  await Promise.all(all.map((messages) => take(messages, 1)));
  expect(sockets).toBe(1);

  proxy.freeze();
  await asAnn.send('Is anybody there?');
  const heard = await Promise.all(all.map((messages) => take(messages, 1)));
  expect(heard.map(([edge]) => edge!.node.body)).toEqual(all.map(() => 'Is anybody there?'));
  expect(sockets).toBe(2);
});

const DONE = { done: true, value: undefined };

const linesOf = (edges: MessageEdge[]) => edges.map(({ node }) => node);
