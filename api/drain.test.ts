/** The end of a server under load: nothing that has begun is cut short, and not all leave at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { leaveSpread } from './drain.ts';
import { bearer, run } from './test/client.ts';
import { startApp, type TestApp } from './test/harness.ts';
import { hold, waiting } from './test/locks.ts';
import { people } from './test/people.ts';
import { openAcknowledged } from './test/raw-socket.ts';
import { readForwards, send } from './test/said.ts';
import { watchEvents } from './test/watch.ts';

const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { seq } }
}`;

test('what was begun over HTTP and over a socket is finished before the database is closed', async () => {
  await using server = await startApp();
  const { ann, room, roomId } = await people(server.app);
  const said = { url: server.url, token: ann.token, roomId };
  const errors = logged(server);
  const socket = await openAcknowledged(server.url, { params: bearer(ann.token) });
  const idle = await openAcknowledged(server.url);

  const release = await lockRoom(server, room.id);
  const overHttp = send(said, 'over HTTP', 'one');
  overHttp.catch(() => {});
  await expect.poll(() => waiting(server)).toBe(1);
  socket.send({
    type: 'subscribe',
    id: '1',
    payload: {
      query: SEND,
      variables: { input: { roomId, body: 'over a socket', idempotencyKey: 'two' } },
    },
  });
  // Messages of one room are written one after the other: this one waits for the first, once it is here.
  expect(await socket.start('2', '{ server { name } }')).toMatchObject({ id: '2' });

  const closing = server.close();
  let isClosed = false;
  void closing.then(() => (isClosed = true));
  expect(await idle.closed).toBe(1012);
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  await sleep(200);
  expect(isClosed).toBe(false);
  await release();
  expect((await overHttp).body).toBe('over HTTP');
  await closing;
  expect(errors).toEqual([]);

  await using next = await startApp({ DATABASE_URL: server.databaseUrl });
  const bodies = (await readForwards({ ...said, url: next.url })).map(({ body }) => body);
  expect(bodies.toSorted()).toEqual(['over HTTP', 'over a socket']);
});

test('an operation whose viewer is still being looked up is not refused for want of a database', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const errors = logged(server);
  const socket = await openAcknowledged(server.url, { params: bearer(ann.token) });
  const release = await hold(server, 'LOCK TABLE session');
  socket.send({ type: 'subscribe', id: '1', payload: { query: '{ rooms { edges { cursor } } }' } });
  await expect.poll(() => waiting(server)).toBe(1);
  const closing = server.close();
  expect(await socket.closed).toBe(1012);
  await sleep(200);
  await release();
  await closing;
  expect(errors).toEqual([]);
});

test('an event stream is cut off rather than completed, so that its client comes back', async () => {
  const server = await startApp();
  const { bob, roomId } = await people(server.app);
  const after = `${server.app.db.epoch}.0`;
  const stream = watchEvents({ url: server.url, token: bob.token, roomId, after });
  const raw = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...bearer(bob.token),
    },
    body: JSON.stringify({
      query: 'subscription ($roomId: ID!) { messageAdded(roomId: $roomId) { cursor } }',
      variables: { roomId },
    }),
  });
  await expect.poll(() => server.app.feeds.followers).toBe(2);
  const read = Array.fromAsync(raw.body!.pipeThrough(new TextDecoderStream()));
  const isCutOff = expect(read).rejects.toThrow();
  await server.close();
  await isCutOff;
  stream.close();
});

test('what does not end is waited for a while only', { timeout: 20_000 }, async () => {
  const server = await startApp();
  const { ann, room, roomId } = await people(server.app);
  const release = await lockRoom(server, room.id);
  const input = { roomId, body: 'too late', idempotencyKey: 'one' };
  const sending = run(server.url, SEND, { input }, ann.token).catch((error) => error);
  await expect.poll(() => waiting(server)).toBe(1);
  const closing = server.close();
  // Its client is told by the connection’s end; the database is closed behind the statement’s.
  expect(await sending).toBeInstanceOf(TypeError);
  await release();
  await closing;
});

test('those who leave do so one after the other, at most a thousand in a second', async () => {
  const startedAt = performance.now();
  const left: number[] = [];
  await leaveSpread(
    Array.from({ length: 500 }, (_, index) => index),
    () => left.push(performance.now() - startedAt),
  );
  expect(left).toHaveLength(500);
  expect(left.filter((ms) => ms < 100).length).toBeLessThan(250);
  expect(left.at(-1)!).toBeGreaterThan(250);
});

/** What is logged from now on as worth a look. */
function logged({ app: { log } }: TestApp): unknown[] {
  const errors: unknown[] = [];
  log.warn = log.error = (...what: unknown[]) => void errors.push(what);
  return errors;
}

/** Keeps everybody from writing in the room, until what it returns is called; what only refers to it goes on. */
function lockRoom(server: TestApp, id: string): Promise<() => Promise<void>> {
  return hold(server, `SELECT 1 FROM room WHERE id = '${id}' FOR NO KEY UPDATE`);
}
