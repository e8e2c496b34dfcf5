/** Up to where somebody has read a thread that they follow, the same on all their screens. */
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { decodeCursor, resyncRequired } from '../live/cursor.ts';
import type { LoggedMessage } from '../live/log.ts';
import type { MessageKey } from '../message/key.ts';
import { findThreadToKeep, tellThread } from '../message/thread-follow.ts';
import { WITHDRAWING } from './place.ts';

/**
 * Moves the viewer's place in a thread forwards; nothing happens where it is there or past it, nor where they do
 * not follow it. @returns its first message.
 * @param input the number of any message of the thread, and the cursor of the newest reply that they have seen
 * @throws Refusal INVALID_INPUT for what is no cursor; NOT_FOUND; FORBIDDEN for those who are no members;
 * RESYNC_REQUIRED for a cursor of another history.
 */
export async function markThreadRead(
  app: App,
  viewer: Viewer,
  { cursor, ...key }: MessageKey & { cursor: string },
): Promise<LoggedMessage> {
  const { user } = loggedIn(viewer);
  const seq = decodeCursor(app.db.epoch, cursor, 'cursor');
  const first = await findThreadToKeep(app, viewer, key);
  const room = await app.db.prisma.room.findUniqueOrThrow({ where: { id: key.roomId } });
  if (seq > room.lastSeq) throw resyncRequired();
  await app.db.commitStatement(
    {
      name: 'mark-thread-read',
      text: `
        WITH moved AS (
          UPDATE thread_follow SET read_seq = $4
          WHERE room_id = $1 AND user_id = $2 AND thread_seq = $3 AND is_following AND $4 > read_seq
          RETURNING room_id, user_id
        ) ${WITHDRAWING}`,
      values: [first.roomId, user.id, first.seq, seq],
    },
    ({ length }) => {
      if (length > 0) tellThread(app, user.id, first);
    },
  );
  return first;
}

/**
 * Moves the viewer's place in a thread to just before one of its replies, or before all where its first message is
 * named; they follow it from then on. @returns its first message.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function markThreadUnread(
  app: App,
  viewer: Viewer,
  key: MessageKey,
): Promise<LoggedMessage> {
  const { user } = loggedIn(viewer);
  const first = await findThreadToKeep(app, viewer, key);
  const { roomId, seq: threadSeq } = first;
  const place = { userId: user.id, roomId, threadSeq };
  const readSeq = key.seq === threadSeq ? threadSeq : key.seq - 1;
  await app.db.commit(async (tx, afterCommit) => {
    await tx.threadFollow.upsert({
      where: { userId_roomId_threadSeq: place },
      create: { ...place, readSeq },
      update: { isFollowing: true, readSeq },
    });
    afterCommit(() => tellThread(app, user.id, first));
  });
  return first;
}
