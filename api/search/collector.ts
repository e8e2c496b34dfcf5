/**
 * What searches look in: the words and marks of each message, and the words that have been said, by which those are
 * found that have a part in them. Both are collected from the rooms' logs a moment after they were written, so that
 * nobody who sends waits for it.
 *
 * Whoever collects a room holds its position; another one passes it over, and comes back. What is collected is as of one
 * snapshot, and the position never past it: what changes a message later is collected again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { unsized } from '../db.ts';
import { RoomChore } from '../live/room-chore.ts';
import type { Logger } from '../log.ts';

const COLLECT_MS = 500;
const SWEEP_MS = 15_000;
/** For how much longer than it has worked it rests, so that in a storm of messages it is not in the way of those who send. */
const REST = 4;
/** Rooms of one transaction, and events of each. */
const ROOMS = 64;
const EVENTS = 512;
/** Longer ones are no words. Of shorter ones every part is their beginning, or too short to be looked for. */
const MIN_LENGTH = 4;
const MAX_LENGTH = 40;

export function createSearchCollector({ pool, log }: { pool: pg.Pool; log: Logger }): RoomChore {
  return new RoomChore({
    name: 'Search',
    log,
    delayMs: COLLECT_MS,
    sweepMs: SWEEP_MS,
    findBehind: () => findBehind(pool),
    attend: (roomIds, end) => collectRooms(pool, roomIds, end),
  });
}

/** Collects all that was said and changed until now. Gives whether that was all: another process may be at some of it. */
export async function collectMessages(pool: pg.Pool): Promise<boolean> {
  return (await collectRooms(pool, await findBehind(pool))).size === 0;
}

async function findBehind(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(`
    SELECT id FROM room LEFT JOIN search_position ON room_id = id
    WHERE last_seq > coalesce(seq, 0)`);
  return rows.map(({ id }) => id);
}

/** Gives the rooms that are to be come back to. @param end until then it rests between transactions; without it, it hurries */
async function collectRooms(
  pool: pg.Pool,
  rooms: string[],
  end?: AbortSignal,
): Promise<Set<string>> {
  const left = new Set(rooms);
  const due = [...rooms];
  while (due.length > 0 && !end?.aborted) {
    const some = due.splice(0, ROOMS);
    const began = performance.now();
    await pool.query({ name: 'begin-to-collect', text: BEGIN, values: [some] });
    const { rows: behind } = await pool.query<{ roomId: string; isHeld: boolean }>({
      name: 'collect-messages',
      text: COLLECT,
      values: [some],
    });
    const unfinished = new Map(behind.map(({ roomId, isHeld }) => [roomId, isHeld]));
    for (const roomId of some) {
      if (!unfinished.has(roomId)) left.delete(roomId);
      else if (!unfinished.get(roomId)) due.push(roomId);
    }
    if (end) await rest((performance.now() - began) * REST, end);
  }
  return left;
}

async function rest(ms: number, end: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: end, ref: false }).catch(() => {});
}

const BEGIN = `
  INSERT INTO search_position (room_id, seq)
  SELECT room.id, 0 FROM
    unnest(${unsized('$1::uuid[]')}) AS asked (id),
    LATERAL (SELECT id FROM room WHERE room.id = asked.id OFFSET 0) AS room
  ON CONFLICT DO NOTHING`;

/** Gives the rooms that are still behind, and whether it is another process that holds them. */
const COLLECT = `
  WITH asked AS MATERIALIZED (
    SELECT asked.id AS room_id, last_seq FROM
      unnest(${unsized('$1::uuid[]')}) AS asked (id),
      LATERAL (SELECT last_seq FROM room WHERE room.id = asked.id OFFSET 0) AS room
  ), held AS MATERIALIZED (
    SELECT room_id, seq AS done, least(last_seq, seq + ${EVENTS}) AS until FROM
      asked,
      LATERAL (
        SELECT seq FROM search_position position WHERE position.room_id = asked.room_id
        FOR UPDATE SKIP LOCKED
      ) AS position
  ), changed AS (
    SELECT DISTINCT room_id, message_seq
    FROM held, LATERAL (
      SELECT kind, message_seq FROM room_event event
      WHERE event.room_id = held.room_id AND event.seq > done ORDER BY event.seq LIMIT until - done
    ) AS event
    WHERE until > done AND kind IN (
      'MESSAGE_POSTED', 'MESSAGE_EDITED', 'MESSAGE_DELETED', 'MESSAGE_PINNED', 'MESSAGE_UNPINNED'
    )
  ), written AS MATERIALIZED (
    SELECT message.* FROM changed, LATERAL (
      SELECT room_id, seq, created_at, edited_at, deleted_at,
             CASE WHEN deleted_at IS NULL THEN search_document(message) END AS search
      FROM message WHERE message.room_id = changed.room_id AND seq = message_seq OFFSET 0
    ) AS message
  ), removed AS (
    DELETE FROM message_search USING written
    WHERE deleted_at IS NOT NULL
      AND message_search.room_id = written.room_id AND message_search.seq = written.seq
  ), collected AS (
    INSERT INTO message_search (created_at, edited_at, room_id, seq, search)
    SELECT created_at, edited_at, room_id, seq, search FROM written
    WHERE deleted_at IS NULL ORDER BY created_at, room_id, seq
    ON CONFLICT (room_id, seq) DO UPDATE SET edited_at = excluded.edited_at, search = excluded.search
  ), word AS (
    INSERT INTO search_word (word)
    SELECT DISTINCT lexeme FROM written, unnest(search)
    WHERE char_length(lexeme) BETWEEN ${MIN_LENGTH} AND ${MAX_LENGTH} AND strpos(lexeme, ':') = 0
    ORDER BY lexeme
    ON CONFLICT DO NOTHING
  ), position AS (
    UPDATE search_position SET seq = until FROM held
    WHERE search_position.room_id = held.room_id AND until > done
  )
  SELECT asked.room_id AS "roomId", held.room_id IS NULL AS "isHeld"
  FROM asked LEFT JOIN held USING (room_id)
  WHERE held.room_id IS NULL OR last_seq > until`;
