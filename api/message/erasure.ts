/**
 * What a deleted account leaves behind in rooms. It is a job, since it takes as long as they have said much, and may
 * be done twice or go on where it was cut short: it does what is left. Every leaving and every deletion is an event
 * of its room's log, one at a time, so that nobody's posts wait for long.
 */
import type { ErasurePayload } from '../account/deletion.ts';
import type { App } from '../app.ts';
import type { User } from '../generated/prisma/client.ts';
import { append } from '../live/log.ts';
import { endMembership } from '../room/membership.ts';
import { dropPendingOf } from '../room/pending.ts';
import { removeFiles, replaceByTombstone } from './deletion.ts';

const PAGE_SIZE = 100;

/** Ends the memberships of a deleted account, and deletes its messages where that was wanted. */
export async function eraseAccount(
  app: App,
  { userId, messages }: ErasurePayload,
  signal: AbortSignal,
): Promise<void> {
  const user = await app.db.prisma.user.findUnique({
    where: { id: userId, erasedAt: { not: null } },
  });
  if (!user) return;
  const pending = await app.db.prisma.user.findUniqueOrThrow({
    where: { id: userId },
    select: { joinRequests: true, roomInvitations: true },
  });
  for (const { roomId } of [...pending.joinRequests, ...pending.roomInvitations]) {
    await app.db.commit((tx, afterCommit) =>
      dropPendingOf({ tx, afterCommit, bus: app.bus }, { roomId, userId }),
    );
  }
  // First, since whoever belongs to no room says nothing more in any.
  // Direct messages are of the same people for ever: of this one, of their tombstone.
  const memberships = await app.db.prisma.membership.findMany({
    where: { userId, room: { kind: 'ROOM' } },
  });
  for (const { roomId } of memberships) {
    signal.throwIfAborted();
    await app.db.commit((tx, afterCommit) =>
      endMembership({ tx, afterCommit, bus: app.bus }, roomId, user, {
        kind: 'MEMBER_LEFT',
        actor: user,
      }),
    );
  }
  // What the last moment of a session has begun to write.
  await app.db.prisma.draft.deleteMany({ where: { userId } });
  if (messages === 'DELETE') await deleteAll(app, user, signal);
}

async function deleteAll(app: App, user: User, signal: AbortSignal): Promise<void> {
  let after = '';
  for (;;) {
    // By the index of an author's messages, past those that are deleted.
    const page = await app.db.prisma.message.findMany({
      where: { authorId: user.id, idempotencyKey: { gt: after }, deletedAt: null },
      select: { roomId: true, seq: true, idempotencyKey: true },
      orderBy: { idempotencyKey: 'asc' },
      take: PAGE_SIZE,
    });
    if (page.length === 0) return;
    for (const { roomId, seq } of page) {
      signal.throwIfAborted();
      await deleteOne(app, user, { roomId, seq });
    }
    after = page.at(-1)!.idempotencyKey;
  }
}

async function deleteOne(
  app: App,
  user: User,
  { roomId, seq }: { roomId: string; seq: number },
): Promise<void> {
  const fileIds = await app.db
    .commit(async (tx, afterCommit) => {
      const event = { kind: 'MESSAGE_DELETED', messageSeq: seq } as const;
      await append({ tx, afterCommit, bus: app.bus }, roomId, user, event);
      const message = await tx.message.findUnique({ where: { roomId_seq: { roomId, seq } } });
      if (!message || message.deletedAt) throw new AlreadyDeleted();
      return replaceByTombstone(tx, message);
    })
    .catch((error: unknown) => {
      if (error instanceof AlreadyDeleted) return [];
      throw error;
    });
  await removeFiles(app, fileIds);
}

/** A moderator was faster: the event is rolled back. */
class AlreadyDeleted extends Error {}
