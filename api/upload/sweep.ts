/**
 * Removes files that nobody will ever ask for: those that were uploaded and not sent, and bytes whose row
 * is gone, as of a deleted room, or was never written, as where a process was killed. Every process
 * has the timer, and the database lets one of them sweep.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db.ts';
import type { Logger } from '../log.ts';
import type { Storage } from './storage.ts';

const SWEEP_MS = 60 * 60 * 1000;
/** How long a file may wait to be sent. */
const UNSENT_TTL_MS = 24 * 60 * 60 * 1000;
/** Bytes without a row may be about to get one. */
const UNKNOWN_TTL_MS = 60 * 60 * 1000;
/** Any number of our own. */
export const SWEEP_LOCK = 7_275_541;
const PAGE_SIZE = 500;
/** How long the end of a server waits for a sweep. */
const STOP_TIMEOUT_MS = 2_000;

export interface Sweeping {
  db: Db;
  storage: Storage;
  log: Logger;
}

/** Returns what ends it, once a sweep that is under way has. */
export function sweepFilesRegularly(parts: Sweeping): () => Promise<void> {
  let sweeping = Promise.resolve();
  const sweep = () => {
    sweeping = sweepFiles(parts).catch((error: unknown) => {
      parts.log.warn({ err: error }, 'The sweep of the files failed');
    });
  };
  const timer = setInterval(sweep, SWEEP_MS).unref();
  return async () => {
    clearInterval(timer);
    await Promise.race([sweeping, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  };
}

/** One sweep, unless another process is at it. */
export async function sweepFiles({ db, storage }: Sweeping, now = new Date()): Promise<void> {
  const before = (ms: number) => new Date(now.getTime() - ms);
  const client = await db.pool.connect();
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      `SELECT pg_try_advisory_lock(${SWEEP_LOCK}) AS mine`,
    );
    if (!rows[0]!.mine) return;
    try {
      const unsent = await client.query<{ id: string }>(
        'DELETE FROM file WHERE message_seq IS NULL AND created_at < $1 RETURNING id',
        [before(UNSENT_TTL_MS)],
      );
      await storage.remove(unsent.rows.map(({ id }) => id));
      const removeUnknown = async (ids: string[]) => {
        const known = await client.query<{ id: string }>(
          `SELECT id FROM file WHERE id = ANY($1::uuid[])
           UNION ALL SELECT avatar_id FROM "user" WHERE avatar_id = ANY($1::uuid[])
           UNION ALL SELECT logo_id FROM server_settings WHERE logo_id = ANY($1::uuid[])`,
          [ids],
        );
        const kept = new Set(known.rows.map(({ id }) => id));
        await storage.remove(ids.filter((id) => !kept.has(id)));
      };
      const page: string[] = [];
      for await (const id of storage.storedBefore(before(UNKNOWN_TTL_MS))) {
        page.push(id);
        if (page.length === PAGE_SIZE) await removeUnknown(page.splice(0));
      }
      await removeUnknown(page);
      await storage.removeScratchBefore(before(UNKNOWN_TTL_MS));
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${SWEEP_LOCK})`);
    }
  } finally {
    client.release();
  }
}
