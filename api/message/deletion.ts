import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import type { User } from '../generated/prisma/client.ts';
import type { LoggedMessage } from '../live/log.ts';
import { changeMessage } from './change.ts';
import { byItself } from './history.ts';
import type { MessageKey } from './key.ts';
import { NO_MENTIONS } from './mention.ts';
import { LAST_REPLIERS } from './posting-statement.ts';

/**
 * Deletes a message: a tombstone stays in its place, and nothing of what it said, nor of what others
 * did with it; answers to it stay.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but its author, the room's owners, moderators and administrators;
 * CONFLICT where it was deleted before.
 */
export async function deleteMessage(
  app: App,
  viewer: Viewer,
  key: MessageKey,
): Promise<LoggedMessage> {
  const { seq } = key;
  const fileIds: string[] = [];
  const deleted = await changeMessage(app, viewer, key, {
    ability: 'moderate',
    event: { kind: 'MESSAGE_DELETED', messageSeq: seq },
    isDue: () => true,
    async write(tx, message, user) {
      if (message.author.id !== user.id) await record(tx, viewer, key, message.author);
      fileIds.push(...(await replaceByTombstone(tx, message)));
    },
  });
  await removeFiles(app, fileIds);
  return byItself(app, viewer, deleted);
}

/** Takes away what a message says, within the transaction of the event. @returns the ids of its files. */
export async function replaceByTombstone(
  tx: Tx,
  { roomId, seq, threadSeq }: Pick<LoggedMessage, 'roomId' | 'seq' | 'threadSeq'>,
): Promise<string[]> {
  await tx.messageRevision.deleteMany({ where: { roomId, seq } });
  await tx.reaction.deleteMany({ where: { roomId, seq } });
  const files = await tx.file.findMany({ where: { roomId, messageSeq: seq } });
  await tx.file.deleteMany({ where: { roomId, messageSeq: seq } });
  await tx.message.update({
    where: { roomId_seq: { roomId, seq } },
    data: {
      ...{ body: '', deletedAt: new Date(), fileCount: 0, pinnedAt: null, pinnedById: null },
      ...NO_MENTIONS,
    },
  });
  if (threadSeq !== null) await recountReplies(tx, roomId, threadSeq);
  await withdraw(tx, { roomId, seq });
  return files.map(({ id }) => id);
}

/** Nobody is given them any more; what is not removed now is the sweep's. */
export async function removeFiles(app: App, ids: string[]): Promise<void> {
  await app.storage.remove(ids).catch((error: unknown) => {
    app.log.warn({ err: error }, 'Files of a deleted message could not be removed');
  });
}

async function record(tx: Tx, viewer: Viewer, key: MessageKey, author: User): Promise<void> {
  const room = await tx.room.findUniqueOrThrow({ where: { id: key.roomId } });
  const messageSeq = key.seq;
  await recordDeed(tx, viewer, { action: 'MESSAGE_DELETED', user: author, room, messageSeq });
}

async function recountReplies(tx: Tx, roomId: string, threadSeq: number): Promise<void> {
  await tx.$executeRaw`
    WITH reply AS (
      SELECT author_id, seq, created_at FROM message
      WHERE room_id = ${roomId}::uuid AND thread_seq = ${threadSeq} AND deleted_at IS NULL
    )
    UPDATE message
    SET reply_count = (SELECT count(*) FROM reply),
        last_reply_at = (SELECT max(created_at) FROM reply),
        last_replier_ids = ARRAY(
          SELECT author_id FROM reply GROUP BY author_id ORDER BY max(seq) DESC LIMIT ${LAST_REPLIERS}
        )
    WHERE room_id = ${roomId}::uuid AND seq = ${threadSeq}`;
}

/** Has the browsers that show the message in a notification take it back. */
async function withdraw(tx: Tx, { roomId, seq }: MessageKey): Promise<void> {
  await tx.$executeRaw`
    SELECT graphile_worker.add_job(
      'withdraw-notices', json_build_object('userId', user_id, 'roomId', ${roomId}::text),
      job_key := 'withdraw-notices:' || user_id || ':' || ${roomId}::text, max_attempts := 5
    ) FROM (
      SELECT DISTINCT subscription.user_id
      FROM push_notice notice JOIN push_subscription subscription ON subscription.id = notice.subscription_id
      WHERE notice.room_id = ${roomId}::uuid AND notice.seq = ${seq}
    ) shown`;
}
