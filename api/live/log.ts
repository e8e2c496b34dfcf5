/**
 * The room's log in the database. Numbers come from the room's row, whose lock is held to the
 * commit: the order of numbers is the order of commits, without holes, so that whoever sees number
 * n has seen all before it.
 */
import type pg from 'pg';
import { Batch } from '../batch.ts';
import { MESSAGE, select, take, USER } from '../columns.ts';
import type { AfterCommit, Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import {
  type Message,
  Prisma,
  type Room,
  type RoomEventKind,
  type RoomRole,
  type User,
} from '../generated/prisma/client.ts';
import type { Bus } from './bus.ts';

/** What a person posted, as it is now. */
export interface LoggedMessage extends Omit<Message, 'authorId'> {
  author: User;
  /** Just posted: nobody has reacted to it, replied or pinned it, and nothing need be looked up. */
  isFresh?: true;
}

/** Kinds of events that are about a message. */
type MessageEventKind =
  'MESSAGE_POSTED' | 'MESSAGE_EDITED' | 'MESSAGE_DELETED' | 'MESSAGE_PINNED' | 'MESSAGE_UNPINNED';
type ReactionEventKind = 'REACTION_ADDED' | 'REACTION_REMOVED';

interface LogEntry<Kind extends RoomEventKind> {
  kind: Kind;
  roomId: string;
  seq: number;
  actor: User;
  createdAt: Date;
}

/** A row of the log, read with all that it takes to show it. */
export type RoomEvent =
  | { [Kind in MessageEventKind]: LogEntry<Kind> & { message: LoggedMessage } }[MessageEventKind]
  | {
      [Kind in ReactionEventKind]: LogEntry<Kind> & {
        message: LoggedMessage;
        data: { emoji: string };
      };
    }[ReactionEventKind]
  | (LogEntry<'MEMBER_JOINED'> & {
      /** `timedOutUntil` where that is from before they left. */
      data: { memberCount: number; timedOutUntil?: string };
    })
  | (LogEntry<'MEMBER_LEFT'> & { data: { memberCount: number } })
  | (LogEntry<'MEMBER_REMOVED'> & { subject: User; data: { memberCount: number } })
  | (LogEntry<'MEMBER_TIMED_OUT'> & { subject: User; data: { until: string | null } })
  | (LogEntry<'MEMBER_ROLE_CHANGED'> & {
      subject: User;
      data: { role: RoomRole; previousRole: RoomRole };
    })
  | (LogEntry<'ROOM_RENAMED'> & { data: { name: string; previousName: string } })
  | (LogEntry<'TOPIC_CHANGED'> & { data: { topic: string | null; previousTopic: string | null } })
  | (LogEntry<'ROOM_CHANGED'> & { data: { settings: RoomSettings; changed: RoomAspect[] } });

/** What is set of a room besides its name and topic, as JSON has it. */
export interface RoomSettings extends Pick<
  Room,
  'description' | 'icon' | 'visibility' | 'postingPolicy' | 'slowModeSeconds'
> {
  archivedAt: string | null;
}

export type RoomAspect = keyof RoomSettings;

/** The columns of a room's row that these are. */
export function settled({ archivedAt, ...settings }: RoomSettings) {
  return { ...settings, archivedAt: archivedAt === null ? null : new Date(archivedAt) };
}

/** What a writer says of an event; posting has a writer of its own (`message/posting.ts`). */
export type NewEvent = {
  [Kind in Exclude<RoomEventKind, 'MESSAGE_POSTED'>]: NewEventOf<
    Extract<RoomEvent, { kind: Kind }>
  >;
}[Exclude<RoomEventKind, 'MESSAGE_POSTED'>];

type NewEventOf<Event extends RoomEvent> = Pick<Event, 'kind'> &
  (Event extends { data: infer Data } ? { data: Data } : { data?: never }) &
  (Event extends { message: LoggedMessage } ? { messageSeq: number } : { messageSeq?: never }) &
  (Event extends { subject: User } ? { subject: Pick<User, 'id'> } : { subject?: never });

/** The id of whoever is no member any more after an event; null where nobody's membership ends. */
export function leaverOf(event: RoomEvent): string | null {
  if (event.kind === 'MEMBER_LEFT') return event.actor.id;
  return event.kind === 'MEMBER_REMOVED' ? event.subject.id : null;
}

/** A transaction, and what is to be done once it is committed. */
export interface Commit {
  tx: Tx;
  afterCommit: AfterCommit;
  bus: Bus;
}

/** Events read at once. */
export const LOG_PAGE_SIZE = 200;

/**
 * Appends an event, which locks the room's row up to the commit, and tells the bus once it is committed.
 * Comes first where what else is written needs that lock, and otherwise last.
 * @returns the event's number.
 * @throws Refusal NOT_FOUND for a room that is no more.
 */
export async function append(
  { tx, afterCommit, bus }: Commit,
  roomId: string,
  actor: User,
  event: NewEvent,
): Promise<number> {
  const rows = await tx.$queryRaw<{ seq: number }[]>`
    WITH room AS (
      UPDATE room SET last_seq = last_seq + 1 WHERE id = ${roomId}::uuid RETURNING last_seq
    )
    INSERT INTO room_event (room_id, seq, kind, actor_id, subject_id, created_at, message_seq, data)
    SELECT ${roomId}::uuid, last_seq, ${event.kind}::"RoomEventKind", ${actor.id}::uuid,
           ${event.subject?.id ?? null}::uuid, clock_timestamp(), ${event.messageSeq ?? null}::int,
           ${Prisma.sql`${event.data ? JSON.stringify(event.data) : null}::jsonb`}
    FROM room
    RETURNING seq`;
  // It was deleted meanwhile.
  if (!rows[0]) throw new Refusal('NOT_FOUND', 'There is no such room.');
  const { seq } = rows[0];
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
  const heads = createHeadLookup(pool);
  return {
    readHead: (roomId) => heads.ask(roomId),
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

const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 2;

/** Whoever opens an inbox opens many feeds at once. */
function createHeadLookup(pool: pg.Pool): Batch<string, { seq: number; print: number } | null> {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(roomIds) {
      const { rows } = await pool.query<{ id: string; seq: number; at: Date | null }>({
        name: 'read-head',
        text: `
          SELECT room.id, room.last_seq AS seq, event.created_at AS at
          FROM room
          LEFT JOIN room_event event ON event.room_id = room.id AND event.seq = room.last_seq
          WHERE room.id = ANY($1::uuid[])`,
        values: [roomIds],
      });
      const heads = new Map(
        rows.map(({ id, seq, at }) => [id, { seq, print: at ? printOf(at) : 0 }]),
      );
      return roomIds.map((roomId) => heads.get(roomId) ?? null);
    },
  });
}

/** Up to LOG_PAGE_SIZE events of a room past `seq`, in order. */
export async function readAfter(pool: pg.Pool, roomId: string, seq: number): Promise<RoomEvent[]> {
  const result = await pool.query<EventRow>({
    name: 'read-after',
    text: `
      SELECT e.kind, e.seq, e.created_at, e.data, e.message_seq, e.subject_id, ${select('actor', USER)},
             ${select('subject', USER)}, ${select('author', USER)}, ${select('message', MESSAGE)}
      FROM room_event e
      JOIN "user" actor ON actor.id = e.actor_id
      LEFT JOIN "user" subject ON subject.id = e.subject_id
      LEFT JOIN message ON message.room_id = e.room_id AND message.seq = e.message_seq
      LEFT JOIN "user" author ON author.id = message.author_id
      WHERE e.room_id = $1 AND e.seq > $2
      ORDER BY e.seq
      LIMIT ${LOG_PAGE_SIZE}`,
    values: [roomId, seq],
  });
  return result.rows.map((row) => toEvent(roomId, row));
}

interface EventRow extends Record<string, unknown> {
  kind: RoomEventKind;
  seq: number;
  created_at: Date;
  data: unknown;
  message_seq: number | null;
  subject_id: string | null;
}

function toEvent(roomId: string, row: EventRow): RoomEvent {
  const { kind, seq, created_at: createdAt, data } = row;
  const actor = take<User>(row, 'actor', USER);
  const subject = row.subject_id === null ? null : take<User>(row, 'subject', USER);
  const parts = { ...(data !== null && { data }), ...(subject && { subject }) };
  const entry = { kind, roomId, seq, actor, createdAt, ...parts };
  if (row.message_seq === null) return entry as RoomEvent;
  const author = take<User>(row, 'author', USER);
  return { ...entry, message: { ...take<Message>(row, 'message', MESSAGE), author } } as RoomEvent;
}
