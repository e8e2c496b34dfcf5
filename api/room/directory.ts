import { loggedIn, type Viewer } from '../viewer.ts';
import { visibleRooms } from '../visibility.ts';
import type { App } from '../app.ts';
import type { Prisma, Room } from '../generated/prisma/client.ts';
import { searchPattern } from '../input.ts';
import { type PageArguments, readPageArguments } from '../page.ts';

export interface DirectoryFilter {
  /** Part of a name, an address or a topic. */
  search: string | null;
  /** Only rooms that the viewer is (true) or is not (false) a member of. */
  joined: boolean | null;
  /** Only rooms that are (true) or are not (false) archived; null for both. */
  archived?: boolean | null;
}

/** The rooms that the viewer may see, by name, without direct messages. `query` is what Prisma is to do for the page. */
export async function listRooms(
  app: App,
  viewer: Viewer,
  { search, joined, archived = null }: DirectoryFilter,
  page: PageArguments,
  query: Prisma.RoomFindManyArgs,
): Promise<Room[]> {
  const { user } = loggedIn(viewer);
  readPageArguments(page);
  const conditions: Prisma.RoomWhereInput[] = [visibleRooms(viewer), { kind: 'ROOM' }];
  const words = searchPattern(search);
  if (words) {
    const contains = { contains: words, mode: 'insensitive' } as const;
    conditions.push({ OR: [{ name: contains }, { slug: contains }, { topic: contains }] });
  }
  if (joined !== null) {
    conditions.push({ memberships: { [joined ? 'some' : 'none']: { userId: user.id } } });
  }
  if (archived !== null) conditions.push({ archivedAt: archived ? { not: null } : null });
  return app.db.prisma.room.findMany({
    ...query,
    where: { AND: conditions },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
}
