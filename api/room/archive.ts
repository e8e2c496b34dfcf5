/** Rooms in which nothing changes any more: they are read and searched, and can be taken back. */
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { Room } from '../generated/prisma/client.ts';
import { changeSettings } from './settings.ts';

/**
 * Archives a room; nothing happens to one that is.
 * @throws Refusal NOT_FOUND, FORBIDDEN for all but owners and administrators.
 */
export async function archiveRoom(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  return changeSettings(app, viewer, roomId, {
    ability: 'archive',
    action: 'ROOM_ARCHIVED',
    data: (room) => ({ archivedAt: room.archivedAt ?? new Date() }),
  });
}

/**
 * Takes a room back into use; nothing happens to one that is in use.
 * @throws Refusal NOT_FOUND, FORBIDDEN for all but owners and administrators.
 */
export async function unarchiveRoom(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  return changeSettings(app, viewer, roomId, {
    ability: 'archive',
    action: 'ROOM_UNARCHIVED',
    data: () => ({ archivedAt: null }),
  });
}
