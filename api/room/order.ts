/** The order of somebody's list of rooms: favourites, and where they have put each. */
import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';

/**
 * Says whether a room is one of the viewer's favourites.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function setFavourite(
  app: App,
  viewer: Viewer,
  { roomId, isFavourite }: { roomId: string; isFavourite: boolean },
): Promise<void> {
  const { user } = loggedIn(viewer);
  await roomFor(app, viewer, { id: roomId }, 'keepPlace');
  await app.db.commit(async (tx, afterCommit) => {
    await tx.membership.updateMany({ where: { roomId, userId: user.id }, data: { isFavourite } });
    afterCommit(() => app.bus.publish(`user:${user.id}`, { changed: 'PLACE', roomId }));
  });
}

/**
 * Puts a room of the viewer's list just behind another one, or first. Where it then stands is relative to the rooms of
 * its own section: favourites are listed before the others.
 * @throws Refusal INVALID_INPUT where the other one is the room itself; NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function moveRoom(
  app: App,
  viewer: Viewer,
  { roomId, after }: { roomId: string; after: string | null },
): Promise<void> {
  const { user } = loggedIn(viewer);
  await roomFor(app, viewer, { id: roomId }, 'keepPlace');
  if (after === roomId) {
    throw new Refusal('INVALID_INPUT', 'A room does not follow itself.', { field: 'afterId' });
  }
  if (after !== null) await roomFor(app, viewer, { id: after }, 'keepPlace');
  await app.db.commit(async (tx, afterCommit) => {
    // Two moves at once: the second one begins with what the first one made.
    const locked = await tx.$queryRaw<{ roomId: string }[]>`
      SELECT room_id AS "roomId" FROM membership WHERE user_id = ${user.id}::uuid
      ORDER BY room_id FOR NO KEY UPDATE`;
    const listed = await tx.membership.findMany({
      where: { userId: user.id, roomId: { in: locked.map((row) => row.roomId) } },
      select: { roomId: true, position: true, room: { select: { id: true, name: true } } },
    });
    const order = listed.sort(byPlace).map((entry) => entry.roomId);
    const rest = order.filter((id) => id !== roomId);
    rest.splice(after === null ? 0 : rest.indexOf(after) + 1, 0, roomId);
    await tx.$executeRaw`
      UPDATE membership SET position = moved.position
      FROM unnest(${rest}::uuid[]) WITH ORDINALITY AS moved (room_id, position)
      WHERE membership.user_id = ${user.id}::uuid AND membership.room_id = moved.room_id
        AND membership.position IS DISTINCT FROM moved.position`;
    const wasAt = new Map(listed.map((entry) => [entry.roomId, entry.position]));
    const moved = rest.filter((id, index) => wasAt.get(id) !== index + 1);
    afterCommit(() => {
      for (const id of moved) {
        app.bus.publish(`user:${user.id}`, { changed: 'PLACE', roomId: id });
      }
    });
  });
}

/** A room in a list: where it was put, if it was. */
export interface Placed {
  position: number | null;
  room: { id: string; name: string };
}

const collator = new Intl.Collator();

/** Those that were put somewhere, in that order; then the others by name. */
export function byPlace(a: Placed, b: Placed): number {
  if (a.position !== null && b.position !== null) return a.position - b.position;
  if (a.position !== b.position) return a.position === null ? 1 : -1;
  return collator.compare(a.room.name, b.room.name) || (a.room.id < b.room.id ? -1 : 1);
}
