/** All threads that somebody follows, for who goes through them. */
import { z } from 'zod';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { FOLLOWED, type FollowedThread, UNREAD } from './thread-unread.ts';

export const THREADS_PAGE_MAX_SIZE = 100;
const PAGE_SIZE = 20;

/** Where a thread stands among those of its follower. */
type Position = [isUnread: boolean, lastReplyAt: number, roomId: string, threadSeq: number];

export interface ThreadPage {
  threads: (FollowedThread & { cursor: string })[];
  hasNextPage: boolean;
  isFirst: boolean;
}

/**
 * The threads that the viewer follows and that have replies: first those with unread ones, each kind by
 * their latest reply, the newest first.
 * @throws Refusal INVALID_INPUT
 */
export async function listThreads(
  app: App,
  viewer: Viewer,
  { first, after }: { first: number | null; after: string | null },
): Promise<ThreadPage> {
  const { user } = loggedIn(viewer);
  if (first !== null && (first < 0 || first > THREADS_PAGE_MAX_SIZE)) {
    throw new Refusal('INVALID_INPUT', `first is a number from 0 to ${THREADS_PAGE_MAX_SIZE}.`, {
      field: 'first',
    });
  }
  const limit = first ?? PAGE_SIZE;
  const position = after === null ? null : decodePosition(after);
  const { rows } = await app.db.pool.query<FollowedThread & { lastReplyAt: Date }>({
    name: 'list-threads',
    text: `
      SELECT ${FOLLOWED}, first.last_reply_at AS "lastReplyAt"
      FROM thread_follow follow
      JOIN membership USING (user_id, room_id)
      JOIN message first ON first.room_id = follow.room_id AND first.seq = follow.thread_seq
      ${UNREAD}
      WHERE follow.user_id = $1 AND follow.is_following AND first.reply_count > 0
        AND ($2::boolean IS NULL OR
          (counted.unread > 0, first.last_reply_at, follow.room_id, follow.thread_seq)
            < ($2::boolean, $3::timestamptz, $4::uuid, $5::int))
      ORDER BY counted.unread > 0 DESC, first.last_reply_at DESC, follow.room_id DESC,
               follow.thread_seq DESC
      LIMIT $6`,
    values: [
      user.id,
      position?.[0] ?? null,
      position ? new Date(position[1]) : null,
      position?.[2] ?? null,
      position?.[3] ?? null,
      limit + 1,
    ],
  });
  return {
    threads: rows
      .slice(0, limit)
      .map(({ lastReplyAt, ...thread }) => ({ ...thread, cursor: encode(thread, lastReplyAt) })),
    hasNextPage: rows.length > limit,
    isFirst: position === null,
  };
}

function encode({ unread, roomId, threadSeq }: FollowedThread, lastReplyAt: Date): string {
  const position: Position = [unread > 0, lastReplyAt.getTime(), roomId, threadSeq];
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

const LAST_MOMENT_MS = 8.64e15;
const FORM = z.tuple([
  z.boolean(),
  z.number().int().nonnegative().max(LAST_MOMENT_MS),
  z.uuid(),
  z
    .number()
    .int()
    .nonnegative()
    .max(2 ** 31 - 1),
]);

/** @throws Refusal INVALID_INPUT for what is no cursor of a list of threads. */
function decodePosition(cursor: string): Position {
  try {
    return FORM.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new Refusal('INVALID_INPUT', 'That is not a cursor of threads.', { field: 'after' });
  }
}
