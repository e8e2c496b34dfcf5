import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { enqueue } from '../jobs.ts';
import { bearer, connect, run } from '../test/client.ts';
import { startDatabase } from '../test/database.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { people, person } from '../test/people.ts';
import { openAcknowledged } from '../test/raw-socket.ts';
import { send } from '../test/said.ts';
import { keepStatistics } from './rollup.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const HOUR = new Date(Date.UTC(2026, 9, 30, 12));
const at = (minutes: number, seconds = 59) =>
  new Date(HOUR.getTime() + minutes * MINUTE_MS + seconds * 1_000);

const STATISTICS = `query ($since: DateTime!, $until: DateTime!) {
  administration { statistics(since: $since, until: $until, interval: HOUR) {
    points { at connections deliveries sendMs rssBytes }
  } }
}`;

async function readHour({ url }: TestApp, token: string): Promise<any> {
  const variables = { since: HOUR, until: new Date(HOUR.getTime() + 1) };
  const { administration } = await run<any>(url, STATISTICS, variables, token);
  return administration.statistics.points[0];
}

test('an hour has the most connections of all processes at once, and the sum of what they did', async () => {
  await using one = await startApp();
  await using other = await startApp({ DATABASE_URL: one.databaseUrl });
  const { root } = await people(one.app);
  // Or the clock might have the hour counted before all has been told.
  for (const { app } of [one, other]) await app.jobs.close();
  expect(await readHour(one, root.token)).toMatchObject({ connections: null, sendMs: null });
  const [here, there] = [one.app.counters, other.app.counters];
  here.connections = 3;
  here.deliveries = 10;
  here.sent(4);
  await one.app.sampler.tell(at(0));
  there.connections = 5;
  there.deliveries = 1;
  await other.app.sampler.tell(at(0, 58));
  here.connections = 7;
  here.deliveries = 12;
  here.sent(8);
  await one.app.sampler.tell(at(59));
  there.connections = 0;
  await other.app.sampler.tell(at(59));
  // Of the next hour.
  here.connections = 100;
  await one.app.sampler.tell(at(60, 0));
  const counted = { at: HOUR.toISOString(), connections: 8, deliveries: 13, sendMs: 6 };
  expect(await readHour(one, root.token)).toMatchObject(counted);
  await keepStatistics(one.app, at(120));
  expect(await readHour(one, root.token)).toMatchObject(counted);
  expect((await readHour(one, root.token)).rssBytes).toBeGreaterThan(1e7);
});

test('what a process tells twice of a minute is one row of all that it did', async () => {
  await using server = await startApp();
  const { counters, sampler, db } = server.app;
  counters.deliveries = 5;
  counters.connections = 2;
  await sampler.tell(at(0, 1));
  counters.deliveries = 8;
  counters.connections = 1;
  await sampler.tell(at(0, 59));
  expect(await db.prisma.serverSample.findMany({ where: { at: at(0, 0) } })).toMatchObject([
    { deliveries: 8, connections: 2, seenAt: at(0, 59), processId: sampler.id },
  ]);
});

test('a process counts its sockets, event streams, subscriptions, deliveries and sends', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, bob, roomId } = await people(app);
  const { counters, sampler } = app;
  const socket = await openAcknowledged(url, { params: bearer(bob.token) });
  expect(sampler.state()).toMatchObject({ connections: 1, subscriptions: 0 });
  const SUBSCRIPTION = `subscription ($roomId: ID!) { messageAdded(roomId: $roomId) { cursor } }`;
  const payload = { query: SUBSCRIPTION, variables: { roomId } };
  socket.send({ type: 'subscribe', id: '1', payload });
  // Answered alone.
  const query = SUBSCRIPTION.replace('cursor', 'node { room { viewerCan { post } } }');
  socket.send({ type: 'subscribe', id: '2', payload: { ...payload, query } });
  const gone = new AbortController();
  const stream = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      ...bearer(bob.token),
      ...{ accept: 'text/event-stream', 'content-type': 'application/json' },
    },
    body: JSON.stringify(payload),
    signal: gone.signal,
  });
  await expect.poll(() => sampler.state()).toMatchObject({ connections: 2, subscriptions: 3 });
  await send({ url, token: ann.token, roomId }, 'plums', 'one');
  await expect.poll(() => counters.deliveries).toBe(3);
  expect(counters.sends).toBe(1);
  expect(counters.sendMs).toBeGreaterThan(0);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^parley_connections 2$/m);
  expect(metrics).toMatch(/^parley_deliveries_total 3$/m);
  expect(metrics).toMatch(/^parley_sends_total 1$/m);
  gone.abort();
  await stream.body?.cancel().catch(() => {});
  socket.socket.close();
  await expect.poll(() => sampler.state()).toMatchObject({ connections: 0, subscriptions: 0 });
});

test('a sample is written soon after the start, and expires after ninety days by the job', async () => {
  await using server = await startApp();
  const { app } = server;
  await expect.poll(() => app.db.prisma.serverSample.count(), { timeout: 5_000 }).toBe(1);
  await person(app, 'root');
  const old = (days: number) => new Date(Date.now() - days * DAY_MS);
  await app.sampler.tell(old(91));
  await app.sampler.tell(old(89));
  await app.jobs.start();
  await app.db.commit((tx) =>
    enqueue(tx, 'keep-statistics', {}, { key: 'keep-statistics', attempts: 1 }),
  );
  await expect.poll(() => app.db.prisma.serverSample.count(), { timeout: 10_000 }).toBe(2);
  const { rows } = await app.db.pool.query(
    'SELECT identifier FROM graphile_worker._private_known_crontabs',
  );
  expect(rows).toEqual([{ identifier: 'keep-statistics' }]);
});

