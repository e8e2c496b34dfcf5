/**
 * The room's log in the database. Numbers come from the room's row, whose lock is held to the
 * commit: the order of numbers is the order of commits, without holes, so that whoever sees number
 * n has seen all before it.
 */
import type pg from 'pg';
import type { AfterCommit, Tx } from '../db.ts';
import { Prisma, type RoomEventKind, type User } from '../generated/prisma/client.ts';
import type { Bus } from './bus.ts';

/** What a person posted, as it is now. */
export interface LoggedMessage {
  roomId: string;
  seq: number;
  author: User;
  body: string;
  idempotencyKey: string;
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
  /** How many files were sent with it. */
  fileCount: number;
}

interface LogEntry<Kind extends RoomEventKind> {
  kind: Kind;
  roomId: string;
  seq: number;
  actor: User;
  createdAt: Date;
}

/** A row of the log, read with all that it takes to show it. */
export type RoomEvent =
  | (LogEntry<'MESSAGE_POSTED'> & { message: LoggedMessage })
  | (LogEntry<'MEMBER_JOINED'> & { data: { memberCount: number } })
  | (LogEntry<'MEMBER_LEFT'> & { data: { memberCount: number } })
  | (LogEntry<'ROOM_RENAMED'> & { data: { name: string; previousName: string } })
  | (LogEntry<'TOPIC_CHANGED'> & { data: { topic: string | null; previousTopic: string | null } });

/** What a writer says of an event; messages have a writer of their own (`message/message.ts`). */
export type NewEvent = {
  [Kind in Exclude<RoomEventKind, 'MESSAGE_POSTED'>]: Pick<
    Extract<RoomEvent, { kind: Kind }>,
    'kind' | 'data'
  >;
}[Exclude<RoomEventKind, 'MESSAGE_POSTED'>];

/** Events read at once. */
export const LOG_PAGE_SIZE = 200;

/**
 * Appends an event as the last thing of a transaction, so that the room's row is locked as briefly
 * as may be, and tells the bus once it is committed.
 * @returns the event's number.
 */
export async function append(
  { tx, afterCommit, bus }: { tx: Tx; afterCommit: AfterCommit; bus: Bus },
  roomId: string,
  actor: User,
  event: NewEvent,
): Promise<number> {
  const rows = await tx.$queryRaw<{ seq: number }[]>`
    WITH room AS (
      UPDATE room SET last_seq = last_seq + 1 WHERE id = ${roomId}::uuid RETURNING last_seq
    )
    INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, data)
    SELECT ${roomId}::uuid, last_seq, ${event.kind}::"RoomEventKind", ${actor.id}::uuid,
           clock_timestamp(), ${Prisma.sql`${JSON.stringify(event.data)}::jsonb`}
    FROM room
    RETURNING seq`;
  const { seq } = rows[0]!;
  afterCommit(() => bus.publish(`room:${roomId}`, { seq }));
  return seq;
}

/** Events of a room by their numbers, `first` and `last` included. */
export interface Stretch {
  roomId: string;
  first: number;
  last: number;
}

/** Where feeds read the logs of rooms. */
export interface LogSource {
  /** The number and the print of a room's newest event; null where the room is gone. */
  readHead(roomId: string): Promise<{ seq: number; print: number } | null>;
  /** The newest numbers of these rooms, and the sums of the prints; a room that is gone is missing. */
  readHeads(stretches: Stretch[]): Promise<Map<string, { newest: number; prints: number }>>;
  /** Up to LOG_PAGE_SIZE events of a room past `seq`, in order. */
  readAfter(roomId: string, seq: number): Promise<RoomEvent[]>;
}

/**
 * Tells an event from one that has its number in another history: when it was logged, in
 * milliseconds, as far as sums of many are exact.
 */
export function printOf(loggedAt: Date): number {
  return loggedAt.getTime() % PRINTS;
}

const PRINTS = 1_000_000_000;

