/** Of which rooms a viewer may know, and what of these they may see: for every query, of Prisma's or ours. */
import type { App } from './app.ts';
import type { Tx } from './db.ts';
import { Refusal } from './errors.ts';
import type { Membership, Prisma, Room, RoomVisibility } from './generated/prisma/client.ts';
import { loggedIn, type Viewer } from './viewer.ts';

/** The rooms of which the viewer may know, as a condition of every query for rooms. */
export function visibleRooms(viewer: Viewer): Prisma.RoomWhereInput {
  return roomsOf(viewer, ['PUBLIC', 'RESTRICTED']);
}

/** The rooms whose messages, members and files the viewer may see, as a condition of every query for these. */
export function readableRooms(viewer: Viewer): Prisma.RoomWhereInput {
  return roomsOf(viewer, ['PUBLIC']);
}

/** Those that the viewer belongs to, and those that are open to whoever is not banned from them. */
function roomsOf(viewer: Viewer, open: RoomVisibility[]): Prisma.RoomWhereInput {
  const { user } = loggedIn(viewer);
  return {
    OR: [
      { visibility: { in: open }, ...notBanned(user.id) },
      { memberships: { some: { userId: user.id } } },
    ],
  };
}

/** Rooms from which somebody is not banned. */
export function notBanned(userId: string): Prisma.RoomWhereInput {
  const holds = { OR: [{ until: null }, { until: { gt: new Date() } }] };
  return { bans: { none: { userId, ...holds } } };
}

/**
 * `readableRooms` for statements that Prisma does not write: a condition on the table `room`.
 * @param userId what stands for the viewer's id in it, such as `$1`
 */
export function readableRoomSql(userId: string): string {
  return `(room.visibility = 'PUBLIC' AND NOT ${isBannedSql(userId)} OR EXISTS (
    SELECT FROM membership WHERE membership.room_id = room.id AND membership.user_id = ${userId}
  ))`;
}

/** Whether the viewer is banned from the table `room`'s room; nobody who is belongs to it. */
export function isBannedSql(userId: string): string {
  return `EXISTS (
    SELECT FROM room_ban
    WHERE room_ban.room_id = room.id AND room_ban.user_id = ${userId}
      AND (room_ban.until IS NULL OR room_ban.until > now())
  )`;
}

/** A room as one viewer stands to it. */
export type ViewedRoom = Room & { viewerMembership: Membership | null };

/**
 * Finds a room through the viewer, whatever they may do in it.
 * @throws Refusal NOT_FOUND
 */
export async function visibleRoom(
  app: App,
  viewer: Viewer,
  where: { id: string } | { slug: string },
): Promise<ViewedRoom> {
  return viewedRoom(app.db.prisma, viewer, where, visibleRooms(viewer));
}

/** Finds a room among some, as the viewer stands to it. @throws Refusal NOT_FOUND */
export async function viewedRoom(
  { room }: Pick<Tx, 'room'>,
  viewer: Viewer,
  where: { id: string } | { slug: string },
  among: Prisma.RoomWhereInput,
): Promise<ViewedRoom> {
  const { user } = loggedIn(viewer);
  const found = await room.findFirst({
    where: { AND: [where, among] },
    include: { memberships: { where: { userId: user.id } } },
  });
  if (!found) throw new Refusal('NOT_FOUND', 'There is no such room.');
  const { memberships, ...viewed } = found;
  return { ...viewed, viewerMembership: memberships[0] ?? null };
}
