/** What a member has not read of the threads that they follow: counted by the database from their place in each. */
import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Batch } from '../batch.ts';
import { type Db, unsized } from '../db.ts';
import type { LoggedMessage } from '../live/log.ts';
import { countsFor } from './unread.ts';

/** A thread by its room and the number of its first message. */
export interface ThreadKey {
  roomId: string;
  threadSeq: number;
}

/** How it is called among others of its kind. */
export const threadName = ({ roomId, threadSeq }: ThreadKey) => `${roomId}.${threadSeq}`;

export function threadKey(name: string): ThreadKey {
  const [roomId, threadSeq] = name.split('.') as [string, string];
  return { roomId, threadSeq: Number(threadSeq) };
}

/** A thread as somebody follows it. */
export interface FollowedThread extends ThreadKey {
  /** Up to where in the room's log they have read it. */
  readSeq: number;
  /** Replies of others past their place that stand. */
  unread: number;
  /** Those of them that mention them and are not in the room's history, where they count as well. */
  mentions: number;
}

/** Null for those who do not follow it. Whoever asks at the same time is counted for in one query. */
export type ThreadLookup = Batch<ThreadKey & { userId: string }, FollowedThread | null>;

/** The ids of those who follow a thread. */
export type ThreadFollowers = Batch<ThreadKey, string[]>;

const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 2;

export function createThreadLookup({ pool }: Db): ThreadLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(questions) {
      const { rows } = await pool.query<FollowedThread & { place: number }>({
        name: 'count-unread-in-threads',
        text: `
          SELECT asked.place::int, ${FOLLOWED}
          FROM unnest(${unsized('$1::uuid[]')}, ${unsized('$2::uuid[]')}, ${unsized('$3::int[]')})
            WITH ORDINALITY AS asked (user_id, room_id, thread_seq, place)
          JOIN thread_follow follow USING (user_id, room_id, thread_seq)
          JOIN membership USING (user_id, room_id)
          ${UNREAD}
          WHERE follow.is_following`,
        values: [
          questions.map(({ userId }) => userId),
          questions.map(({ roomId }) => roomId),
          questions.map(({ threadSeq }) => threadSeq),
        ],
      });
      const found = questions.map((): FollowedThread | null => null);
      for (const { place, ...thread } of rows) found[place - 1] = thread;
      return found;
    },
  });
}

export function createThreadFollowers({ pool }: Db): ThreadFollowers {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(keys) {
      const { rows } = await pool.query<{ ids: string[] }>({
        name: 'find-thread-followers',
        text: `
          SELECT ARRAY(
            SELECT user_id FROM thread_follow follow
            WHERE follow.room_id = asked.room_id AND follow.thread_seq = asked.thread_seq AND is_following
          ) AS ids
          FROM unnest(${unsized('$1::uuid[]')}, ${unsized('$2::int[]')})
            WITH ORDINALITY AS asked (room_id, thread_seq, place)
          ORDER BY place`,
        values: [keys.map(({ roomId }) => roomId), keys.map(({ threadSeq }) => threadSeq)],
      });
      return rows.map(({ ids }) => ids);
    },
  });
}

/** What a statement gives of a thread that its `follow` and UNREAD stand for. */
export const FOLLOWED = `
  follow.room_id AS "roomId", follow.thread_seq AS "threadSeq", follow.read_seq AS "readSeq",
  counted.unread, counted.mentions`;

export const UNREAD = `
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS unread,
           count(*) FILTER (
             WHERE NOT in_room AND (
               room.kind = 'DIRECT' OR mention_scope IS NOT NULL OR follow.user_id = ANY(mentioned_ids)
             )
           )::int AS mentions
    FROM message JOIN room ON room.id = message.room_id
    WHERE message.room_id = follow.room_id AND message.thread_seq = follow.thread_seq
      AND message.seq > follow.read_seq AND deleted_at IS NULL AND author_id <> follow.user_id
      AND author_id <> ALL(ARRAY(SELECT blocked_id FROM user_block WHERE blocker_id = follow.user_id))
  ) counted`;

/** Of all threads, so many that were replied to last are told. */
const UNREAD_LISTED = 200;

/** The threads that somebody follows and has not read all of, the one that was replied to last first. */
export async function listUnreadThreads(
  { db }: Pick<App, 'db'>,
  userId: string,
): Promise<FollowedThread[]> {
  const { rows } = await db.pool.query<FollowedThread>({
    name: 'list-unread-threads',
    text: `
      SELECT ${FOLLOWED}
      FROM thread_follow follow
      JOIN membership USING (user_id, room_id)
      JOIN message first ON first.room_id = follow.room_id AND first.seq = follow.thread_seq
      ${UNREAD}
      WHERE follow.user_id = $1 AND follow.is_following AND counted.unread > 0
      ORDER BY first.last_reply_at DESC, follow.room_id DESC, follow.thread_seq DESC
      LIMIT ${UNREAD_LISTED}`,
    values: [userId],
  });
  return rows;
}

/** The thread that a message begins as the viewer follows it; null where they do not. */
export async function findFollowedThread(
  app: App,
  viewer: Viewer,
  { roomId, seq: threadSeq }: { roomId: string; seq: number },
): Promise<FollowedThread | null> {
  return app.threads.ask({ userId: loggedIn(viewer).user.id, roomId, threadSeq });
}

/**
 * The oldest reply that counts as unread for the viewer; null where there is none.
 * @throws Refusal NOT_FOUND
 */
export async function findFirstUnreadReply(
  app: App,
  viewer: Viewer,
  { roomId, threadSeq, readSeq }: FollowedThread,
): Promise<LoggedMessage | null> {
  const { user } = loggedIn(viewer);
  await roomFor(app, viewer, { id: roomId }, 'read');
  return app.db.prisma.message.findFirst({
    where: { roomId, threadSeq, seq: { gt: readSeq }, deletedAt: null, author: countsFor(user.id) },
    orderBy: { seq: 'asc' },
    include: { author: true },
  });
}
