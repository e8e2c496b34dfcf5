/**
 * Who follows a thread: whoever began it, has replied, was mentioned in it by name, or chose to. It is
 * written with what causes it: a reply is posted, a mention is edited in. Whoever chose not to follow one does
 * again once they reply or are mentioned anew.
 */
import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { LoggedMessage } from '../live/log.ts';
import { findMessage } from './history.ts';
import type { MessageKey } from './key.ts';
import { threadOf } from './thread.ts';

/**
 * Of a statement that posts, the part that has people follow the threads of its `reply` (room_id, thread_seq, seq,
 * author_id, mentioned_ids). Whoever comes in by a reply has read up to it, whoever is mentioned up to
 * just before; whoever began the thread, or is mentioned where it begins, finds all of it unread.
 * Of those who follow it already nothing is written. Worded so that each is looked up by key (see `posting-statement.ts`).
 */
export const FOLLOWING = `
  follow AS (
    INSERT INTO thread_follow (user_id, room_id, thread_seq, read_seq)
    SELECT user_id, room_id, thread_seq, min(place)
    FROM (
      SELECT room_id, thread_seq, author_id AS user_id, seq AS place, true AS is_anew FROM reply
      UNION ALL
      SELECT room_id, thread_seq, unnest(mentioned_ids), seq - 1, true FROM reply
      UNION ALL
      SELECT room_id, thread_seq, unnest(first.author_id || first.mentioned_ids), thread_seq, false
      FROM reply, LATERAL (
        SELECT author_id, mentioned_ids FROM message
        WHERE message.room_id = reply.room_id AND seq = reply.thread_seq AND reply_count = 0
        LIMIT 1
      ) first
    ) taking_part
    WHERE coalesce((
      SELECT is_anew AND NOT is_following FROM thread_follow known
      WHERE known.user_id = taking_part.user_id AND known.room_id = taking_part.room_id
        AND known.thread_seq = taking_part.thread_seq
    ), true) AND (
      SELECT true FROM membership
      WHERE membership.room_id = taking_part.room_id AND membership.user_id = taking_part.user_id
    )
    GROUP BY user_id, room_id, thread_seq
    ON CONFLICT (user_id, room_id, thread_seq) DO UPDATE
    SET is_following = true, read_seq = greatest(thread_follow.read_seq, excluded.read_seq)
    WHERE NOT thread_follow.is_following
  )`;

/** Has people follow the thread of a message that mentions them since it was edited; where it has none, nothing happens. */
export async function followAsMentioned(
  tx: Tx,
  { roomId, seq, threadSeq, replyCount }: LoggedMessage,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0 || (threadSeq === null && replyCount === 0)) return;
  await tx.$executeRaw`
    INSERT INTO thread_follow (user_id, room_id, thread_seq, read_seq)
    SELECT user_id, room_id, ${threadSeq ?? seq}, ${threadSeq === null ? seq : seq - 1} FROM membership
    WHERE room_id = ${roomId}::uuid AND user_id = ANY (${userIds}::uuid[])
    ON CONFLICT (user_id, room_id, thread_seq) DO UPDATE
    SET is_following = true, read_seq = greatest(thread_follow.read_seq, excluded.read_seq)
    WHERE NOT thread_follow.is_following`;
}

/**
 * Has the viewer follow the thread of a message from now on, by whichever of its messages it is named;
 * nothing happens where they do. @returns its first message.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function followThread(
  app: App,
  viewer: Viewer,
  key: MessageKey,
): Promise<LoggedMessage> {
  const { user } = loggedIn(viewer);
  const first = await findThreadToKeep(app, viewer, key);
  await app.db.commitStatement(
    {
      name: 'follow-thread',
      text: `
        INSERT INTO thread_follow (user_id, room_id, thread_seq, read_seq)
        SELECT member.user_id, room.id, $3, room.last_seq
        FROM room JOIN membership member ON member.room_id = room.id AND member.user_id = $2
        WHERE room.id = $1
        ON CONFLICT (user_id, room_id, thread_seq) DO UPDATE
        SET is_following = true, read_seq = excluded.read_seq
        WHERE NOT thread_follow.is_following`,
      values: [first.roomId, user.id, first.seq],
    },
    () => tellThread(app, user.id, first),
  );
  return first;
}

/**
 * Has the viewer follow a thread no more, also not for having begun it. @returns its first message.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function unfollowThread(
  app: App,
  viewer: Viewer,
  key: MessageKey,
): Promise<LoggedMessage> {
  const { user } = loggedIn(viewer);
  const first = await findThreadToKeep(app, viewer, key);
  const { roomId, seq: threadSeq } = first;
  const place = { userId: user.id, roomId, threadSeq };
  await app.db.commit(async (tx, afterCommit) => {
    await tx.threadFollow.upsert({
      where: { userId_roomId_threadSeq: place },
      create: { ...place, isFollowing: false, readSeq: 0 },
      update: { isFollowing: false },
    });
    afterCommit(() => tellThread(app, user.id, first));
  });
  return first;
}

/** Tells a person's screens that how they stand to a thread has changed. */
export function tellThread(
  { bus }: Pick<App, 'bus'>,
  userId: string,
  { roomId, seq: threadSeq }: MessageKey,
): void {
  bus.publish(`user:${userId}`, { changed: 'THREAD', roomId, threadSeq });
}

/**
 * The first message of the thread that a message begins or is in, for who may keep a place in it.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function findThreadToKeep(
  app: App,
  viewer: Viewer,
  key: MessageKey,
): Promise<LoggedMessage> {
  const message = await findMessage(app, viewer, key);
  if (!message) throw new Refusal('NOT_FOUND', 'There is no such message.');
  await roomFor(app, viewer, { id: key.roomId }, 'keepPlace');
  return (await threadOf(app, message)) ?? message;
}
