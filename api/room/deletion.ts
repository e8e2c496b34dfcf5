/** Rooms that are deleted with all that is in them. */
import { mayInRoom, standingIn } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import { visibleRoom } from '../visibility.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { actIn } from './people.ts';
import { lockRoom } from './settings.ts';
import { normalizeSlug } from './slug.ts';

/** What goes with a room. */
export interface RoomContents {
  /** That stand, those in threads included. */
  messageCount: number;
  fileCount: number;
  fileBytes: number;
  memberCount: number;
}

/** A room of many messages takes its time. */
const DELETION_TIMEOUT_MS = 10 * 60 * 1_000;

/**
 * What would be lost with a room; null for those who may not delete it.
 * @throws Refusal NOT_FOUND
 */
export async function previewDeletion(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<RoomContents | null> {
  const room = await visibleRoom(app, viewer, { id: roomId });
  if (!mayInRoom(standingIn(viewer, room), 'delete')) return null;
  return countContents(app.db.prisma, roomId);
}

/**
 * Deletes a room: its log, messages, memberships and files. Who follows it is told to load afresh, and finds nothing; the
 * bytes of its files go with a later sweep.
 * @throws Refusal INVALID_INPUT where the slug is not the room's; NOT_FOUND, FORBIDDEN for all but owners and administrators.
 */
export async function deleteRoom(
  app: App,
  viewer: Viewer,
  { roomId, slug }: { roomId: string; slug: string },
): Promise<void> {
  await actIn(
    app,
    viewer,
    { roomId, ability: 'delete' },
    async ({ commit: { tx, afterCommit }, room }) => {
      if (normalizeSlug(slug.trim()) !== room.slug) {
        const message = 'This is not the address of the room.';
        throw new Refusal('INVALID_INPUT', message, { field: 'slug' });
      }
      // As posting does: memberships first, and then the room.
      const members = await tx.$queryRaw<{ userId: string }[]>`
        SELECT user_id AS "userId" FROM membership WHERE room_id = ${roomId}::uuid
        ORDER BY user_id FOR UPDATE`;
      await lockRoom(tx, roomId);
      const pending = { where: { roomId }, select: { userId: true } };
      const concerned = [
        ...members,
        ...(await tx.joinRequest.findMany(pending)),
        ...(await tx.roomInvitation.findMany(pending)),
      ];
      const before = { ...(await countContents(tx, roomId)) };
      await recordDeed(tx, viewer, { action: 'ROOM_DELETED', room, before });
      await tx.room.delete({ where: { id: roomId } });
      afterCommit(() => {
        for (const { userId } of concerned) {
          app.bus.publish(`user:${userId}`, { changed: 'ROOMS' });
        }
      });
    },
    { timeoutMs: DELETION_TIMEOUT_MS },
  );
}

async function countContents(tx: Tx, roomId: string): Promise<RoomContents> {
  const messageCount = await tx.message.count({ where: { roomId, deletedAt: null } });
  const memberCount = await tx.membership.count({ where: { roomId } });
  const files = await tx.file.aggregate({ where: { roomId }, _count: true, _sum: { size: true } });
  return {
    ...{ messageCount, memberCount, fileCount: files._count },
    fileBytes: files._sum.size ?? 0,
  };
}
