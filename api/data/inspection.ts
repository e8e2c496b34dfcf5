/** Whether what the database says agrees with itself and with the disk. */
import type pg from 'pg';
import type { Storage } from '../upload/storage.ts';
import { STORED } from './tables.ts';

const PAGE_SIZE = 500;
/** As long as the sweep lets bytes be that have no row yet (`upload/sweep.ts`). */
const UNKNOWN_TTL_MS = 60 * 60 * 1000;

/** Which rooms: a condition on the column that has their ids. */
type Of = (column: string) => string;

/**
 * What is counted as it changes, and what rows refer to, each with a statement that finds rows of which a look at the others
 * says otherwise.
 */
const RECOUNTS: Record<string, (of: Of) => string> = {
  'numbers of rooms’ logs': (of) => `
    SELECT FROM room
    LEFT JOIN (
      SELECT room_id, count(*) AS events, max(seq) AS newest FROM room_event
      WHERE ${of('room_id')} GROUP BY room_id
    ) AS log ON log.room_id = room.id
    WHERE ${of('room.id')}
      AND (last_seq <> coalesce(newest, 0) OR last_seq <> coalesce(events, 0))`,
  'members of rooms': (of) => `
    SELECT FROM room
    WHERE ${of('room.id')}
      AND member_count <> (SELECT count(*) FROM membership WHERE room_id = room.id)`,
  'messages that the log has': (of) => `
    SELECT FROM (SELECT * FROM room_event WHERE ${of('room_id')}) AS event
    FULL JOIN (SELECT * FROM message WHERE ${of('room_id')}) AS message
      ON message.room_id = event.room_id AND message.seq = event.seq
    WHERE (event.kind = 'MESSAGE_POSTED') IS DISTINCT FROM (message.seq IS NOT NULL)
      AND (event.kind = 'MESSAGE_POSTED' OR message.seq IS NOT NULL)
      OR event.actor_id <> message.author_id`,
  'messages that events are about': (of) => `
    SELECT FROM room_event event
    LEFT JOIN message ON message.room_id = event.room_id AND message.seq = event.message_seq
    WHERE ${of('event.room_id')} AND event.message_seq IS NOT NULL AND message.seq IS NULL`,
  'messages that are answered': (of) => `
    SELECT FROM message
    LEFT JOIN message other
      ON other.room_id = message.room_id AND other.seq = message.reply_to_seq
    WHERE ${of('message.room_id')} AND message.reply_to_seq IS NOT NULL
      AND (other.seq IS NULL OR other.seq >= message.seq)`,
  'first messages of threads': (of) => `
    SELECT FROM message
    LEFT JOIN message first
      ON first.room_id = message.room_id AND first.seq = message.thread_seq
    WHERE ${of('message.room_id')} AND message.thread_seq IS NOT NULL
      AND (first.seq IS NULL OR first.seq >= message.seq OR first.thread_seq IS NOT NULL)`,
  'replies in threads': (of) => `
    SELECT FROM message LEFT JOIN (
      SELECT room_id, thread_seq, count(*) AS replies FROM message
      WHERE ${of('room_id')} AND thread_seq IS NOT NULL AND deleted_at IS NULL
      GROUP BY room_id, thread_seq
    ) AS thread ON thread.room_id = message.room_id AND thread.thread_seq = message.seq
    WHERE ${of('message.room_id')} AND reply_count <> coalesce(replies, 0)`,
  'files of messages': (of) => `
    SELECT FROM message
    WHERE ${of('message.room_id')} AND deleted_at IS NULL AND file_count <> (
      SELECT count(*) FROM file WHERE file.room_id = message.room_id AND message_seq = message.seq
    ) AND (file_count > 0 OR EXISTS (
      SELECT FROM file WHERE file.room_id = message.room_id AND message_seq = message.seq
    ))`,
  'places of files': (of) => `
    SELECT FROM file
    WHERE ${of('room_id')} AND message_seq IS NOT NULL
    GROUP BY room_id, message_seq, position HAVING count(*) > 1`,
};

/** Of each count, how many rows have another one than a recount gives. @param roomId of one room only */
export async function recount(
  client: Pick<pg.ClientBase, 'query'>,
  roomId: string | null = null,
): Promise<Map<string, number>> {
  const of: Of = roomId === null ? () => 'TRUE' : (column) => `${column} = $1::uuid`;
  const wrong = new Map<string, number>();
  for (const [what, textOf] of Object.entries(RECOUNTS)) {
    const { rows } = await client.query<{ wrong: string }>(
      `SELECT count(*) AS wrong FROM (${textOf(of)}) AS row`,
      roomId === null ? [] : [roomId],
    );
    wrong.set(what, Number(rows[0]!.wrong));
  }
  return wrong;
}

export interface FileFindings {
  /** Files of which the bytes are gone. */
  missing: number;
  /** Bytes that belong to nobody, and have lain for longer than an upload takes. */
  orphaned: number;
}

export async function inspectFiles(pool: pg.Pool, storage: Storage): Promise<FileFindings> {
  const missing = await countMissing(pool, storage);
  let orphaned = 0;
  const count = async (ids: string[]) => {
    const known = await pool.query<{ id: string }>(
      `SELECT id FROM (${STORED}) AS stored WHERE id = ANY($1::uuid[])`,
      [ids],
    );
    const kept = new Set(known.rows.map(({ id }) => id));
    orphaned += new Set(ids.filter((id) => !kept.has(id))).size;
  };
  const page: string[] = [];
  for await (const id of storage.storedBefore(new Date(Date.now() - UNKNOWN_TTL_MS))) {
    page.push(id);
    if (page.length === PAGE_SIZE) await count(page.splice(0));
  }
  await count(page);
  return { missing, orphaned };
}

async function countMissing(pool: pg.Pool, storage: Storage): Promise<number> {
  let missing = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM (${STORED}) AS stored WHERE id > $1::uuid ORDER BY id LIMIT ${PAGE_SIZE}`,
      [after],
    );
    const there = await Promise.all(rows.map(({ id }) => storage.has(id)));
    missing += there.filter((isThere) => !isThere).length;
    if (rows.length < PAGE_SIZE) return missing;
    after = rows.at(-1)!.id;
  }
}
