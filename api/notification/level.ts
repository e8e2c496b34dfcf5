/** Of what in a room somebody is notified. */
import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { NotificationLevel, Room } from '../generated/prisma/client.ts';

export interface RoomNotifications {
  roomId: string;
  /** Undefined: as it is. */
  level?: NotificationLevel | undefined;
  /** Nothing is notified of until then; null for no muting, undefined: as it is. */
  mutedUntil?: Date | null | undefined;
}

/**
 * Says of what in a room the viewer is notified, on all their devices.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function setRoomNotifications(
  app: App,
  viewer: Viewer,
  { roomId, level, mutedUntil }: RoomNotifications,
): Promise<Room> {
  const { user } = loggedIn(viewer);
  const room = await roomFor(app, viewer, { id: roomId }, 'beNotified');
  await app.db.commit(async (tx, afterCommit) => {
    await tx.membership.updateMany({
      where: { roomId, userId: user.id },
      data: {
        ...(level && { notify: level }),
        ...(mutedUntil !== undefined && { mutedUntil }),
      },
    });
    afterCommit(() => app.bus.publish(`user:${user.id}`, { changed: 'PLACE', roomId }));
  });
  return room;
}
