/** Up to where somebody has read a room: their place in its log, the same on all their screens. */
import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { decodeCursor, resyncRequired } from '../live/cursor.ts';
import { findMessage } from '../message/history.ts';
import type { MessageKey } from '../message/key.ts';

/**
 * Moves the viewer's place in a room forwards; nothing happens where it is there or past it.
 * @param input.cursor of the newest event that they have seen
 * @throws Refusal INVALID_INPUT for what is no cursor; NOT_FOUND; FORBIDDEN for those who are no members;
 * RESYNC_REQUIRED for a cursor of another history.
 */
export async function markRead(
  app: App,
  viewer: Viewer,
  { roomId, cursor }: { roomId: string; cursor: string },
): Promise<void> {
  const { user } = loggedIn(viewer);
  const seq = decodeCursor(app.db.epoch, cursor, 'cursor');
  const moved = await app.db.commitStatement(
    {
      name: 'mark-read',
      text: `
        WITH moved AS (
          UPDATE membership SET read_seq = $3
          FROM room
          WHERE room.id = $1 AND membership.room_id = $1 AND membership.user_id = $2
            AND $3 > membership.read_seq AND $3 <= room.last_seq
          RETURNING membership.room_id, membership.user_id
        ) ${WITHDRAWING}`,
      values: [roomId, user.id, seq],
    },
    ({ length }) => {
      if (length > 0) app.bus.publish(`user:${user.id}`, { changed: 'PLACE', roomId });
    },
  );
  if (moved.length > 0) return;
  const { lastSeq } = await roomFor(app, viewer, { id: roomId }, 'keepPlace');
  if (seq > lastSeq) throw resyncRequired();
}

/**
 * Moves the viewer's place in a room back to just before a message, which is unread again with all
 * that follows it; or forwards, where it lies past their place.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function markUnread(
  app: App,
  viewer: Viewer,
  { roomId, seq }: MessageKey,
): Promise<void> {
  const { user } = loggedIn(viewer);
  const message = await findMessage(app, viewer, { roomId, seq });
  if (!message) throw new Refusal('NOT_FOUND', 'There is no such message.');
  await roomFor(app, viewer, { id: roomId }, 'keepPlace');
  await app.db.commit(async (tx, afterCommit) => {
    await tx.membership.updateMany({
      where: { roomId, userId: user.id },
      data: { readSeq: seq - 1 },
    });
    afterCommit(() => app.bus.publish(`user:${user.id}`, { changed: 'PLACE', roomId }));
  });
}

/** Moves the viewer's place in each of their rooms to its end, and in each thread that has news. @returns in how many rooms it moved. */
export async function markAllRead(app: App, viewer: Viewer): Promise<number> {
  const { user } = loggedIn(viewer);
  const moved = await app.db.commitStatement(
    {
      name: 'mark-all-read',
      text: `
        WITH room_moved AS (
          UPDATE membership SET read_seq = room.last_seq
          FROM room
          WHERE membership.user_id = $1 AND room.id = membership.room_id
            AND membership.read_seq < room.last_seq
          RETURNING membership.room_id, membership.user_id
        ), thread_moved AS (
          UPDATE thread_follow SET read_seq = room.last_seq
          FROM room
          WHERE thread_follow.user_id = $1 AND is_following AND room.id = thread_follow.room_id
            AND EXISTS (
              SELECT FROM message
              WHERE message.room_id = thread_follow.room_id
                AND message.thread_seq = thread_follow.thread_seq AND seq > thread_follow.read_seq
            )
          RETURNING thread_follow.room_id, thread_follow.user_id
        ), moved AS (
          SELECT * FROM room_moved UNION SELECT * FROM thread_moved
        ) ${WITHDRAWING}`,
      values: [user.id],
    },
    ({ length }) => {
      if (length > 0) app.bus.publish(`user:${user.id}`, { changed: 'ROOMS' });
    },
  );
  return moved.length;
}

/** Gives a row for each place that `moved`, and has what browsers show of these rooms closed. */
export const WITHDRAWING = `
  , shown AS MATERIALIZED (
    SELECT room_id, user_id FROM moved
    WHERE EXISTS (
      SELECT FROM push_subscription subscription
      JOIN push_notice notice ON notice.subscription_id = subscription.id
      WHERE subscription.user_id = moved.user_id AND notice.room_id = moved.room_id AND notice.seq > 0
    )
  ), job AS (
    SELECT FROM shown CROSS JOIN LATERAL graphile_worker.add_job(
      'withdraw-notices', json_build_object('userId', user_id, 'roomId', room_id),
      job_key := 'withdraw-notices:' || user_id || ':' || room_id, max_attempts := 5
    )
  )
  SELECT (SELECT count(*) FROM job) FROM moved`;
