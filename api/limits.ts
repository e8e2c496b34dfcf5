import {
  type RateLimiterAbstract,
  RateLimiterCluster,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { Refusal } from './errors.ts';
import type { RedisLink } from './redis.ts';

/** What is limited: how many points within how many seconds, per key. */
const LIMITS = {
  /** Failed log-ins to one account; a success clears them. */
  logInToAccount: { points: 10, duration: 15 * 60 },
  /** Failed log-ins from one address, whatever the account. */
  logInFromAddress: { points: 50, duration: 15 * 60 },
  /** Accounts made from one address. */
  registerFromAddress: { points: 20, duration: 60 * 60 },
  /** Wrong passwords of somebody who is logged in; a right one clears them. */
  confirmPassword: { points: 10, duration: 15 * 60 },
  /** New passwords by codes from one address. */
  resetPassword: { points: 30, duration: 15 * 60 },
  /** Changes of a person's username. */
  changeUsername: { points: 1, duration: 60 * 60 },
  /** Searches of a person, who may search while they type. */
  search: { points: 120, duration: 60 },
  /** Operations of a person, or from an address where nobody is logged in. */
  operate: { points: 1_200, duration: 60 },
  /** Browsers that somebody has told of for push. */
  subscribeToPush: { points: 30, duration: 60 * 60 },
  /** Test notifications of a person. */
  testPush: { points: 10, duration: 10 * 60 },
  /** What a person says of their typing; each goes to all processes. */
  type: { points: 20, duration: 10 },
  /** Messages that somebody reports. */
  report: { points: 30, duration: 60 * 60 },
  /** Exports that one person asks for. */
  export: { points: 10, duration: 60 * 60 },
  /** Files that one person uploads. */
  upload: { points: 600, duration: 60 * 60 },
} as const;

/** Too frequent to be asked of anybody else: each process counts them for itself. */
const COUNTED_HERE: readonly Limit[] = ['operate', 'type', 'search'];

export type Limit = keyof typeof LIMITS;

export interface Limits {
  /**
   * Takes a point, before the work that it pays for.
   * @throws Refusal RATE_LIMITED where none is left.
   */
  take(limit: Limit, key: string): Promise<void>;
  /** Gives a point back that was taken for what turned out well. */
  giveBack(limit: Limit, key: string): Promise<void>;
  /** Gives a key all its points back. */
  clear(limit: Limit, key: string): Promise<void>;
}

/** Where the points are counted: by this process, by the primary for its workers, or by Redis. */
export type Counting = 'here' | 'primary' | { redis: RedisLink; scope: string };

/** With `on` false the limits let everything pass. */
export function createLimits(on: boolean, counting: Counting): Limits {
  if (!on) return { take: nothing, giveBack: nothing, clear: nothing };
  const limiters = Object.fromEntries(
    Object.keys(LIMITS).map((name) => [name, createLimiter(name as Limit, counting)]),
  ) as Record<Limit, RateLimiterAbstract>;
  return {
    async take(limit, key) {
      try {
        await limiters[limit].consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw new Refusal('RATE_LIMITED', `Too much at once. ${whenToRetry(error.msBeforeNext)}`, {
          retryAfterMs: error.msBeforeNext,
        });
      }
    },
    async giveBack(limit, key) {
      await limiters[limit].reward(key, 1);
    },
    async clear(limit, key) {
      await limiters[limit].delete(key);
    },
  };
}

function createLimiter(name: Limit, counting: Counting): RateLimiterAbstract {
  const limit = { ...LIMITS[name], keyPrefix: name };
  if (counting === 'here' || COUNTED_HERE.includes(name)) return new RateLimiterMemory(limit);
  if (counting === 'primary') return new RateLimiterCluster(limit);
  const { redis, scope } = counting;
  return new RateLimiterRedis({
    ...limit,
    keyPrefix: `parley:${scope}:limit:${name}`,
    storeClient: redis.commands,
    // While Redis is away each process counts for itself.
    insuranceLimiter: new RateLimiterMemory(limit),
  });
}

async function nothing(): Promise<void> {}

function whenToRetry(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes === 1 ? 'Try again in a minute.' : `Try again in ${minutes} minutes.`;
}
