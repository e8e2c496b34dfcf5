/**
 * Looks which rooms have something to notify of: those that this process has told others of, a moment later, by when
 * whoever reads along has read; and now and then all rooms, for what was posted by a process that
 * ended too soon. Whoever sends waits for none of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from '../log.ts';

const DELAY_MS = 2_000;
/** A start is quicker without. */
const FIRST_SWEEP_MS = 1_000;
const SWEEP_MS = 10_000;
/** What is younger is left to the process that posted it. */
const SWEEP_AGE_MS = 5_000;
/** How long the end of a server waits for what is being looked at. */
const STOP_TIMEOUT_MS = 2_000;

export interface LookoutOptions {
  pool: pg.Pool;
  log: Logger;
  /** Done more than once for a room, also at the same time as by another process, it must notify once. */
  notify: (roomId: string) => Promise<void>;
}

export class Lookout {
  readonly #options: LookoutOptions;
  #posted = new Set<string>();
  #delay: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: LookoutOptions) {
    this.#options = options;
    this.#sweep = setTimeout(() => this.#sweepAll(), FIRST_SWEEP_MS).unref();
  }

  /** Something has happened in a room. */
  note(roomId: string): void {
    this.#posted.add(roomId);
    this.#delay ??= setTimeout(() => this.#lookAtPosted(), DELAY_MS).unref();
  }

  /** Once what was posted has been looked at. */
  async close(): Promise<void> {
    this.#lookAtPosted();
    this.#isClosed = true;
    clearTimeout(this.#sweep);
    await Promise.race([this.#looking, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #sweepAll(): void {
    this.#look(null);
    this.#sweep = setTimeout(() => this.#sweepAll(), SWEEP_MS).unref();
  }

  #lookAtPosted(): void {
    clearTimeout(this.#delay);
    this.#delay = undefined;
    if (this.#posted.size === 0) return;
    const posted = this.#posted;
    this.#posted = new Set();
    this.#look([...posted]);
  }

  #look(posted: string[] | null): void {
    if (this.#isClosed) return;
    const { pool, notify, log } = this.#options;
    this.#looking = this.#looking
      .then(async () => {
        for (const roomId of await findRooms(pool, posted)) await notify(roomId);
      })
      .catch((error: unknown) => log.warn({ err: error }, 'Rooms could not be looked at for news'));
  }
}

/** Those of which a browser may have to be told. @param posted null for all rooms, of a while ago */
async function findRooms(pool: pg.Pool, posted: string[] | null): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    posted
      ? {
          name: 'find-news-of',
          text: `
            SELECT posted.id FROM unnest($1::uuid[]) AS posted (id), LATERAL (
              SELECT FROM membership JOIN push_subscription USING (user_id) WHERE room_id = posted.id LIMIT 1
            ) AS subscriber`,
          values: [posted],
        }
      : {
          name: 'find-news',
          text: `
            SELECT room.id FROM room
            LEFT JOIN push_position position ON position.room_id = room.id
            JOIN room_event newest ON newest.room_id = room.id AND newest.seq = room.last_seq
            WHERE room.last_seq > coalesce(position.seq, 0)
              AND newest.created_at < now() - ${SWEEP_AGE_MS} * interval '1 millisecond'
              AND room.id IN (
                SELECT room_id FROM membership
                WHERE user_id IN (SELECT user_id FROM push_subscription)
              )`,
        },
  );
  return rows.map(({ id }) => id);
}
