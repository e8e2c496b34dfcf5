/**
 * Whatever becomes of the hints, each follower is given the log from its cursor on, in order,
 * without holes. The order in which hints, reads and readers come to their turns is fast-check's.
 */
import { randomUUID } from 'node:crypto';
import fc, { type Scheduler } from 'fast-check';
import type pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { App } from '../app.ts';
import { startApp } from '../test/harness.ts';
import { person, type TestPerson } from '../test/people.ts';
import { createLocalBus } from './bus.ts';
import { Feeds, SWEEP_MS } from './feeds.ts';
import { QUEUE_LIMIT } from './follower.ts';
import type { Epoch } from './history.ts';
import { createLogSource, readAfter, type RoomEvent } from './log.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const RUNS = 150;
/** More than any follower should need to see a log to its end. */
const MAX_SWEEPS = 20;

const hint = fc.record({
  fate: fc.constantFrom('kept', 'lost', 'doubled'),
  bringsEvent: fc.boolean(),
});

const step = fc.oneof(
  { weight: 5, arbitrary: fc.array(hint, { minLength: 1, maxLength: 5, size: 'max' }) },
  { weight: 1, arbitrary: fc.constant('a crowd') },
  { weight: 4, arbitrary: fc.record({ behind: fc.option(fc.nat(8)), isSlow: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ leaving: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant('a read that fails') },
);

test('followers see the log past their cursors, though hints are lost, doubled, late and out of order', async () => {
  await using server = await startApp();
  const author = await person(server.app, 'ann');
  const steps = fc.array(step, { maxLength: 25, size: 'max' });
  const tally = { runs: 0, events: 0, followers: 0 };

  const property = fc.asyncProperty(fc.scheduler(), steps, async (scheduler, steps) => {
    const world = await createWorld(server.app, author, scheduler);
    const { task } = scheduler.scheduleSequence(steps.map((step) => () => world.take(step)));
    // Not waitIdle: the steps also wait for the database, of which the scheduler knows nothing.
    await scheduler.waitFor(task);
    await world.settle();
    const log = await world.readLog();
    for (const { after, seen } of world.readers) {
      expect(seen).toEqual(log.filter(({ seq }) => seq > after));
    }
    world.close();
    await world.settle();
    expect(world.feeds).toMatchObject({ size: 0, followers: 0 });
    tally.runs++;
    tally.events += log.length;
    tally.followers += world.readers.length;
  });
  await fc.assert(property, { numRuns: RUNS });
  console.log(
    `followers: ${tally.runs} runs, ${tally.events} events, ${tally.followers} followers`,
  );
}, 60_000);

test('one who does not read is served from the database later; the others never are', async () => {
  await using server = await startApp();
  const author = await person(server.app, 'ann');
  const room = await createRoom(server.app);
  const bus = createLocalBus();
  const { log, db } = server.app;
  let reads = 0;
  const pool = {
    query: (statement: pg.QueryConfig) => {
      if (statement.name === 'read-after') reads++;
      return db.pool.query(statement);
    },
  } as unknown as pg.Pool;
  const feeds = new Feeds({ source: createLogSource(pool), epoch: db.history, bus, log });
  const all = { wants: () => true, isLast: () => false };
  const prompt = await feeds.follow(room, null, async () => all);
  const stalled = await feeds.follow(room, null, async () => all);

  // Each has asked for the first, and so is live.
  const first = Promise.all([prompt.next(), stalled.next()]);
  const events = await grow(server.app, author, room, QUEUE_LIMIT * 3);
  const promptly: RoomEvent[] = [];
  for (const event of events) {
    bus.publish(`room:${room}`, { seq: event.seq, event });
    if (event === events[0]) promptly.push((await first)[0].value!);
    else promptly.push((await prompt.next()).value!);
  }
  expect(promptly).toEqual(events);
  expect(reads).toBe(0);

  const late = [(await first)[1].value!];
  while (late.length < events.length) late.push((await stalled.next()).value!);
  expect(late).toEqual(events);
  expect(reads).toBeGreaterThan(0);
  feeds.close();
  expect(feeds).toMatchObject({ size: 0, followers: 0 });
});

test('one that is ended while it waits or reads gives nothing more', async () => {
  await using server = await startApp();
  const author = await person(server.app, 'ann');
  const room = await createRoom(server.app);
  const { feeds } = server.app;
  const all = { wants: () => true, isLast: () => false };
  const waiting = await feeds.follow(room, null, async () => all);
  const next = waiting.next();
  await waiting.return();
  expect(await next).toEqual({ done: true, value: undefined });

  await grow(server.app, author, room, 3);
  const reading = await feeds.follow(room, 0, async () => all);
  const read = reading.next();
  await reading.return();
  expect(await read).toEqual({ done: true, value: undefined });
  expect(feeds).toMatchObject({ size: 0, followers: 0 });
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Reader {
  after: number;
  seen: RoomEvent[];
  stop: () => void;
}

/** One room, its feeds, and a bus and a database whose answers come when the scheduler lets them. */
async function createWorld(app: App, author: TestPerson, scheduler: Scheduler) {
  const room = await createRoom(app);
  const turn = (label: string) => {
    underWay++;
    return scheduler.schedule(Promise.resolve(), label).finally(() => underWay--);
  };
  let failures = 0;
  let underWay = 0;
  const pool = {
    async query(statement: pg.QueryConfig) {
      underWay++;
      const result = app.db.pool.query(statement);
      await scheduler
        .schedule(
          result.then(() => {}),
          statement.name,
        )
        .finally(() => underWay--);
      if (failures > 0) throw new Error(`The read fails, as ${failures-- && 'it should'}.`);
      return result;
    },
  } as unknown as pg.Pool;
  const bus = createLocalBus();
  const { history } = app.db;
  const epoch: Epoch = {
    check() {
      underWay++;
      return history.check().finally(() => underWay--);
    },
    renew: () => history.renew(),
    onChange: (act) => history.onChange(act),
  };
  const feeds = new Feeds({ source: createLogSource(pool), epoch, bus, log: app.log });
  const readers: Reader[] = [];

  async function publish(event: RoomEvent, { fate, bringsEvent }: Hint): Promise<void> {
    if (fate === 'lost') return;
    await turn(`hint ${event.seq}`);
    bus.publish(`room:${room}`, { seq: event.seq, ...(bringsEvent && { event }) });
    if (fate === 'doubled') await publish(event, { fate: 'kept', bringsEvent });
  }

  async function follow(after: number | null, isSlow: boolean): Promise<void> {
    const follower = await feeds.follow(room, after, async (head) => {
      await turn('admission');
      after ??= head;
      return { wants: () => true, isLast: () => false };
    });
    const reader: Reader = { after: after!, seen: [], stop: () => void follower.return() };
    readers.push(reader);
    for await (const event of follower) {
      reader.seen.push(event);
      if (isSlow) await turn('a slow reader');
    }
  }

  return {
    feeds,
    readers,
    async take(step: Step): Promise<void> {
      if (step === 'a read that fails') failures++;
      else if (step === 'a crowd') {
        const events = await grow(app, author, room, QUEUE_LIMIT + 50);
        void turn('a crowd').then(() => {
          for (const event of events) bus.publish(`room:${room}`, { seq: event.seq, event });
        });
      } else if (Array.isArray(step)) {
        const events = await grow(app, author, room, step.length);
        events.forEach((event, index) => void publish(event, step[index]!));
      } else if ('leaving' in step) {
        const [reader] = readers.splice(step.leaving % (readers.length || 1), 1);
        reader?.stop();
      } else {
        const head = await readHead(app, room);
        const after = step.behind === null ? null : Math.max(0, head - step.behind);
        // Whoever asks during a read that fails is refused, and is no follower.
        follow(after, step.isSlow).catch(() => {});
      }
    },
    /** Lets what is under way come to its end and the sweep come round, until all have seen all. */
    async settle() {
      failures = 0;
      const head = await readHead(app, room);
      const isBehind = ({ after, seen }: Reader) => (seen.at(-1)?.seq ?? after) < head;
      for (let round = 0; round < MAX_SWEEPS; round++) {
        await vi.advanceTimersByTimeAsync(SWEEP_MS);
        while (underWay > 0) {
          await scheduler.waitIdle();
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (round > 0 && !readers.some(isBehind)) break;
      }
    },
    readLog: () => readAll(app, room),
    close: () => feeds.close(),
  };
}

type Hint = typeof hint extends fc.Arbitrary<infer T> ? T : never;

async function createRoom({ db }: App): Promise<string> {
  const id = randomUUID();
  await db.prisma.room.create({ data: { id, slug: id, name: id } });
  return id;
}

/** Appends messages in one statement, telling nobody. */
async function grow(
  { db }: App,
  { user }: TestPerson,
  room: string,
  count: number,
): Promise<RoomEvent[]> {
  const { rows } = await db.pool.query<{ first: number }>(
    `WITH room AS (
       UPDATE room SET last_seq = last_seq + $2 WHERE id = $1 RETURNING last_seq
     ), number AS (
       SELECT generate_series(last_seq - $2 + 1, last_seq) AS seq FROM room
     ), event AS (
       INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, message_seq)
       SELECT $1, seq, 'MESSAGE_POSTED', $3, clock_timestamp(), seq FROM number
     ), message AS (
       INSERT INTO message (room_id, seq, author_id, body, idempotency_key, created_at)
       SELECT $1, seq, $3, 'line ' || seq, $1 || ' ' || seq, clock_timestamp() FROM number
     )
     SELECT min(seq) AS first FROM number`,
    [room, count, user.id],
  );
  return readAll({ db }, room, rows[0]!.first - 1);
}

async function readAll({ db }: Pick<App, 'db'>, room: string, after = 0): Promise<RoomEvent[]> {
  const events: RoomEvent[] = [];
  for (;;) {
    const page = await readAfter(db.pool, room, events.at(-1)?.seq ?? after);
    if (page.length === 0) return events;
    events.push(...page);
  }
}

async function readHead({ db }: App, room: string): Promise<number> {
  const { lastSeq } = await db.prisma.room.findUniqueOrThrow({ where: { id: room } });
  return lastSeq;
}
