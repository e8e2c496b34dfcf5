/**
 * Group commit. Messages that are posted at the same time are written together, in one statement and
 * so in one transaction: a busy room costs commits, and not messages. A message that may not be
 * written does not hold up its neighbours.
 */
import { Batch } from '../batch.ts';
import { type Db, unsized } from '../db.ts';
import type { User } from '../generated/prisma/client.ts';
import type { Bus } from '../live/bus.ts';
import type { LoggedMessage } from '../live/log.ts';
import type { Mentions } from './mention.ts';
import { FOLLOWING } from './thread-follow.ts';

export interface NewMessage extends Mentions {
  roomId: string;
  author: User;
  body: string;
  idempotencyKey: string;
  /** The numbers of the message that it quotes and of the one in whose thread it is. */
  replyToSeq: number | null;
  threadSeq: number | null;
  /** Whether the room's history has it. */
  inRoom: boolean;
  /** Files to be sent with it, in their order. */
  fileIds: readonly string[];
  fileCount: number;
}

/** Null where nothing was written: the author is no member, the key has been used, or a file is not to be had. */
export type Posting = Batch<NewMessage, LoggedMessage | null>;

/** Messages of one transaction. */
const GROUP_SIZE = 100;
/** How many of those who replied a thread's first message names. */
export const LAST_REPLIERS = 3;
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
 * Takes the rooms' next numbers, appends events and messages, counts replies and has people follow their threads, gives the messages their
 * files, and takes the drafts away from which they were sent. The memberships' locks keep a removal from
 * coming between check and number, those of the files another message; all are locked in order, so that
 * the groups of two processes do not wait for each other. Worded so that the planner, which may have seen these tables empty, looks
 * up by key whatever it knows: no NOT EXISTS, which it might turn into a scan of all messages.
 */
const insertion = ({ withReplies }: { withReplies: boolean }) => `
  WITH input AS (
    SELECT * FROM unnest(${unsized('$1::uuid[]')}, ${unsized('$2::uuid[]')}, ${unsized('$3::text[]')})
      WITH ORDINALITY AS input (room_id, author_id, key, place)
  ), author AS MATERIALIZED (
    SELECT pair.* FROM
      (SELECT DISTINCT room_id, author_id FROM input ORDER BY room_id, author_id) pair,
      LATERAL (
        SELECT FROM membership
        WHERE membership.room_id = pair.room_id AND membership.user_id = pair.author_id
        FOR KEY SHARE
      ) member
  ), claimed AS MATERIALIZED (
    SELECT place, id, nth FROM
      (
        SELECT input.place, room_id, author_id, wanted.id, nth
        FROM input, unnest(($10::text[])[place]::uuid[]) WITH ORDINALITY AS wanted (id, nth)
        ORDER BY id
      ) wanted,
      LATERAL (
        SELECT FROM file
        WHERE file.id = wanted.id AND uploader_id = author_id AND file.room_id = wanted.room_id
          AND message_seq IS NULL
        FOR UPDATE
      ) file
  ), grouped AS MATERIALIZED (
    SELECT room_id, array_agg(place ORDER BY place) AS places FROM input
    WHERE (room_id, author_id) IN (SELECT room_id, author_id FROM author)
      AND (
        SELECT seq FROM message WHERE message.author_id = input.author_id AND idempotency_key = key
      ) IS NULL
      AND (SELECT count(*) FROM claimed WHERE claimed.place = input.place) = ($11::int[])[place]
    GROUP BY room_id ORDER BY room_id
  ), numbered AS (
    UPDATE room SET last_seq = last_seq + cardinality(places) FROM grouped WHERE id = room_id
    RETURNING room_id, places, last_seq - cardinality(places) AS base,
              clock_timestamp()::timestamptz(3) AS at
  ), post AS (
    SELECT room_id, place, base + nth::int AS seq, ($2::uuid[])[place] AS author_id, at
    FROM numbered, unnest(places) WITH ORDINALITY AS places (place, nth)
  ), event AS (
    INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, message_seq)
    SELECT room_id, seq, 'MESSAGE_POSTED', author_id, at, seq FROM post
  ), said AS (
    INSERT INTO message (
      room_id, seq, author_id, body, idempotency_key, created_at, reply_to_seq, thread_seq, in_room,
      mentioned_ids, mention_scope, file_count
    )
    SELECT room_id, seq, author_id, ($4::text[])[place], ($3::text[])[place], at,
           ($5::int[])[place], ($6::int[])[place], ($7::boolean[])[place],
           (($8::text[])[place])::uuid[], ($9::"MentionScope"[])[place], ($11::int[])[place]
    FROM post
  ), sent_draft AS (
    DELETE FROM draft USING post
    WHERE draft.user_id = post.author_id AND draft.room_id = post.room_id
      AND draft.thread_seq = coalesce(($6::int[])[post.place], 0)
    RETURNING draft.user_id
  ), file AS (
    UPDATE file SET message_seq = post.seq, position = claimed.nth - 1
    FROM claimed JOIN post USING (place)
    WHERE file.id = claimed.id
  )${withReplies ? REPLIES : ''}
  SELECT place::int, seq, at, author_id IN (SELECT user_id FROM sent_draft) AS had_draft
  FROM post ORDER BY room_id, seq`;

