/** What every bus promises, whatever carries it; and what each of them leaves behind. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, test, type TestContext } from 'vitest';
import { createLog } from '../log.ts';
import { openRedis } from '../redis.ts';
import { skipWithoutRedis, startRedis, type TestRedis } from '../test/redis.ts';
import { type Bus, createLocalBus, type Hint, type Topic, tellingOfRooms } from './bus.ts';
import { createPacking, MAX_PACKED_BYTES } from './packing.ts';
import { createRedisBus } from './redis-bus.ts';
import { createRelay, createWorkerBus, type Line, type Relay } from './worker-bus.ts';

const ROOM = 'room:1';
const OTHER_ROOM = 'room:2';
const SESSION = 'session:1';
const RELEASE = '1.2.3';

const log = createLog('silent');

/** The buses of some processes of one server. */
interface Processes {
  buses: Bus[];
  /** How many processes a topic's hints are carried to. */
  carriedTo(topic: Topic): Promise<number>;
  close(): Promise<void>;
}

const KINDS: Record<string, (context: TestContext) => Promise<Processes>> = {
  'the local bus': async () => {
    const topics = new Set<Topic>();
    const watch = {
      opened: (topic: Topic) => void topics.add(topic),
      closed: (topic: Topic) => void topics.delete(topic),
    };
    const bus = createLocalBus(watch);
    const carriedTo = async (topic: Topic) => (topics.has(topic) ? 1 : 0);
    return { buses: [bus], carriedTo, close: bus.close };
  },
  'the workers’ bus': async () => {
    const relay = createRelay();
    const workers = [1, 2, 3].map(() => startWorker(relay));
    return {
      buses: workers.map(({ bus }) => bus),
      carriedTo: async (topic) => relay.listeners(topic),
      async close() {
        for (const worker of workers) await worker.close();
      },
    };
  },
  'the Redis bus': async (context) => {
    skipWithoutRedis(context);
    const redis = await startRedis();
    const buses = await Promise.all([1, 2, 3].map(() => startRedisBus(redis)));
    return {
      buses,
      carriedTo: (topic) => subscribers(redis, topic),
      async close() {
        for (const bus of buses) await bus.close();
        await redis[Symbol.asyncDispose]();
      },
    };
  },
};

