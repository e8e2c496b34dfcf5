/** Whom rooms keep out. */
import { inForceSql } from '../audit/until.ts';
import type { App } from '../app.ts';
import { Prisma, type RoomBan } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import type { Viewer } from '../viewer.ts';
import { contains, given, type Listing, listRecords, mapPage, type RecordPage } from './listing.ts';
import type { RoomRecord } from './records.ts';
import { roomRecord } from './rooms.ts';

export type RoomBanRecord = RoomBan & { room: RoomRecord };

/** What is left out is not asked for. */
export interface RoomBanFilter {
  /** Part of the username or the display name of who is banned. */
  search?: string | null | undefined;
  roomId?: string | null | undefined;
  userId?: string | null | undefined;
}

export type RoomBanOrder = 'CREATED_AT';

const LISTING: Listing<RoomBanOrder> = {
  select: `room_ban.room_id AS "roomId", room_ban.user_id AS "userId", room_ban.by_id AS "byId",
    room_ban.reason, room_ban.created_at AS "createdAt", room_ban.until`,
  orders: { CREATED_AT: { sql: 'room_ban.created_at', type: 'timestamptz' } },
  key: [
    { sql: 'room_ban.room_id', type: 'uuid' },
    { sql: 'room_ban.user_id', type: 'uuid' },
  ],
};

/** Those that are in force. @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE */
export async function listRoomBans(
  app: App,
  viewer: Viewer,
  { search, roomId, userId }: RoomBanFilter,
  order: Order<RoomBanOrder>,
  page: PageArguments,
): Promise<RecordPage<RoomBanRecord>> {
  const found = await listRecords<RoomBan, RoomBanOrder>(app, viewer, LISTING, {
    from: [
      Prisma.sql`room_ban JOIN room ON room.id = room_ban.room_id
      JOIN "user" ON "user".id = room_ban.user_id`,
    ],
    where: [
      Prisma.sql`room.kind = 'ROOM'`,
      Prisma.raw(inForceSql('room_ban')),
      ...contains(search, ['"user".username', '"user".display_name']),
      ...given(roomId, (id) => Prisma.sql`room_ban.room_id = ${id}::uuid`),
      ...given(userId, (id) => Prisma.sql`room_ban.user_id = ${id}::uuid`),
    ],
    ...{ order, page },
  });
  return mapPage(found, async (row) => {
    const room = await roomRecord(app, viewer, row.roomId);
    return room && { ...row, room };
  });
}