/** What replies in threads change there; a group without any need not look. */
const REPLIES = `, reply AS MATERIALIZED (
    SELECT room_id, seq, author_id, at, ($6::int[])[place] AS thread_seq,
           (($8::text[])[place])::uuid[] AS mentioned_ids
    FROM post WHERE ($6::int[])[place] IS NOT NULL
  ), replies AS (
    SELECT room_id, thread_seq, count(*)::int AS count, max(at) AS at,
           array_agg(author_id ORDER BY seq DESC) AS author_ids
    FROM reply
    GROUP BY room_id, thread_seq
  ), root AS (
    UPDATE message
    SET reply_count = reply_count + replies.count, last_reply_at = replies.at,
        last_replier_ids = ARRAY(
          SELECT id FROM unnest(author_ids || last_replier_ids) WITH ORDINALITY AS replier (id, nth)
          GROUP BY id ORDER BY min(nth) LIMIT ${LAST_REPLIERS}
        )
    FROM replies
    WHERE message.room_id = replies.room_id AND message.seq = replies.thread_seq
  ), ${FOLLOWING}`;

const POST = { name: 'post-messages', text: insertion({ withReplies: false }) };
const POST_REPLIES = { name: 'post-replies', text: insertion({ withReplies: true }) };

type Answers = (LoggedMessage | null | Promise<LoggedMessage | null>)[];

async function insert(db: Db, bus: Bus, messages: NewMessage[]): Promise<Answers> {
  // Of two messages that want the same file the first one gets it.
  if (messages.length > 1 && wantTheSame(messages)) return insertEach(db, bus, messages);
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
  /** In the group, from 1. */
  place: number;
  seq: number;
  at: Date;
  had_draft: boolean;
}

async function insertTogether(
  db: Db,
  bus: Bus,
  messages: NewMessage[],
): Promise<(LoggedMessage | null)[]> {
  const posted = new Map<NewMessage, LoggedMessage>();
  const group = withoutRepetitions(messages);
  const column = <T>(read: (message: NewMessage) => T) => group.map(read);
  await db.commitStatement<Row>(
    {
      ...(group.some(({ threadSeq }) => threadSeq !== null) ? POST_REPLIES : POST),
      values: [
        column(({ roomId }) => roomId),
        column(({ author }) => author.id),
        column(({ idempotencyKey }) => idempotencyKey),
        column(({ body }) => body),
        column(({ replyToSeq }) => replyToSeq),
        column(({ threadSeq }) => threadSeq),
        column(({ inRoom }) => inRoom),
        // An array of arrays must have all of one length: these travel as text.
        column(({ mentionedIds }) => `{${mentionedIds.join()}}`),
        column(({ mentionScope }) => mentionScope),
        column(({ fileIds }) => (fileIds.length > 0 ? `{${fileIds.join()}}` : null)),
        column(({ fileCount }) => fileCount),
      ],
    },
    (rows) => {
      for (const { place, seq, at: createdAt, had_draft: hadDraft } of rows) {
        const posting = group[place - 1]!;
        const message: LoggedMessage = { ...posting, ...FRESH, seq, createdAt };
        posted.set(posting, message);
        const { roomId, author: actor } = message;
        const event = { kind: 'MESSAGE_POSTED', roomId, seq, actor, createdAt, message } as const;
        bus.publish(`room:${roomId}`, { seq, event });
        if (hadDraft) bus.publish(`user:${actor.id}`, { changed: 'DRAFTS' });
      }
    },
  );
  return messages.map((message) => posted.get(message) ?? null);
}

const FRESH = {
  isFresh: true,
  editedAt: null,
  deletedAt: null,
  replyCount: 0,
  lastReplyAt: null,
  lastReplierIds: [],
  pinnedAt: null,
  pinnedById: null,
} as const satisfies Partial<LoggedMessage>;

/** A key that comes twice in a group has been used when its second message is looked at. */
function withoutRepetitions(messages: NewMessage[]): NewMessage[] {
  const keys = new Set<string>();
  return messages.filter(
    ({ author, idempotencyKey }) => keys.size < keys.add(`${author.id} ${idempotencyKey}`).size,
  );
}

function wantTheSame(messages: NewMessage[]): boolean {
  const fileIds = messages.flatMap((message) => message.fileIds);
  return new Set(fileIds).size < fileIds.length;
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
