import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Refusal } from './errors.ts';

/** What is limited: how many points within how many seconds, per key. */
const LIMITS = {
  /** Failed log-ins to one account; a success clears them. */
  logInToAccount: { points: 10, duration: 15 * 60 },
  /** Failed log-ins from one address, whatever the account. */
  logInFromAddress: { points: 50, duration: 15 * 60 },
  /** Accounts made from one address. */
  registerFromAddress: { points: 20, duration: 60 * 60 },
} as const;

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

/** Limits kept in memory, each process for itself; with `on` false they let everything pass. */
export function createLimits(on: boolean): Limits {
  if (!on) return { take: nothing, giveBack: nothing, clear: nothing };
  const limiters = Object.fromEntries(
    Object.entries(LIMITS).map(([name, limit]) => [name, new RateLimiterMemory(limit)]),
  ) as Record<Limit, RateLimiterMemory>;
  return {
    async take(limit, key) {
      try {
        await limiters[limit].consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw new Refusal('RATE_LIMITED', `Too many attempts. ${whenToRetry(error.msBeforeNext)}`, {
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

async function nothing(): Promise<void> {}

function whenToRetry(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes === 1 ? 'Try again in a minute.' : `Try again in ${minutes} minutes.`;
}
