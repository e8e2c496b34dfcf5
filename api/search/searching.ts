/**
 * The connections that searches may have: a few of the pool's, so that a crowd that searches keeps nobody from
 * sending. Those that come too late for one wait, up to so many; each ends within a time limit.
 */
import pLimit from 'p-limit';
import type pg from 'pg';
import type { Db } from '../db.ts';
import { Refusal } from '../errors.ts';

const POOL_SHARE = 1 / 4;
const MAX_WAITING = 100;
const TIMEOUT_MS = 2_000;

/** Compiling a plan, or starting workers for it, takes longer than any search should. */
const SETTINGS = `
  BEGIN READ ONLY;
  SET LOCAL jit = off;
  SET LOCAL max_parallel_workers_per_gather = 0;
  SET LOCAL statement_timeout = ${TIMEOUT_MS}`;

export interface Searching {
  /** @throws Refusal UNAVAILABLE where too many wait, and for what takes too long. */
  read<T>(search: (client: pg.ClientBase) => Promise<T>): Promise<T>;
}

export function createSearching({ pool }: Db): Searching {
  const limit = pLimit(Math.max(1, Math.floor(pool.options.max * POOL_SHARE)));
  return {
    async read(search) {
      if (limit.pendingCount >= MAX_WAITING) {
        throw new Refusal('UNAVAILABLE', 'Too many are searching: try again in a moment.');
      }
      return limit(() => readWithin(pool, search));
    },
  };
}

async function readWithin<T>(
  pool: pg.Pool,
  search: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(SETTINGS);
    return await search(client);
  } catch (error) {
    if ((error as { code?: string }).code !== '57014') throw error;
    throw new Refusal('UNAVAILABLE', 'The search took too long: say more, or name a room.');
  } finally {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
}
