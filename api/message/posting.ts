/**
 * Group commit. Messages that are posted at the same time are written together, in one statement and
 * so in one transaction: a busy room costs commits, and not messages. A message that may not be
 * written does not hold up its neighbours.
 */
import { Batch } from '../batch.ts';
import type { Db } from '../db.ts';
import type { User } from '../generated/prisma/client.ts';
import type { Bus } from '../live/bus.ts';
import type { LoggedMessage } from '../live/log.ts';

export interface NewMessage {
  roomId: string;
  author: User;
  body: string;
  idempotencyKey: string;
}

/** Null where nothing was written: the author is no member, or the key has been used. */
export type Posting = Batch<NewMessage, LoggedMessage | null>;

/** Messages of one transaction. */
const GROUP_SIZE = 100;
/** Transactions at once: while one waits for the disk, the next one gathers. */
const LANES = 2;

export function createPosting(db: Db, bus: Bus): Posting {
  return new Batch({
    ask: (messages) => insert(db, bus, messages),
    size: GROUP_SIZE,
    lanes: LANES,
    keyOf: ({ roomId }) => roomId,
  });
}

/**
 * Takes the rooms' next numbers and appends events and messages. The memberships' locks keep a removal
 * from coming between check and number; rooms are locked in order, so that two groups of two processes
 * do not wait for each other.
 */
const INSERT = `
  WITH input AS (
    SELECT * FROM unnest($1::int[], $2::uuid[], $3::uuid[], $4::text[], $5::text[])
      AS input (place, room_id, author_id, body, idempotency_key)
  ), member AS MATERIALIZED (
    SELECT room_id, user_id FROM membership
    WHERE (room_id, user_id) IN (SELECT room_id, author_id FROM input)
    ORDER BY room_id, user_id FOR KEY SHARE
  ), fresh AS MATERIALIZED (
    SELECT input.*, row_number() OVER (PARTITION BY input.room_id ORDER BY place)::int AS nth
    FROM input JOIN member ON member.room_id = input.room_id AND member.user_id = author_id
    WHERE NOT EXISTS (
      SELECT 1 FROM message
      WHERE message.author_id = input.author_id AND message.idempotency_key = input.idempotency_key
    )
  ), counted AS MATERIALIZED (
    SELECT room_id, count(*)::int AS count FROM fresh GROUP BY room_id
  ), locked AS MATERIALIZED (
    SELECT id FROM room WHERE id IN (SELECT room_id FROM counted) ORDER BY id FOR NO KEY UPDATE
  ), numbered AS (
    UPDATE room SET last_seq = last_seq + count
    FROM locked JOIN counted ON room_id = locked.id WHERE room.id = locked.id
    RETURNING room.id, last_seq - count AS base, clock_timestamp()::timestamptz(3) AS at
  ), post AS (
    SELECT fresh.*, base + nth AS seq, at FROM fresh JOIN numbered ON numbered.id = room_id
  ), event AS (
    INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, message_seq)
    SELECT room_id, seq, 'MESSAGE_POSTED', author_id, at, seq FROM post
  ), message AS (
    INSERT INTO message (room_id, seq, author_id, body, idempotency_key, created_at)
    SELECT room_id, seq, author_id, body, idempotency_key, at FROM post
  )
  SELECT place, seq, at FROM post ORDER BY room_id, seq`;

type Answers = (LoggedMessage | null | Promise<LoggedMessage | null>)[];

async function insert(db: Db, bus: Bus, messages: NewMessage[]): Promise<Answers> {
  try {
    return await insertTogether(db, bus, messages);
  } catch (error) {
    if (!isOwnFault(error)) throw error;
    if (messages.length > 1) return insertEach(db, bus, messages);
    // The same key at the same time: the other one has committed, and this one took no number.
    if (isKeyUsed(error)) return [null];
    throw error;
  }
}

/** One at a time, which keeps their order, so that one's fault is only its own. */
async function insertEach(db: Db, bus: Bus, messages: NewMessage[]): Promise<Answers> {
  const answers: Answers = [];
  for (const message of messages) {
    const answer = insert(db, bus, [message]).then(([posted]) => posted!);
    await answer.catch(() => {});
    answers.push(answer);
  }
  return answers;
}

interface Row {
  place: number;
  seq: number;
  at: Date;
}

async function insertTogether(
  db: Db,
  bus: Bus,
  messages: NewMessage[],
): Promise<(LoggedMessage | null)[]> {
  const posted = Array.from<LoggedMessage | null>({ length: messages.length }).fill(null);
  const places = withoutRepetitions(messages);
  const column = <T>(read: (message: NewMessage) => T) =>
    places.map((place) => read(messages[place]!));
  await db.commitStatement<Row>(
    {
      name: 'post-messages',
      text: INSERT,
      values: [
        places,
        column(({ roomId }) => roomId),
        column(({ author }) => author.id),
        column(({ body }) => body),
        column(({ idempotencyKey }) => idempotencyKey),
      ],
    },
    (rows) => {
      for (const { place, seq, at: createdAt } of rows) {
        const message = { ...messages[place]!, seq, createdAt, editedAt: null, deletedAt: null };
        posted[place] = message;
        const { roomId, author: actor } = message;
        const event = { kind: 'MESSAGE_POSTED', roomId, seq, actor, createdAt, message } as const;
        bus.publish(`room:${roomId}`, { seq, event });
      }
    },
  );
  return posted;
}

/** A key that comes twice in a group has been used when its second message is looked at. */
function withoutRepetitions(messages: NewMessage[]): number[] {
  const keys = new Set<string>();
  return [...messages.keys()].filter((place) => {
    const { author, idempotencyKey } = messages[place]!;
    return keys.size < keys.add(`${author.id} ${idempotencyKey}`).size;
  });
}

interface DatabaseError {
  code?: string;
  constraint?: string;
}

/** SQLSTATE classes of what one message can cause alone: its data, a constraint, a deadlock. */
function isOwnFault(error: unknown): boolean {
  return /^(22|23|40)/.test((error as DatabaseError).code ?? '');
}

function isKeyUsed(error: unknown): boolean {
  const { code, constraint } = error as DatabaseError;
  return code === '23505' && Boolean(constraint?.includes('idempotency_key'));
}
