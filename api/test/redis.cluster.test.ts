/** Several servers with one database and one Redis are one server, also when Redis goes away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startSession } from '../account/session.ts';
import { ask, bearer, run } from './client.ts';
import { createDatabase, startApp, type TestApp } from './harness.ts';
import { PASSWORD, people, type TestPerson } from './people.ts';
import { findPort, occupy } from './ports.ts';
import { createDataFolder, launch } from './process.ts';
import { openAcknowledged } from './raw-socket.ts';
import { skipWithoutRedis, startRedis, type TestRedis } from './redis.ts';
import {
  compare,
  isWorthRetrying,
  NOTHING_WRONG,
  readCursor,
  readForwards,
  type Said,
  send,
} from './said.ts';
import { type Line, watchEvents, watchSocket } from './watch.ts';

const BETWEEN = 60;

vi.setConfig({ testTimeout: 60_000 });

test('what is said at one server reaches those at the other by Redis, without a read', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  await using one = await startApp({ REDIS_URL: redis.url });
  await using other = await startApp({ REDIS_URL: redis.url, DATABASE_URL: one.databaseUrl });
  const { ann, bob, room, roomId } = await people(one.app);
  const here = { url: one.url, token: ann.token, roomId };
  const there = { url: other.url, token: bob.token, roomId };
  const after = await readCursor(there);
  const readers = [watchSocket({ ...there, after }), watchEvents({ ...there, after })];
  await until(() => other.app.feeds.followers === readers.length);
  await expect.poll(() => channels(redis)).toContain(`parley:${one.app.db.epoch}:room:${room.id}`);
  const reads = countReads(other);

  const sent: Line[] = [];
  for (let number = 0; number < 100; number++)
    sent.push(await send(here, `${number} – ü`, `${number}`));
  await Promise.all(readers.map(({ counted }) => counted(sent.length)));
  for (const reader of readers) reader.close();
  expect(readers.map(({ lines }) => lines)).toEqual(readers.map(() => sent));
  expect(reads()).toBe(0);

  await until(() => other.app.feeds.followers === 0);
  await expect.poll(() => channels(redis)).toEqual([]);
});

test('a session that is ended at one server ends at the other, and limits count for both', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  const settings = { REDIS_URL: redis.url, RATE_LIMITS: 'on' };
  await using one = await startApp(settings);
  await using other = await startApp({ ...settings, DATABASE_URL: one.databaseUrl });
  const { ann } = await people(one.app);
  const socket = await openAcknowledged(other.url, { params: bearer(ann.token) });
  await expect.poll(() => channels(redis)).toHaveLength(1);
  await run(one.url, 'mutation { logout { ok } }', {}, ann.token);
  expect(await socket.closed).toBe(4401);

  const codes = [];
  for (let attempt = 0; attempt < 11; attempt++) {
    codes.push(await codeOfLogIn(attempt % 2 ? one : other, 'not this one'));
  }
  expect(codes).toEqual([...Array(10).fill('INVALID_INPUT'), 'RATE_LIMITED']);

  // Without Redis each counts for itself, and from the beginning.
  await redis.kill();
  await until(() => !one.app.redis!.isConnected);
  for (let attempt = 0; attempt < 10; attempt++) {
    expect(await codeOfLogIn(one, 'not this one')).toBe('INVALID_INPUT');
  }
  expect(await codeOfLogIn(one, PASSWORD)).toBe('RATE_LIMITED');
  await until(() => !other.app.redis!.isConnected);
  expect(await codeOfLogIn(other, PASSWORD)).toBeUndefined();
});

test('while Redis is away again and again all that is sent is there and seen, once, in order', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  await using one = await startApp({ REDIS_URL: redis.url });
  await using other = await startApp({ REDIS_URL: redis.url, DATABASE_URL: one.databaseUrl });
  const { ann, bob, roomId } = await people(one.app);
  const rooms = [
    { url: one.url, token: ann.token, roomId },
    { url: other.url, token: bob.token, roomId },
  ];
  const after = await readCursor(rooms[0]!);
  const readers = rooms.flatMap((room) => [
    watchSocket({ ...room, after }),
    watchEvents({ ...room, after }),
  ]);
  const { writers, stop, failures } = write(rooms);
  for (let outage = 1; outage <= 3; outage++) {
    await readers[2]!.counted((2 * outage - 1) * BETWEEN);
    await redis.kill();
    await until(() => !one.app.redis!.isConnected && !other.app.redis!.isConnected);
    await Promise.all(readers.map(({ counted }) => counted(2 * outage * BETWEEN)));
    await redis.start();
    await until(() => one.app.redis!.isConnected && other.app.redis!.isConnected);
  }
  stop();
  await Promise.all(writers);
  const said = await readForwards(rooms[0]!);
  await Promise.all(readers.map(({ reached }) => reached(said.at(-1)!.seq)));
  for (const reader of readers) reader.close();
  const wrong = readers.map(({ lines }) => compare(lines, said));
  console.log(`redis: 3 outages, ${said.length} messages, ${JSON.stringify(wrong)}`);
  expect(wrong).toEqual(readers.map(() => NOTHING_WRONG));
  expect(failures()).toBe(0);
  // Nobody was cut off for it.
  expect(readers.flatMap(({ closes }) => closes.slice(0, -1))).toEqual([]);
});

describe('a session that was ended while nobody could say so', () => {
  test('ends at the other server as soon as Redis is back', async (context) => {
    skipWithoutRedis(context);
    await using redis = await startRedis();
    await using one = await startApp({ REDIS_URL: redis.url });
    await using other = await startApp({ REDIS_URL: redis.url, DATABASE_URL: one.databaseUrl });
    const { ann, bob } = await people(one.app);
    const [gone, stays] = await openFor(other, [ann, bob]);
    await redis.kill();
    await until(() => !one.app.redis!.isConnected && !other.app.redis!.isConnected);
    await run(one.url, 'mutation { logout { ok } }', {}, ann.token);
    await redis.start();
    const startedAt = performance.now();
    expect(await gone!.closed).toBe(4401);
    console.log(`redis: ended ${Math.round(performance.now() - startedAt)} ms after it was back`);
    expect(await stays!.start('1', '{ me { username } }')).toMatchObject({ type: 'next' });
  });

  test('ends by the sweep on two servers without Redis, and so does one that has expired', async () => {
    await using one = await startApp();
    await using other = await startApp({ DATABASE_URL: one.databaseUrl });
    const { ann, bob, eve, roomId } = await people(one.app);
    const [gone, expired, stays] = await openFor(other, [ann, eve, bob]);
    const late = await startSession(one.app, bob, bob.user, 'TOKEN');
    const stream = await followEvents(other, late.token, roomId);
    await run(one.url, 'mutation { logout { ok } }', {}, ann.token);
    await run(one.url, 'mutation { revokeOtherSessions { revokedCount } }', {}, bob.token);
    await one.app.db.prisma.session.update({
      where: { id: eve.sessionId },
      data: { expiresAt: new Date() },
    });
    expect(await Promise.all([gone!.closed, expired!.closed])).toEqual([4401, 4401]);
    await stream.ended;
    expect(await stays!.start('1', '{ me { username } }')).toMatchObject({ type: 'next' });
  });
});

describe('a start', () => {
  test('without Redis warns once, serves, and finds it when it comes', async (context) => {
    skipWithoutRedis(context);
    await using redis = await startRedis();
    await redis.kill();
    await using data = await createDataFolder();
    const settings = { REDIS_URL: redis.url, DATA_DIR: data.path, LOG_LEVEL: 'info' };
    const server = launch({ settings });
    onTestFinished(() => server.kill('SIGKILL'));
    const url = await server.url;
    expect(await redisGauge(url)).toBe(0);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await redis.start();
    await expect.poll(() => redisGauge(url), { timeout: 10_000 }).toBe(1);
    await redis.kill();
    await expect.poll(() => redisGauge(url), { timeout: 10_000 }).toBe(0);
    // Long enough for some attempts.
    await sleep(2_000);
    await redis.start();
    await expect.poll(() => redisGauge(url), { timeout: 10_000 }).toBe(1);
    server.kill('SIGTERM');
    const { code, stderr } = await server.ended;
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines.map(({ level, msg }) => [level, /(is (?:away|back))/.exec(msg)?.[1]])).toEqual([
      [40, 'is away'],
      [30, 'is back'],
      [40, 'is away'],
      [30, 'is back'],
    ]);
  });

  test('with a password that Redis does not take is refused in one line that does not tell it', async (context) => {
    skipWithoutRedis(context);
    await using redis = await startRedis();
    await redis.ask('CONFIG', 'SET', 'requirepass', 'right');
    const { port } = new URL(redis.url);
    const DATABASE_URL = await createDatabase();
    for (const [credentials, answer] of [
      ['', 'NOAUTH'],
      [':wrong@', 'WRONGPASS'],
    ]) {
      const REDIS_URL = `redis://${credentials}127.0.0.1:${port}`;
      const line = await refusal({ REDIS_URL, DATABASE_URL });
      expect(line).toMatch(
        new RegExp(`^Redis at 127\\.0\\.0\\.1:${port} .*${answer}.*correct REDIS_URL\\.$`),
      );
      expect(line).not.toContain('wrong@');
    }
    await using server = await startApp({ REDIS_URL: `redis://:right@127.0.0.1:${port}` });
    expect(server.app.redis!.isConnected).toBe(true);
  });

  test('with a database number that Redis has not, or a user without channels, is refused', async (context) => {
    skipWithoutRedis(context);
    await using redis = await startRedis();
    const DATABASE_URL = await createDatabase();
    expect(await refusal({ REDIS_URL: `${redis.url}/99`, DATABASE_URL })).toMatch(/out of range/);
    await redis.ask('ACL', 'SETUSER', 'mute', 'on', '>secret', '~*', '+@all', 'resetchannels');
    const REDIS_URL = redis.url.replace('//', '//mute:secret@');
    expect(await refusal({ REDIS_URL, DATABASE_URL })).toMatch(/NOPERM.*correct REDIS_URL\.$/);
  });

  test('with an address where something else answers is refused', async () => {
    const port = await findPort();
    const other = await occupy(port);
    other.on('connection', (socket) => {
      socket.on('error', () => {}).on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    onTestFinished(() => void other.close());
    const DATABASE_URL = await createDatabase();
    expect(await refusal({ REDIS_URL: `redis://127.0.0.1:${port}`, DATABASE_URL })).toMatch(
      /^Redis at .*Protocol error.*correct REDIS_URL\.$/,
    );
  });
});

/** The one line of a start that is refused. */
async function refusal(settings: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await launch({ settings }).ended;
  expect({ code, stdout, lines: stderr.match(/\n/g)?.length }, stderr).toEqual({
    code: 1,
    stdout: '',
    lines: 1,
  });
  return stderr.trim();
}

