/**
 * The connection to Redis. It may be away, at the start and later: commands then fail at once, and
 * it is sought until it is there. Only one that can never serve refuses the start.
 */
import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import { StartupError } from './errors.ts';
import type { Logger } from './log.ts';

/** How long a start waits for Redis before it goes on without. */
const START_WAIT_MS = 2_000;
/** A Redis that does not answer is one that is away. */
const COMMAND_TIMEOUT_MS = 2_000;
const PING_EVERY_MS = 5_000;
const RETRY_MOST_MS = 1_000;

export interface RedisLink {
  /** For commands: those given while Redis is away fail, and nothing is queued. */
  commands: Redis;
  /** A connection for subscriptions, not yet connected, that does not come back by itself. */
  createSubscriber(): Redis;
  readonly isConnected: boolean;
  close(): Promise<void>;
}

/**
 * Connects to Redis, or goes on without where it is away.
 * @throws StartupError where what answers there is no Redis, or does not let us in.
 */
export async function openRedis(url: string, log: Logger): Promise<RedisLink> {
  const commands = new Redis(url, {
    ...OPTIONS,
    // Whatever waits for an answer when the connection breaks has failed.
    maxRetriesPerRequest: 0,
    retryStrategy: (attempts) => Math.min(attempts * 50, RETRY_MOST_MS),
  });
  const place = describe(url);
  const refusal = refusalOf(commands);
  const started = once(commands, 'ready', { signal: AbortSignal.timeout(START_WAIT_MS) });
  try {
    await Promise.race([started, refusal.promise]);
    // A user of Redis may be let in and kept from all channels.
    await Promise.race([commands.publish('parley:start', ''), refusal.promise]);
  } catch (error) {
    if (isFinal(error)) {
      commands.disconnect();
      throw new StartupError(
        `Redis at ${place} cannot be used (${(error as Error).message}): correct REDIS_URL.`,
      );
    }
  }
  refusal.stop();
  let isConnected = commands.status === 'ready';
  const report = (now: boolean) => {
    if (now === isConnected) return;
    isConnected = now;
    if (now) log.info(`Redis at ${place} is back`);
    else log.warn(AWAY(place));
  };
  if (!isConnected) log.warn(AWAY(place));
  commands.on('ready', () => report(true)).on('close', () => report(false));
  const stopPinging = keepAlive(commands);
  let isClosing = false;
  return {
    commands,
    createSubscriber() {
      const subscriber = commands.duplicate({ ...OPTIONS, retryStrategy: () => null });
      const stop = keepAlive(subscriber);
      return subscriber.on('error', () => {}).on('end', stop);
    },
    get isConnected() {
      return isConnected;
    },
    async close() {
      if (isClosing) return;
      isClosing = true;
      stopPinging();
      commands.removeAllListeners('close');
      // Gives what has just been published the time to leave.
      await commands.quit().catch(() => commands.disconnect());
    },
  };
}

const OPTIONS: RedisOptions = {
  lazyConnect: false,
  enableOfflineQueue: false,
  // The library's own way leaves a promise behind that nobody catches.
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectionName: 'parley',
  disableClientInfo: true,
};

const AWAY = (place: string) =>
  `Redis at ${place} is away: this process hears of others up to a second late until it is back`;

/** Rejects with the first error that no waiting would mend. */
function refusalOf(redis: Redis) {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const hear = (error: Error) => {
    if (isFinal(error)) reject(error);
  };
  redis.on('error', hear);
  return {
    promise,
    stop() {
      // Errors of later attempts are told by the state of the connection.
      redis.on('error', () => {}).off('error', hear);
    },
  };
}

/** What Redis answers to strangers, what is no answer of Redis, and TLS where there is none. */
function isFinal(error: unknown): boolean {
  const { name, message = '', code = '' } = error as Error & { code?: string };
  if (/LOADING|MASTERDOWN|TRYAGAIN|max number of clients/.test(message)) return false;
  return (
    /NOAUTH|WRONGPASS|NOPERM|ERR (invalid|DB index|AUTH)|^Protocol error/.test(message) ||
    name === 'ParserError' ||
    /^(EPROTO|ERR_(SSL|TLS)|.*CERT)/.test(code)
  );
}

/** Notices a connection whose other end has gone without a word, or hangs. */
function keepAlive(redis: Redis): () => void {
  const timer = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => redis.disconnect(true));
  }, PING_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** The address without the password. */
function describe(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname === '/' ? '' : pathname}`;
}
