import { loggedIn, roomFor, type Viewer } from '../access.ts';
import { DISPLAY_NAME_MAX_LENGTH } from '../account/account.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { Membership, Prisma, Room, RoomRole, User } from '../generated/prisma/client.ts';
import { append } from '../live/log.ts';
import { type PageArguments, readPageArguments } from '../page.ts';

/**
 * Makes the viewer a member; nothing happens to one who is.
 * @throws Refusal NOT_FOUND
 */
export async function joinRoom(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  const room = await roomFor(app, viewer, { id: roomId }, 'read');
  const { user } = loggedIn(viewer);
  if (room.viewerMembership) return room;
  return app.db.commit((tx, afterCommit) =>
    addMember({ tx, afterCommit, bus: app.bus }, roomId, user, 'MEMBER'),
  );
}

/**
 * Ends the viewer's membership; nothing happens to one who is no member.
 * @throws Refusal NOT_FOUND
 */
export async function leaveRoom(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  const room = await roomFor(app, viewer, { id: roomId }, 'read');
  const { user } = loggedIn(viewer);
  if (!room.viewerMembership) return room;
  return app.db.commit(async (tx, afterCommit) => {
    const { count } = await tx.membership.deleteMany({ where: { roomId, userId: user.id } });
    if (count === 0) return tx.room.findUniqueOrThrow({ where: { id: roomId } });
    return recount({ tx, afterCommit, bus: app.bus }, roomId, user, 'MEMBER_LEFT');
  });
}

/** Adds a member and says so in the log, unless they are one already. */
export async function addMember(
  commit: Parameters<typeof append>[0],
  roomId: string,
  user: User,
  role: RoomRole,
): Promise<Room> {
  const { count } = await commit.tx.membership.createMany({
    data: { roomId, userId: user.id, role },
    skipDuplicates: true,
  });
  if (count === 0) return commit.tx.room.findUniqueOrThrow({ where: { id: roomId } });
  return recount(commit, roomId, user, 'MEMBER_JOINED');
}

export interface MemberFilter {
  /** How a username, a display name or a word in it begins, in any case. */
  search: string | null;
}

/** The members of a room that the viewer sees, in the order in which they came. */
export async function listMembers(
  app: App,
  viewer: Viewer,
  roomId: string,
  { search }: MemberFilter,
  page: PageArguments,
  query: Prisma.MembershipFindManyArgs,
): Promise<Membership[]> {
  readPageArguments(page);
  await roomFor(app, viewer, { id: roomId }, 'read');
  const beginning = search
    ?.trim()
    .slice(0, DISPLAY_NAME_MAX_LENGTH)
    .replace(/[\\%_]/g, '\\$&');
  return app.db.prisma.membership.findMany({
    ...query,
    where: { roomId, ...(beginning && { user: isNamed(beginning) }) },
    orderBy: [{ joinedAt: 'asc' }, { userId: 'asc' }],
  });
}

function isNamed(beginning: string): Prisma.UserWhereInput {
  const startsWith = { startsWith: beginning, mode: 'insensitive' } as const;
  const word = { contains: ` ${beginning}`, mode: 'insensitive' } as const;
  return { OR: [{ username: startsWith }, { displayName: startsWith }, { displayName: word }] };
}

/** Names that are looked up at once. */
export const NAMES_LOOKED_UP = 50;

/** An account of a certain name, and whether it belongs to a room. */
export interface Named {
  user: User;
  isMember: boolean;
}

/**
 * Who bears one of those usernames, in any case; names that nobody bears are passed over.
 * @throws Refusal INVALID_INPUT for more than NAMES_LOOKED_UP; NOT_FOUND
 */
export async function findNamed(
  app: App,
  viewer: Viewer,
  { roomId, usernames }: { roomId: string; usernames: string[] },
): Promise<Named[]> {
  if (usernames.length > NAMES_LOOKED_UP) {
    const message = `No more than ${NAMES_LOOKED_UP} names are looked up at once.`;
    throw new Refusal('INVALID_INPUT', message, { field: 'usernames' });
  }
  await roomFor(app, viewer, { id: roomId }, 'read');
  const found = await app.db.prisma.user.findMany({
    where: { usernameKey: { in: usernames.map((name) => name.toLowerCase()) } },
    include: { memberships: { where: { roomId }, take: 1 } },
  });
  return found.map(({ memberships, ...user }) => ({ user, isMember: memberships.length > 0 }));
}

/** Counts under the lock of the room's row, so that the count in the event is the count after it. */
async function recount(
  commit: Parameters<typeof append>[0],
  roomId: string,
  user: User,
  kind: 'MEMBER_JOINED' | 'MEMBER_LEFT',
): Promise<Room> {
  const room = await commit.tx.room.update({
    where: { id: roomId },
    data: { memberCount: { increment: kind === 'MEMBER_JOINED' ? 1 : -1 } },
  });
  const event = { kind, data: { memberCount: room.memberCount } };
  const readSeq = await append(commit, roomId, user, event);
  // Whoever joins finds nothing unread.
  await commit.tx.membership.updateMany({ where: { roomId, userId: user.id }, data: { readSeq } });
  // Nor do they follow what they followed before they left.
  await commit.tx.threadFollow.deleteMany({ where: { roomId, userId: user.id } });
  commit.afterCommit(() => commit.bus.publish(`user:${user.id}`, { changed: 'ROOMS' }));
  return commit.tx.room.findUniqueOrThrow({ where: { id: roomId } });
}
