/** Who belongs to which room, direct messages left out. */
import type { App } from '../app.ts';
import { type Membership, Prisma, type RoomRole } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import type { Viewer } from '../viewer.ts';
import { contains, given, type Listing, listRecords, mapPage, type RecordPage } from './listing.ts';
import type { RoomRecord } from './records.ts';
import { roomRecord } from './rooms.ts';

type Row = Pick<Membership, 'roomId' | 'userId' | 'role' | 'joinedAt' | 'timedOutUntil'>;
export type MembershipRecord = Row & { room: RoomRecord };

/** What is left out is not asked for. */
export interface MembershipFilter {
  /** Part of a username or a display name. */
  search?: string | null | undefined;
  roomId?: string | null | undefined;
  userId?: string | null | undefined;
  roles?: RoomRole[] | null | undefined;
}

export type MembershipOrder = 'JOINED_AT' | 'USERNAME';

const LISTING: Listing<MembershipOrder> = {
  select: `membership.room_id AS "roomId", membership.user_id AS "userId", membership.role,
    membership.joined_at AS "joinedAt", membership.timed_out_until AS "timedOutUntil"`,
  orders: {
    JOINED_AT: { sql: 'membership.joined_at', type: 'timestamptz' },
    USERNAME: { sql: '"user".username_key', type: 'text' },
  },
  key: [
    { sql: 'membership.room_id', type: 'uuid' },
    { sql: 'membership.user_id', type: 'uuid' },
  ],
};

/** @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE */
export async function listMemberships(
  app: App,
  viewer: Viewer,
  { search, roomId, userId, roles }: MembershipFilter,
  order: Order<MembershipOrder>,
  page: PageArguments,
): Promise<RecordPage<MembershipRecord>> {
  const found = await listRecords<Row, MembershipOrder>(app, viewer, LISTING, {
    from: [
      Prisma.sql`membership JOIN "user" ON "user".id = membership.user_id
      JOIN room ON room.id = membership.room_id`,
    ],
    where: [
      Prisma.sql`room.kind = 'ROOM'`,
      ...contains(search, ['"user".username', '"user".display_name']),
      ...given(roomId, (id) => Prisma.sql`membership.room_id = ${id}::uuid`),
      ...given(userId, (id) => Prisma.sql`membership.user_id = ${id}::uuid`),
      ...given(roles, (some) => Prisma.sql`membership.role = ANY(${some}::"RoomRole"[])`),
    ],
    ...{ order, page },
  });
  return mapPage(found, (row) => membershipRecord(app, viewer, row));
}

/** A membership with its room; null where the room is gone. @throws Refusal FORBIDDEN for all but administrators. */
export async function membershipRecord(
  app: App,
  viewer: Viewer,
  membership: Row,
): Promise<MembershipRecord | null> {
  const room = await roomRecord(app, viewer, membership.roomId);
  return room && { ...membership, room };
}
