/**
 * The bus of several processes, over Redis.
 *
 * Listeners of this process are told directly, and what Redis brings back of our own is left out: so
 * they hear at once and once, also while Redis is away. For the others there is one subscription in
 * Redis for each topic that is listened to here. Redis forgets what it cannot deliver: nothing is
 * kept for later, and after a connection that broke all topics are subscribed anew on a new one, and
 * then whoever relies on hints is told of the gap.
 */
import { randomBytes } from 'node:crypto';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import type { RedisLink } from '../redis.ts';
import { type Bus, createLocalBus, type Hint, type Topic } from './bus.ts';
import type { Packing } from './packing.ts';

/** Names this process at the head of what it publishes. */
const NAME_BYTES = 8;
/** What may be on its way to Redis; past it hints are left out. */
const MOST_PENDING = 4_096;
const RECONNECT_MS = 500;

/**
 * @param scope names the server among those that use the same Redis: its processes share it, and
 * the hints of another history must not reach it.
 */
export function createRedisBus(redis: RedisLink, scope: string, { pack, unpack }: Packing): Bus {
  const name = randomBytes(NAME_BYTES);
  const asks = new Set<() => void>();
  const wanted = new Set<Topic>();
  let line: SubscriberLine | null = null;
  let subscriber: Redis;
  let timer: NodeJS.Timeout | undefined;
  let pending = 0;
  let isClosed = false;

  const channelOf = (topic: Topic) => `parley:${scope}:${topic}`;
  const local = createLocalBus({
    opened(topic) {
      wanted.add(topic);
      void line?.settle(topic);
    },
    closed(topic) {
      wanted.delete(topic);
      void line?.settle(topic);
    },
  });

  connect();

  function connect(): void {
    const connection = redis.createSubscriber();
    subscriber = connection;
    const pubsub = new RedisPubSub({
      publisher: redis.commands,
      subscriber: withoutLooseEnds(connection),
      messageEventName: 'messageBuffer',
      pmessageEventName: 'pmessageBuffer',
      deserializer: (bytes) => read(bytes as Buffer),
    });
    const own = new SubscriberLine(wanted, {
      subscribe: (topic) =>
        pubsub.subscribe(channelOf(topic), (hint?: Hint) => {
          if (hint !== undefined) local.publish(topic, hint);
        }),
      unsubscribe: (id) => pubsub.unsubscribe(id),
    });
    connection.once('ready', async () => {
      line = own;
      await Promise.all([...wanted].map((topic) => own.settle(topic)));
      if (line === own) for (const ask of asks) ask();
    });
    connection.once('end', () => {
      if (line === own) line = null;
      if (!isClosed) timer = setTimeout(connect, RECONNECT_MS).unref();
    });
  }

  /** What others have published; undefined for our own. */
  function read(bytes: Buffer): Hint | undefined {
    if (name.equals(bytes.subarray(0, NAME_BYTES))) return undefined;
    return unpack(bytes.subarray(NAME_BYTES));
  }

  return {
    ...local,
    publish(topic, hint) {
      local.publish(topic, hint);
      if (pending >= MOST_PENDING || redis.commands.status !== 'ready') return;
      pending++;
      const done = () => pending--;
      redis.commands.publish(channelOf(topic), Buffer.concat([name, pack(hint)])).then(done, done);
    },
    onGap: (ask) => void asks.add(ask),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      subscriber.disconnect();
      await local.close();
    },
  };
}

interface Subscriptions {
  /** Does not resolve where the connection breaks. */
  subscribe(topic: Topic): Promise<number>;
  unsubscribe(id: number): void;
}

/** One connection's subscriptions, which follow what is wanted; one step at a time for each topic. */
class SubscriberLine {
  readonly #wanted: ReadonlySet<Topic>;
  readonly #subscriptions: Subscriptions;
  readonly #ids = new Map<Topic, number>();
  readonly #busy = new Set<Topic>();

  constructor(wanted: ReadonlySet<Topic>, subscriptions: Subscriptions) {
    this.#wanted = wanted;
    this.#subscriptions = subscriptions;
  }

  /** Subscribes or unsubscribes; the library takes no unsubscribing before it has subscribed. */
  async settle(topic: Topic): Promise<void> {
    if (this.#busy.has(topic)) return;
    this.#busy.add(topic);
    while (this.#wanted.has(topic) !== this.#ids.has(topic)) {
      if (this.#wanted.has(topic)) {
        this.#ids.set(topic, await this.#subscriptions.subscribe(topic));
      } else {
        this.#subscriptions.unsubscribe(this.#ids.get(topic)!);
        this.#ids.delete(topic);
      }
    }
    this.#busy.delete(topic);
  }
}

type OnChannel = (channel: string) => Promise<unknown>;

/**
 * The library lets go of promises, and a rejection that nobody catches would end the process. What
 * fails here ends the connection, on which nothing more is heard; the next one begins anew.
 */
function withoutLooseEnds(subscriber: Redis): Redis {
  const subscribe = subscriber.subscribe.bind(subscriber) as OnChannel;
  const unsubscribe = subscriber.unsubscribe.bind(subscriber) as OnChannel;
  let hasGivenUp = false;
  const giveUp = () => {
    if (!hasGivenUp) subscriber.disconnect();
    hasGivenUp = true;
  };
  return Object.assign(subscriber, {
    subscribe: (channel: string, done: () => void) => subscribe(channel).then(() => done(), giveUp),
    unsubscribe: (channel: string) => unsubscribe(channel).catch(giveUp),
    // There are no patterns.
    punsubscribe: async () => {},
  });
}