describe.for(Object.entries(KINDS))('%s', ([, start]) => {
  test('tells its own listeners before publish returns, and once', async (context) => {
    await using processes = disposable(await start(context));
    const bus = processes.buses[0]!;
    const heard: Hint[] = [];
    bus.listen(ROOM, (hint) => heard.push(hint));
    bus.listen(ROOM, (hint) => heard.push(hint));
    await expect.poll(() => processes.carriedTo(ROOM)).toBe(1);
    bus.publish(ROOM, { seq: 1 });
    expect(heard).toEqual([{ seq: 1 }, { seq: 1 }]);
    bus.publish(OTHER_ROOM, { seq: 9 });
    // What comes back by way of the others comes before what is said after it.
    await passOnce(processes);
    expect(heard).toEqual([{ seq: 1 }, { seq: 1 }]);
  });

  test('tells all others who listen to the topic, in order, and nobody else', async (context) => {
    await using processes = disposable(await start(context));
    const { buses, carriedTo } = processes;
    const heard = buses.map(() => [] as unknown[]);
    buses.forEach((bus, index) => bus.listen(ROOM, ({ seq }) => heard[index]!.push(seq)));
    const elsewhere: unknown[] = [];
    buses.at(-1)!.listen(OTHER_ROOM, ({ seq }) => elsewhere.push(seq));
    await expect.poll(() => carriedTo(ROOM)).toBe(buses.length);
    await expect.poll(() => carriedTo(OTHER_ROOM)).toBe(1);
    await passOnce(processes);
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    for (const seq of numbers) buses[0]!.publish(ROOM, { seq });
    await expect.poll(() => heard).toEqual(buses.map(() => numbers));
    expect(elsewhere).toEqual([]);
  });

  test('tells of a session that has ended', async (context) => {
    await using processes = disposable(await start(context));
    const { buses, carriedTo } = processes;
    const heard: Hint[] = [];
    buses.at(-1)!.listen(SESSION, (hint) => heard.push(hint));
    await expect.poll(() => carriedTo(SESSION)).toBe(1);
    await passOnce(processes);
    buses[0]!.publish(SESSION, null);
    await expect.poll(() => heard).toEqual([null]);
  });

  test('brings an event as it was, dates and all', async (context) => {
    await using processes = disposable(await start(context));
    const { buses, carriedTo } = processes;
    const event = {
      kind: 'MESSAGE_POSTED',
      actor: { displayName: 'Änn 🌱', createdAt: new Date(1) },
      createdAt: new Date('2026-11-21T10:00:00.123Z'),
      message: { body: '“Grüße”\u0000\n2026-11-21T10:00:00.123Z', editedAt: null },
    };
    const heard: Hint[] = [];
    buses.at(-1)!.listen(ROOM, (hint) => heard.push(hint));
    await expect.poll(() => carriedTo(ROOM)).toBe(1);
    await passOnce(processes);
    buses[0]!.publish(ROOM, { seq: 7, event });
    await expect.poll(() => heard).toStrictEqual([{ seq: 7, event }]);
  });

  test('that is listened to and left again and again carries what is listened to at the end', async (context) => {
    await using processes = disposable(await start(context));
    const { buses, carriedTo } = processes;
    const bus = buses.at(-1)!;
    const heard: Hint[] = [];
    for (let round = 0; round < 200; round++) {
      bus.listen(OTHER_ROOM, () => {})();
      bus.listen(`room:${round + 10}`, () => {})();
      const leave = bus.listen(ROOM, (hint) => heard.push(hint));
      if (round % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (round < 199) leave();
    }
    await expect.poll(() => carriedTo(ROOM)).toBe(1);
    await expect.poll(() => carriedTo(OTHER_ROOM)).toBe(0);
    for (let round = 0; round < 200; round += 33) {
      await expect.poll(() => carriedTo(`room:${round + 10}`)).toBe(0);
    }
    expect([...bus.topics()]).toEqual([ROOM]);
    await passOnce(processes);
    buses[0]!.publish(ROOM, { seq: 1 });
    await expect.poll(() => heard).toEqual([{ seq: 1 }]);
  });

  test('carries a topic until its last listener has left', async (context) => {
    await using processes = disposable(await start(context));
    const { buses, carriedTo } = processes;
    const [one, two] = [1, 2].map(() => buses[0]!.listen(ROOM, () => {}));
    await expect.poll(() => carriedTo(ROOM)).toBe(1);
    one!();
    one!();
    await passOnce(processes);
    expect(await carriedTo(ROOM)).toBe(1);
    two!();
    await expect.poll(() => carriedTo(ROOM)).toBe(0);
  });
});

describe('a packed hint', () => {
  const { pack, unpack } = createPacking(RELEASE);
  const event = { body: 'hello', createdAt: new Date() };

  test('leaves a large event out', () => {
    expect(unpack(pack({ seq: 1, event }))).toStrictEqual({ seq: 1, event });
    const large = { ...event, body: 'x'.repeat(MAX_PACKED_BYTES) };
    expect(unpack(pack({ seq: 1, event: large }))).toStrictEqual({ seq: 1 });
    expect(pack({ seq: 1, event: large }).length).toBeLessThan(100);
  });

  test('of another release is read without its event', () => {
    const other = createPacking('1.2.4');
    expect(other.unpack(pack({ seq: 1, event }))).toStrictEqual({ seq: 1 });
  });

  test.each(['', 'hello', '{"seq":1}'])('is not what %j is', (text) => {
    expect(unpack(Buffer.from(text))).toBeUndefined();
  });
});

test('a worker is told of the gap before what it has begun to listen to', async () => {
  const relay = createRelay();
  const worker = startWorker(relay);
  const gap = Promise.withResolvers<Topic[]>();
  worker.bus.onGap((topics) => gap.resolve([...topics]));
  for (const topic of [ROOM, SESSION] as const) worker.bus.listen(topic, () => {});
  expect(await gap.promise).toEqual([ROOM, SESSION]);
  await worker.close();
});

test('a worker that has gone is told nothing more', async () => {
  const relay = createRelay();
  const [gone, stays] = [startWorker(relay), startWorker(relay)];
  for (const { bus } of [gone, stays]) bus.listen(ROOM, () => {});
  await expect.poll(() => relay.listeners(ROOM)).toBe(2);
  await gone.close();
  expect(relay.listeners(ROOM)).toBe(1);
  await stays.close();
});

test('a worker that takes no more is left out, and the others are not', async () => {
  const relay = createRelay();
  const workers = [1, 2, 3].map(() => startWorker(relay));
  const [from, busy, idle] = workers;
  const heard: number[] = [];
  busy!.bus.listen(ROOM, ({ seq }) => heard.push(-seq));
  idle!.bus.listen(ROOM, ({ seq }) => heard.push(seq));
  await expect.poll(() => relay.listeners(ROOM)).toBe(2);
  busy!.isBusy = true;
  from!.bus.publish(ROOM, { seq: 1 });
  await expect.poll(() => heard).toEqual([1]);
  busy!.isBusy = false;
  from!.bus.publish(ROOM, { seq: 2 });
  await expect.poll(() => heard.toSorted()).toEqual([-2, 1, 2]);
  for (const worker of workers) await worker.close();
});

describe('without Redis the Redis bus', () => {
  test('tells its own listeners, begins when Redis comes, and says that there was a gap', async (context) => {
    skipWithoutRedis(context);
    await using redis = await startRedis();
    await redis.kill();
    const [one, other] = [await startRedisBus(redis), await startRedisBus(redis)];
    const heard: number[] = [];
    one.listen(ROOM, ({ seq }) => heard.push(seq));
    other.listen(ROOM, ({ seq }) => heard.push(-seq));
    one.publish(ROOM, { seq: 1 });
    expect(heard).toEqual([1]);

    const gap = Promise.withResolvers<Topic[]>();
    other.onGap((topics) => gap.resolve([...topics]));
    await redis.start();
    expect(await gap.promise).toEqual([ROOM]);
    await publishUntil(one, ROOM, 2, () => heard.includes(-2));
    for (const bus of [one, other]) await bus.close();
  });

  test('loses what is said meanwhile, keeps none of it, and carries what is listened to by then', async (context) => {
    skipWithoutRedis(context);
    await using redis = await startRedis();
    const [one, other] = [await startRedisBus(redis), await startRedisBus(redis)];
    const heard: number[] = [];
    const leave = other.listen(OTHER_ROOM, () => {});
    other.listen(ROOM, ({ seq }) => heard.push(seq));
    await expect.poll(() => subscribers(redis, OTHER_ROOM)).toBe(1);
    await expect.poll(() => subscribers(redis, ROOM)).toBe(1);
    for (let restart = 1; restart <= 3; restart++) {
      const gap = Promise.withResolvers<void>();
      other.onGap(() => gap.resolve());
      await redis.kill();
      leave();
      for (let round = 0; round < 100; round++) other.listen(`room:${round + 10}`, () => {})();
      for (let seq = 100; seq < 20_000; seq++) one.publish(ROOM, { seq });
      await redis.start();
      await gap.promise;
      await publishUntil(one, ROOM, restart, () => heard.includes(restart));
    }
    expect(Math.max(...heard)).toBeLessThan(100);
    expect(await redis.ask('PUBSUB', 'CHANNELS', '*')).toEqual([channel(ROOM)]);
    for (const bus of [one, other]) await bus.close();
    await expect.poll(() => redis.ask('PUBSUB', 'CHANNELS', '*')).toEqual([]);
  });

  test('notices a Redis that hangs, and finds it again', { timeout: 60_000 }, async (context) => {
    skipWithoutRedis(context);
    await using redis = await startRedis();
    const [one, other] = [await startRedisBus(redis), await startRedisBus(redis)];
    const heard: number[] = [];
    other.listen(ROOM, ({ seq }) => heard.push(seq));
    await expect.poll(() => subscribers(redis, ROOM)).toBe(1);
    const gap = Promise.withResolvers<void>();
    redis.signal('SIGSTOP');
    other.onGap(() => gap.resolve());
    await expect.poll(() => one.link.isConnected, { timeout: 20_000 }).toBe(false);
    for (let seq = 100; seq < 20_000; seq++) one.publish(ROOM, { seq });
    redis.signal('SIGCONT');
    await gap.promise;
    await publishUntil(one, ROOM, 1, () => heard.includes(1));
    for (const bus of [one, other]) await bus.close();
  });
});

const disposable = (processes: Processes) => ({
  ...processes,
  [Symbol.asyncDispose]: () => processes.close(),
});

/**
 * Resolves once a hint of each bus has reached every other. Again and again, for the first one may
 * come together with Redis's answer, before which nothing is heard.
 */
async function passOnce({ buses }: Processes): Promise<void> {
  const heard = buses.map(() => new Set<number>());
  const leaves = buses.map((bus, index) =>
    bus.listen('room:pass', ({ seq }) => heard[index]!.add(seq)),
  );
  await expect
    .poll(() => {
      for (const [seq, bus] of buses.entries()) bus.publish('room:pass', { seq });
      return heard.map(({ size }) => size);
    })
    .toEqual(buses.map(() => buses.length));
  for (const leave of leaves) leave();
}

/** Publishes until it has come through: whoever publishes may find Redis later than who listens. */
async function publishUntil(bus: Bus, topic: `room:${string}`, seq: number, has: () => boolean) {
  await expect
    .poll(
      () => {
        bus.publish(topic, { seq });
        return has();
      },
      { timeout: 10_000 },
    )
    .toBe(true);
}

async function startRedisBus(redis: TestRedis) {
  const link = await openRedis(redis.url, log);
  const bus = createRedisBus(link, 'test', createPacking(RELEASE));
  return {
    ...bus,
    link,
    async close() {
      await bus.close();
      await link.close();
    },
  };
}

const channel = (topic: Topic) => `parley:test:${topic}`;

async function subscribers(redis: TestRedis, topic: Topic): Promise<number> {
  const answer = (await redis.ask('PUBSUB', 'NUMSUB', channel(topic))) as [string, number];
  return Number(answer[1]);
}

/** A worker's bus whose way to the primary clones messages, as that between processes does. */
function startWorker(relay: Relay) {
  const { port1, port2 } = new MessageChannel();
  const worker = { isBusy: false };
  const leave = relay.add(lineOf(port1, worker));
  const bus = createWorkerBus(lineOf(port2, { isBusy: false }), createPacking(RELEASE));
  return Object.assign(worker, {
    bus,
    async close() {
      leave();
      port1.close();
      await bus.close();
    },
  });
}

function lineOf(port: MessagePort, state: { isBusy: boolean }): Line {
  return {
    send: (message) => port.postMessage(message),
    get isBusy() {
      return state.isBusy;
    },
    onMessage: (hear) => void port.on('message', hear),
  };
}

test('of the rooms that this process writes in is told, and not of those that others do', () => {
  const carrier = createLocalBus();
  const told: string[] = [];
  const bus = tellingOfRooms(carrier, (roomId) => told.push(roomId));
  const heard: number[] = [];
  bus.listen('room:ours', ({ seq }) => heard.push(seq));
  bus.publish('room:ours', { seq: 1 });
  bus.publish('session:somebody', null);
  carrier.publish('room:theirs', { seq: 1 });
  expect(told).toEqual(['ours']);
  expect(heard).toEqual([1]);
});