async function redisGauge(url: string): Promise<number> {
  const metrics = await fetch(`${url}/metrics`).then((answer) => answer.text());
  return Number(/^parley_redis_connected (\d)$/m.exec(metrics)?.[1]);
}

/** But for those that every process listens to. */
async function channels(redis: TestRedis): Promise<string[]> {
  const all = (await redis.ask('PUBSUB', 'CHANNELS', 'parley:*')) as string[];
  return all.filter((channel) => !/:(presence|settings)$/.test(channel));
}

/** How often a server has read a log since. */
function countReads({ app }: TestApp): () => number {
  let count = 0;
  const { pool } = app.db;
  const query = pool.query.bind(pool) as (...query: unknown[]) => unknown;
  Object.assign(pool, {
    query(...args: [{ name?: string }]) {
      if (args[0].name === 'read-after') count++;
      return query(...args);
    },
  });
  return () => count;
}

/** A writer in each room. */
function write(rooms: Said[]) {
  let isOver = false;
  let failed = 0;
  const writers = rooms.map(async (room, writer) => {
    for (let number = 0; !isOver; number++) {
      const key = `${writer}.${number}`;
      await send(room, key, key).catch((error) => {
        if (!isWorthRetrying(error)) throw error;
        failed++;
      });
    }
  });
  return { writers, stop: () => (isOver = true), failures: () => failed };
}

function openFor({ url }: TestApp, persons: TestPerson[]) {
  return Promise.all(persons.map(({ token }) => openAcknowledged(url, { params: bearer(token) })));
}

/** A subscription over SSE; `ended` resolves with it. */
async function followEvents({ url, app }: TestApp, token: string, roomId: string) {
  const before = app.feeds.followers;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...bearer(token) },
    body: JSON.stringify({
      query: 'subscription ($roomId: ID!) { messageAdded(roomId: $roomId) { cursor } }',
      variables: { roomId },
    }),
  });
  await until(() => app.feeds.followers > before);
  return { ended: response.text() };
}

async function codeOfLogIn({ url }: TestApp, password: string): Promise<string | undefined> {
  const query = `mutation ($password: String!) {
    login(input: { username: "bob", password: $password, session: TOKEN }) { token }
  }`;
  const { errors } = await ask(url, query, { password });
  return errors?.[0]?.extensions?.code;
}

/** Waits for what no event tells. */
async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await sleep(5);
}
