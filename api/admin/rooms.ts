/** All rooms but direct messages, as those who run the server see them. */
import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { Prisma, type RoomVisibility } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import type { Viewer } from '../viewer.ts';
import { readableRoomSql } from '../visibility.ts';
import { contains, given, type Listing, listRecords, mapPage, type RecordPage } from './listing.ts';
import type { RoomRecord } from './records.ts';

/** What is left out is not asked for. */
export interface RoomFilter {
  /** Part of a name, an address or a topic. */
  search?: string | null | undefined;
  visibilities?: RoomVisibility[] | null | undefined;
  isArchived?: boolean | null | undefined;
}

export type RoomOrder = 'NAME' | 'CREATED_AT' | 'MEMBER_COUNT';

const LISTING: Listing<RoomOrder> = {
  select: 'room.id',
  orders: {
    NAME: { sql: 'room.name', type: 'text' },
    CREATED_AT: { sql: 'room.created_at', type: 'timestamptz' },
    MEMBER_COUNT: { sql: 'room.member_count', type: 'int' },
  },
  key: [{ sql: 'room.id', type: 'uuid' }],
};

/** @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE */
export async function listAllRooms(
  app: App,
  viewer: Viewer,
  { search, visibilities, isArchived }: RoomFilter,
  order: Order<RoomOrder>,
  page: PageArguments,
): Promise<RecordPage<RoomRecord>> {
  const found = await listRecords<{ id: string }, RoomOrder>(app, viewer, LISTING, {
    from: [Prisma.sql`room`],
    where: [
      Prisma.sql`room.kind = 'ROOM'`,
      ...contains(search, ['room.name', 'room.slug', 'room.topic']),
      ...given(
        visibilities,
        (some) => Prisma.sql`room.visibility = ANY(${some}::"RoomVisibility"[])`,
      ),
      ...given(isArchived, (is) => Prisma.sql`(room.archived_at IS NOT NULL) = ${is}`),
    ],
    ...{ order, page },
  });
  return mapPage(found, ({ id }) => roomRecord(app, viewer, id));
}

/** One room; null for what is none, as are direct messages. @throws Refusal FORBIDDEN for all but administrators. */
export async function roomRecord(
  app: App,
  viewer: Viewer,
  roomId: string,
): Promise<RoomRecord | null> {
  const { user } = onServer(viewer, 'administer');
  return app.records.rooms.ask({ roomId, viewerId: user.id });
}

/** That the viewer may read the table `room`'s room. */
export function readableBy(userId: string): Prisma.Sql {
  const parts = readableRoomSql('?').split('?');
  return new Prisma.Sql(parts, Array(parts.length - 1).fill(userId));
}
