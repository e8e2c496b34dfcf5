import { expect, onTestFinished, test, vi } from 'vitest';
import { startApp } from '../api/test/harness.ts';
import { findPort } from '../api/test/ports.ts';
import { startFlakyProxy } from './test/flaky-proxy.ts';
import { clientOf, startRoom } from './test/room.ts';

/** On a machine that has much else to do. */
vi.setConfig({ testTimeout: 120_000 });

const LOST_ANSWERS = 10;

test('a message whose answer is lost is sent again, and said once', async () => {
  const { server, bob, roomId } = await startRoom();
  const proxy = await startFlakyProxy(server.url);
  onTestFinished(proxy.close);
  const room = clientOf(proxy, { token: bob.token }).room(roomId);

  const sent = [];
  for (let number = 1; number <= LOST_ANSWERS; number++) {
    const lost = proxy.loseAnswerTo(`line ${number}"`);
    sent.push(await room.send(`line ${number}`));
    await lost;
  }
  const { messages } = await room.history({ first: 100 });
  expect(messages.edges).toEqual(sent);
  expect(messages.edges.map(({ node }) => node.body)).toEqual(
    sent.map((_, index) => `line ${index + 1}`),
  );
  expect(proxy.connections).toBeGreaterThan(LOST_ANSWERS);
});

test('an answer that never comes is given up, and asked for again', async () => {
  const { server, bob, roomId } = await startRoom();
  const proxy = await startFlakyProxy(server.url);
  onTestFinished(proxy.close);
  const client = clientOf(proxy, { token: bob.token, timeoutMs: 200 });
  await client.me();
  proxy.freeze();
  const { node } = await client.room(roomId).send('Hello');
  expect(node.body).toBe('Hello');
  expect(proxy.connections).toBeGreaterThan(1);
});

test('sending waits for a server that is away', async () => {
  const port = String(await findPort());
  const { server, bob, roomId, as } = await startRoom({ PORT: port });
  const room = as(bob).room(roomId);
  await server.close();
  const sending = room.send('Hello', { idempotencyKey: 'greeting' });
  await using next = await startApp({ PORT: port, DATABASE_URL: server.databaseUrl });
  expect(next.url).toBe(server.url);
  expect((await sending).node).toMatchObject({ body: 'Hello', idempotencyKey: 'greeting' });
});

test('a key that was used before gives its message, or is refused for another', async () => {
  const { bob, roomId, as } = await startRoom();
  const room = as(bob).room(roomId);
  const first = await room.send('Hello', { idempotencyKey: 'greeting' });
  expect(await room.send('Hello', { idempotencyKey: 'greeting' })).toEqual(first);
  await expect(room.send('Bye', { idempotencyKey: 'greeting' })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect((await room.send('Hello')).node.id).not.toBe(first.node.id);
});

test('waits as long as the server asks to, and then sends again', async () => {
  const { server, bob, roomId } = await startRoom();
  const asked: number[] = [];
  const limited: typeof fetch = async (...request) => {
    asked.push(performance.now());
    if (asked.length > 2) return fetch(...request);
    const extensions = { code: 'RATE_LIMITED', retryAfterMs: 700 };
    return Response.json({ errors: [{ message: 'Too many attempts.', extensions }] });
  };
  const client = clientOf(server, { token: bob.token, fetch: limited });
  await client.room(roomId).send('Hello');
  // A timer of Node's may be a millisecond early.
  const waits = asked.slice(1).map((at, index) => at - asked[index]!);
  expect(waits.every((ms) => ms > 690)).toBe(true);
  expect(waits).toHaveLength(2);
});
