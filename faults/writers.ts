/**
 * Writers who send one message after another, and each message until it is answered: what the
 * server has acknowledged is written down here, to be looked for in its history.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isWorthRetrying, type Said, send } from '../api/test/said.ts';
import { createSignals } from '../api/test/signals.ts';
import type { Line } from '../api/test/watch.ts';
import type { Member } from './room.ts';

const RETRY_MS = 30;

export interface Writing {
  /** By its idempotency key, what the server said of each message. */
  readonly acknowledged: ReadonlyMap<string, Line>;
  /** By its idempotency key, when that was, by `performance.now()`. */
  readonly acknowledgedAt: ReadonlyMap<string, number>;
  /** How often a send was done again. */
  readonly retries: number;
  /** What was answered that tells no client to try again, though there was nothing wrong with the message. */
  readonly refusals: readonly string[];
  /** Resolves once so many messages are acknowledged. */
  counted(count: number): Promise<void>;
  /** Lets each writer finish what was begun. */
  finish(): Promise<void>;
  /** Lets them go, wherever they are. */
  [Symbol.dispose](): void;
}

export interface WritersOptions {
  members: Member[];
  roomId: string;
  /** The address for each attempt. */
  url: () => string;
  /** How many messages are written in all; without it, until `finish`. */
  limit?: number;
  /** Waited for before message `number` (from 0) is sent. */
  pace?: (number: number) => Promise<unknown> | void;
  /** Does one send; that over HTTP where it is left out. */
  post?: (said: Said, body: string, key: string) => Promise<Line>;
}

export function startWriters({
  members,
  roomId,
  url,
  limit = Number.POSITIVE_INFINITY,
  pace = () => {},
  post = send,
}: WritersOptions): Writing {
  const acknowledged = new Map<string, Line>();
  const acknowledgedAt = new Map<string, number>();
  const { when, tell, fail } = createSignals();
  let begun = 0;
  let isOver = false;
  let isGone = false;
  const writing = { retries: 0, refusals: [] as string[] };

  async function write({ token, name }: Member): Promise<void> {
    while (!isOver && !isGone && begun < limit) {
      const number = begun++;
      await pace(number);
      const key = `${name}.${number}`;
      while (!isGone) {
        try {
          acknowledged.set(key, await post({ url: url(), token, roomId }, `line ${key}`, key));
          break;
        } catch (error) {
          writing.retries++;
          if (!isWorthRetrying(error)) writing.refusals.push((error as Error).message);
          await sleep(RETRY_MS);
        }
      }
      acknowledgedAt.set(key, performance.now());
      tell();
    }
  }

  const all = Promise.all(members.map(write));
  all.catch(fail);
  return Object.assign(writing, {
    acknowledged,
    acknowledgedAt,
    counted: (count: number) => when(() => acknowledged.size >= count),
    async finish() {
      if (limit === Number.POSITIVE_INFINITY) isOver = true;
      await all;
    },
    [Symbol.dispose]() {
      isGone = true;
    },
  });
}