test('while the database is away nothing is lost of what was done, and nobody is bothered', async () => {
  await using database = await startDatabase();
  await using server = await startApp({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
  const { counters, sampler, db } = server.app;
  counters.deliveries = 5;
  await database.stop();
  await expect(sampler.tell(at(0))).rejects.toThrow();
  counters.deliveries = 6;
  await database.start();
  await expect
    .poll(() =>
      sampler.tell(at(1)).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  expect(await db.prisma.serverSample.findMany({ where: { at: at(1, 0) } })).toMatchObject([
    { deliveries: 6 },
  ]);
});

test('a sample of which only the answer was lost is told once', async () => {
  await using server = await startApp();
  const { counters, sampler, db } = server.app;
  // Or the clock might tell one in between.
  await expect.poll(() => db.prisma.serverSample.count(), { timeout: 5_000 }).toBe(1);
  counters.deliveries = 5;
  counters.sent(2);
  await loseAnswer(db.pool, () => expect(sampler.tell(at(0))).rejects.toThrow('lost'));
  counters.deliveries = 6;
  await sampler.tell(at(1));
  const told = await db.prisma.serverSample.findMany({
    where: { at: { lt: at(2) } },
    orderBy: { at: 'asc' },
  });
  expect(told).toMatchObject([
    { deliveries: 5, sends: 1, sendMs: 2 },
    { deliveries: 1, sends: 0, sendMs: 0 },
  ]);
});

/** The database does what it is asked for, and nobody hears of it. */
async function loseAnswer(pool: Pool, act: () => Promise<void>): Promise<void> {
  const query = pool.query;
  pool.query = async function (this: Pool, ...args: any[]) {
    await (query as any).apply(this, args);
    throw new Error('lost');
  } as typeof query;
  try {
    await act();
  } finally {
    pool.query = query;
  }
}

test('a process that ends tells what it has done since its last sample', async () => {
  await using one = await startApp();
  const other = await startApp({ DATABASE_URL: one.databaseUrl });
  const { counters, sampler } = other.app;
  counters.deliveries = 5;
  counters.sent(2);
  await other.close();
  const { _sum } = await one.app.db.prisma.serverSample.aggregate({
    where: { processId: sampler.id },
    _sum: { deliveries: true, sends: true },
  });
  expect(_sum).toEqual({ deliveries: 5, sends: 1 });
});

const HEALTH = `{ administration { health {
  version startedAt diskFreeBytes diskTotalBytes waitingJobs failedJobs
  processes { id startedAt seenAt connections subscriptions rssBytes eventLoopDelayMs }
  database { isUp latencyMs version sizeBytes }
  redis { isUp latencyMs }
} } }`;

test('health tells of all processes that live, the database, the disk and jobs', async () => {
  await using one = await startApp();
  await using other = await startApp({ DATABASE_URL: one.databaseUrl });
  const { root } = await people(one.app);
  await using client = {
    ...connect(other.url, root.token),
    async [Symbol.asyncDispose]() {
      await this.dispose();
    },
  };
  const inbox = client.iterate({ query: 'subscription { inbox { __typename } }' });
  await inbox.next();
  await other.app.sampler.tell();
  // It has told nothing for long.
  await other.app.db.prisma.serverSample.create({
    data: {
      ...{ at: new Date(Date.now() - 3.2 * MINUTE_MS), processId: 'gone', connections: 1 },
      ...{ startedAt: new Date(0), seenAt: new Date(Date.now() - 3 * MINUTE_MS) },
      ...{ subscriptions: 0, deliveries: 0, sends: 0, sendMs: 0, rssBytes: 1n },
      eventLoopDelayMs: 0,
    },
  });
  const { health } = (await run<any>(one.url, HEALTH, {}, root.token)).administration;
  expect(health.processes.map(({ id }: any) => id)).toEqual([
    one.app.sampler.id,
    other.app.sampler.id,
  ]);
  expect(health.startedAt).toBe(one.app.sampler.startedAt.toISOString());
  expect(health.processes).toMatchObject([
    { connections: 0, subscriptions: 0 },
    { connections: 1, subscriptions: 1 },
  ]);
  for (const { rssBytes, eventLoopDelayMs } of health.processes) {
    expect(rssBytes).toBeGreaterThan(1e7);
    expect(eventLoopDelayMs).toBeGreaterThanOrEqual(0);
  }
  expect(health).toMatchObject({ database: { isUp: true }, redis: null, failedJobs: 0 });
  expect(health.database.version).toMatch(/^\d+/);
  expect(health.database.sizeBytes).toBeGreaterThan(1e6);
  expect(health.diskTotalBytes).toBeGreaterThan(health.diskFreeBytes);
});

test('jobs that wait and those that were given up are told apart', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root } = await people(app);
  await app.jobs.close();
  const read = async () => {
    const { health } = (await run<any>(server.url, HEALTH, {}, root.token)).administration;
    return [health.waitingJobs, health.failedJobs];
  };
  const [waiting, failed] = await read();
  await app.db.commit(async (tx) => {
    await enqueue(tx, 'remove-export', {}, { key: 'due', attempts: 1 });
    await enqueue(tx, 'remove-export', {}, { key: 'later', attempts: 1, delayMs: DAY_MS });
    await enqueue(tx, 'remove-export', {}, { key: 'failed', attempts: 1 });
  });
  await app.db.pool.query(
    `UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE key = 'failed'`,
  );
  expect(await read()).toEqual([waiting + 1, failed + 1]);
});
