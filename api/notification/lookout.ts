/** Looks which rooms have something to notify of, once whoever reads along has had a moment to read it. */
import type pg from 'pg';
import { unsized } from '../db.ts';
import { RoomChore } from '../live/room-chore.ts';
import type { Logger } from '../log.ts';

const DELAY_MS = 2_000;
const SWEEP_MS = 10_000;
/** What is younger is left to the process that posted it. */
const SWEEP_AGE_MS = 5_000;

export interface LookoutOptions {
  pool: pg.Pool;
  log: Logger;
  /** Done more than once for a room, also at the same time as by another process, it must notify once. */
  notify: (roomId: string) => Promise<void>;
}

export function createLookout({ pool, log, notify }: LookoutOptions): RoomChore {
  return new RoomChore({
    name: 'Notifications',
    log,
    delayMs: DELAY_MS,
    sweepMs: SWEEP_MS,
    findBehind: () => findBehind(pool),
    async attend(roomIds) {
      for (const roomId of await withSubscribers(pool, roomIds)) await notify(roomId);
      return [];
    },
  });
}

/** Those of which a browser may have to be told. */
async function withSubscribers(pool: pg.Pool, roomIds: string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'find-news-of',
    text: `
      SELECT posted.id FROM unnest(${unsized('$1::uuid[]')}) AS posted (id), LATERAL (
        SELECT FROM membership JOIN push_subscription USING (user_id) WHERE room_id = posted.id LIMIT 1
      ) AS subscriber`,
    values: [roomIds],
  });
  return rows.map(({ id }) => id);
}

async function findBehind(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
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
  });
  return rows.map(({ id }) => id);
}
