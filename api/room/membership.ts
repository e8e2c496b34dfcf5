import { mayInRoom, requireInRoom, roomFor, standingIn } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import { notBanned, viewedRoom, visibleRoom, visibleRooms } from '../visibility.ts';
import { usernameKeyOf } from '../account/names.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { Membership, Prisma, Room, RoomRole, User } from '../generated/prisma/client.ts';
import { searchPattern } from '../input.ts';
import { append, type Commit, type NewEvent } from '../live/log.ts';
import { type PageArguments, readPageArguments } from '../page.ts';
import { lockPeople, requireNoBan, requireOtherOwner } from './people.ts';
import { dropPendingOf } from './pending.ts';

/**
 * Makes the viewer a member of a room that is open to them; nothing happens to one who is.
 * @throws Refusal NOT_FOUND; FORBIDDEN where one is let in only, and in an archived room.
 */
export async function joinRoom(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  const { user } = loggedIn(viewer);
  const room = await visibleRoom(app, viewer, { id: roomId });
  if (room.viewerMembership) return room;
  requireInRoom(standingIn(viewer, room), 'join');
  return app.db.commit((tx, afterCommit) =>
    admit({ tx, afterCommit, bus: app.bus }, roomId, user, {
      otherwise: 'There is no such room.',
      isOpen: ({ visibility }) => visibility === 'PUBLIC',
    }),
  );
}

interface Admission {
  /** The words of the refusal. */
  otherwise: string;
  /** Whether the room lets them in as it is then. */
  isOpen?: (room: Room) => boolean;
  role?: RoomRole;
}

/**
 * Adds somebody, unless the room is archived or they are banned from it.
 * @throws Refusal NOT_FOUND, in these words, so that a ban is not told from what there never was.
 */
export async function admit(
  commit: Commit,
  roomId: string,
  user: User,
  { otherwise, isOpen = () => true, role = 'MEMBER' }: Admission,
): Promise<Room> {
  const { tx } = commit;
  await lockPeople(tx, roomId);
  const mayEnter = await tx.room.count({ where: { id: roomId, ...notBanned(user.id) } });
  if (!mayEnter) throw new Refusal('NOT_FOUND', otherwise);
  const room = await addMember(commit, roomId, user, role);
  if (room.archivedAt || !isOpen(room)) throw new Refusal('NOT_FOUND', otherwise);
  await dropPendingOf(commit, { roomId, userId: user.id });
  return room;
}

/**
 * Ends the viewer's membership; nothing happens to one who is no member.
 * @throws Refusal NOT_FOUND; FORBIDDEN for direct messages, which nobody leaves; CONFLICT for the last owner while there are
 * others.
 */
export async function leaveRoom(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  const room = await visibleRoom(app, viewer, { id: roomId });
  const { user } = loggedIn(viewer);
  if (!room.viewerMembership) return room;
  requireInRoom(standingIn(viewer, room), 'leave');
  return app.db.commit(async (tx, afterCommit) => {
    const commit = { tx, afterCommit, bus: app.bus };
    await lockPeople(tx, roomId);
    await requireOtherOwner(tx, roomId, user);
    const left = await endMembership(commit, roomId, user, { kind: 'MEMBER_LEFT', actor: user });
    // They were removed meanwhile, or the room was deleted.
    return left ?? viewedRoom(tx, viewer, { id: roomId }, visibleRooms(viewer));
  });
}

/** How a membership ends: by the member, or by somebody who acts upon them. */
export interface Leaving {
  kind: 'MEMBER_LEFT' | 'MEMBER_REMOVED';
  actor: User;
}

/** Ends somebody's membership and says so in the log; null where they are no member. */
export async function endMembership(
  commit: Commit,
  roomId: string,
  user: Pick<User, 'id'>,
  { kind, actor }: Leaving,
): Promise<Room | null> {
  await lockPeople(commit.tx, roomId);
  const { count } = await commit.tx.membership.deleteMany({ where: { roomId, userId: user.id } });
  if (count === 0) return null;
  return recount(commit, roomId, user, {
    by: -1,
    actor,
    eventOf: (data) => (kind === 'MEMBER_LEFT' ? { kind, data } : { kind, data, subject: user }),
  });
}

