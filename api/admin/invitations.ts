/** By what people come in: invitations to register, and links to rooms. */
import type { App } from '../app.ts';
import { type Invitation, Prisma, type RoomLink } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import type { Viewer } from '../viewer.ts';
import { contains, given, type Listing, listRecords, mapPage, type RecordPage } from './listing.ts';
import type { RoomRecord } from './records.ts';
import { roomRecord } from './rooms.ts';

export type InvitationRecord = Omit<Invitation, 'codeHash'>;
type LinkRow = Omit<RoomLink, 'codeHash'>;
export type RoomLinkRecord = LinkRow & { room: RoomRecord };

export type InvitationOrder = 'CREATED_AT' | 'EXPIRES_AT';

const orders = (table: string): Listing<InvitationOrder>['orders'] => ({
  CREATED_AT: { sql: `${table}.created_at`, type: 'timestamptz' },
  EXPIRES_AT: { sql: `${table}.expires_at`, type: 'timestamptz' },
});

const INVITATIONS: Listing<InvitationOrder> = {
  select: `invitation.id, invitation.created_by_id AS "createdById", invitation.uses_left AS "usesLeft",
    invitation.created_at AS "createdAt", invitation.expires_at AS "expiresAt"`,
  orders: orders('invitation'),
  key: [{ sql: 'invitation.id', type: 'uuid' }],
};

const ROOM_LINKS: Listing<InvitationOrder> = {
  select: `room_link.id, room_link.room_id AS "roomId", room_link.created_by_id AS "createdById",
    room_link.created_at AS "createdAt", room_link.max_uses AS "maxUses", room_link.uses,
    room_link.expires_at AS "expiresAt"`,
  orders: orders('room_link'),
  key: [{ sql: 'room_link.id', type: 'uuid' }],
};

export interface InvitationFilter {
  /** Part of the username of who made it. */
  search?: string | null | undefined;
}

/** All of them, used up and over or not. @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE */
export async function listInvitations(
  app: App,
  viewer: Viewer,
  { search }: InvitationFilter,
  order: Order<InvitationOrder>,
  page: PageArguments,
): Promise<RecordPage<InvitationRecord>> {
  return listRecords(app, viewer, INVITATIONS, {
    from: [Prisma.sql`invitation JOIN "user" ON "user".id = invitation.created_by_id`],
    where: contains(search, ['"user".username']),
    ...{ order, page },
  });
}

export interface RoomLinkFilter {
  /** Part of the room's name or address, or of the username of who made it. */
  search?: string | null | undefined;
  roomId?: string | null | undefined;
}

/** Those of all rooms, used up and over or not. @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE */
export async function listAllRoomLinks(
  app: App,
  viewer: Viewer,
  { search, roomId }: RoomLinkFilter,
  order: Order<InvitationOrder>,
  page: PageArguments,
): Promise<RecordPage<RoomLinkRecord>> {
  const found = await listRecords<LinkRow, InvitationOrder>(app, viewer, ROOM_LINKS, {
    from: [
      Prisma.sql`room_link JOIN room ON room.id = room_link.room_id
      JOIN "user" ON "user".id = room_link.created_by_id`,
    ],
    where: [
      Prisma.sql`room.kind = 'ROOM'`,
      ...contains(search, ['room.name', 'room.slug', '"user".username']),
      ...given(roomId, (id) => Prisma.sql`room_link.room_id = ${id}::uuid`),
    ],
    ...{ order, page },
  });
  return mapPage(found, async (row) => {
    const room = await roomRecord(app, viewer, row.roomId);
    return room && { ...row, room };
  });
}