/** The logs in the database. */
export function createLogSource(pool: pg.Pool): LogSource {
  return {
    async readHead(roomId) {
      const { rows } = await pool.query<{ seq: number; at: Date | null }>({
        name: 'read-head',
        text: `
          SELECT room.last_seq AS seq, event.created_at AS at
          FROM room
          LEFT JOIN room_event event ON event.room_id = room.id AND event.seq = room.last_seq
          WHERE room.id = $1`,
        values: [roomId],
      });
      return rows[0] ? { seq: rows[0].seq, print: rows[0].at ? printOf(rows[0].at) : 0 } : null;
    },
    async readHeads(stretches) {
      const { rows } = await pool.query<{ id: string; newest: number; prints: number | null }>({
        name: 'read-heads',
        text: `
          SELECT room.id, room.last_seq AS newest, (
            SELECT sum((extract(epoch FROM created_at) * 1000)::bigint % ${PRINTS})::float8
            FROM room_event
            WHERE room_id = room.id AND seq BETWEEN asked.first AND asked.last
          ) AS prints
          FROM unnest($1::uuid[], $2::int[], $3::int[]) AS asked (id, first, last)
          JOIN room ON room.id = asked.id`,
        values: [
          stretches.map(({ roomId }) => roomId),
          stretches.map(({ first }) => first),
          stretches.map(({ last }) => last),
        ],
      });
      return new Map(rows.map(({ id, newest, prints }) => [id, { newest, prints: prints ?? 0 }]));
    },
    readAfter: (roomId, seq) => readAfter(pool, roomId, seq),
  };
}

/** Up to LOG_PAGE_SIZE events of a room past `seq`, in order. */
export async function readAfter(pool: pg.Pool, roomId: string, seq: number): Promise<RoomEvent[]> {
  const result = await pool.query<EventRow>({
    name: 'read-after',
    text: `
      SELECT e.kind, e.room_id, e.seq, e.created_at, e.data, e.message_seq,
             actor.id AS actor_id, actor.username AS actor_username,
             actor.username_key AS actor_username_key, actor.display_name AS actor_display_name,
             actor.role AS actor_role, actor.created_at AS actor_created_at,
             m.body, m.idempotency_key, m.edited_at, m.deleted_at, m.file_count
      FROM room_event e
      JOIN "user" actor ON actor.id = e.actor_id
      LEFT JOIN message m ON m.room_id = e.room_id AND m.seq = e.message_seq
      WHERE e.room_id = $1 AND e.seq > $2
      ORDER BY e.seq
      LIMIT ${LOG_PAGE_SIZE}`,
    values: [roomId, seq],
  });
  return result.rows.map(toEvent);
}

interface EventRow {
  kind: RoomEventKind;
  room_id: string;
  seq: number;
  created_at: Date;
  data: unknown;
  actor_id: string;
  actor_username: string;
  actor_username_key: string;
  actor_display_name: string;
  actor_role: User['role'];
  actor_created_at: Date;
  body: string;
  idempotency_key: string;
  edited_at: Date | null;
  deleted_at: Date | null;
  file_count: number;
}

function toEvent(row: EventRow): RoomEvent {
  const actor: User = {
    id: row.actor_id,
    username: row.actor_username,
    usernameKey: row.actor_username_key,
    displayName: row.actor_display_name,
    role: row.actor_role,
    createdAt: row.actor_created_at,
  };
  const entry = { roomId: row.room_id, seq: row.seq, actor, createdAt: row.created_at };
  if (row.kind !== 'MESSAGE_POSTED')
    return { ...entry, kind: row.kind, data: row.data } as RoomEvent;
  const message: LoggedMessage = {
    roomId: row.room_id,
    seq: row.seq,
    author: actor,
    body: row.body,
    idempotencyKey: row.idempotency_key,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    fileCount: row.file_count,
  };
  return { ...entry, kind: row.kind, message };
}