/**
 * Adds a member and says so in the log, unless they are one already.
 * @throws Refusal NOT_FOUND for those who are banned, also since they were shown the room.
 */
export async function addMember(
  commit: Commit,
  roomId: string,
  user: User,
  role: RoomRole,
): Promise<Room> {
  const { tx } = commit;
  await lockPeople(tx, roomId);
  await requireNoBan(tx, roomId, user);
  const timeout = await tx.roomTimeout.findUnique({
    where: { roomId_userId: { roomId, userId: user.id } },
  });
  const { count } = await tx.membership.createMany({
    data: { roomId, userId: user.id, role, timedOutUntil: timeout?.until ?? null },
    skipDuplicates: true,
  });
  if (count === 0) return tx.room.findUniqueOrThrow({ where: { id: roomId } });
  return recount(commit, roomId, user, {
    by: 1,
    actor: user,
    eventOf: (data) => ({
      kind: 'MEMBER_JOINED',
      data: timeout ? { ...data, timedOutUntil: timeout.until.toISOString() } : data,
    }),
  });
}

export interface MemberFilter {
  /** How a username, a display name or a word in it begins, in any case. */
  search: string | null;
}

/** The members of a room that the viewer sees, in the order in which they came; none for those who do not see what is in it. */
export async function listMembers(
  app: App,
  viewer: Viewer,
  roomId: string,
  { search }: MemberFilter,
  page: PageArguments,
  query: Prisma.MembershipFindManyArgs,
): Promise<Membership[]> {
  readPageArguments(page);
  const room = await visibleRoom(app, viewer, { id: roomId });
  if (!mayInRoom(standingIn(viewer, room), 'read')) return [];
  const beginning = searchPattern(search);
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
  /** Those of the names that were asked for which they bear, or have borne, in lower case. */
  names: string[];
  isMember: boolean;
}

/**
 * Who bears one of those usernames, or has borne it, in any case; names of nobody are passed over.
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
  const keys = usernames.map(usernameKeyOf);
  const isAsked = { usernameKey: { in: keys } };
  const found = await app.db.prisma.user.findMany({
    where: { OR: [isAsked, { formerUsernames: { some: isAsked } }] },
    include: {
      memberships: { where: { roomId }, take: 1 },
      formerUsernames: { where: isAsked },
    },
  });
  return found.map(({ memberships, formerUsernames, ...user }) => {
    const own = [user, ...formerUsernames].map(({ usernameKey }) => usernameKey);
    const names = own.filter((key) => keys.includes(key));
    return { user, names, isMember: memberships.length > 0 };
  });
}

/** Counts under the lock of the room's row, so that the count in the event is the count after it. */
async function recount(
  commit: Commit,
  roomId: string,
  user: Pick<User, 'id'>,
  change: { by: 1 | -1; actor: User; eventOf: (data: { memberCount: number }) => NewEvent },
): Promise<Room> {
  const room = await commit.tx.room.update({
    where: { id: roomId },
    data: { memberCount: { increment: change.by } },
  });
  const event = change.eventOf({ memberCount: room.memberCount });
  const readSeq = await append(commit, roomId, change.actor, event);
  // Whoever joins finds nothing unread.
  await commit.tx.membership.updateMany({ where: { roomId, userId: user.id }, data: { readSeq } });
  // Nor do they follow what they followed before they left.
  await commit.tx.threadFollow.deleteMany({ where: { roomId, userId: user.id } });
  commit.afterCommit(() => commit.bus.publish(`user:${user.id}`, { changed: 'ROOMS' }));
  return commit.tx.room.findUniqueOrThrow({ where: { id: roomId } });
}
