/** Who acts, and what they may do: the one place that decides it, for every way in. */
import type { App } from './app.ts';
import { Batch } from './batch.ts';
import { type Db, unsized } from './db.ts';
import { Refusal } from './errors.ts';
import type { Membership, Prisma, Room, User } from './generated/prisma/client.ts';

/** Who acts: somebody at an address, logged in or not. */
export interface Viewer {
  user: User | null;
  sessionId: string | null;
  /** The network address, for limits and for the list of sessions. */
  address: string;
  userAgent: string | null;
  /** Whether a page of another origin sent the request: it may use tokens, and no cookies. */
  isForeign: boolean;
}

export interface Person extends Viewer {
  user: User;
  sessionId: string;
}

/** @throws Refusal UNAUTHENTICATED for a viewer who is not logged in. */
export function loggedIn(viewer: Viewer): Person {
  if (!viewer.user) throw new Refusal('UNAUTHENTICATED', 'Log in first.');
  return viewer as Person;
}

/** @throws Refusal FORBIDDEN for all but the server's administrators. */
export function administrator(viewer: Viewer): Person {
  const person = loggedIn(viewer);
  if (person.user.role !== 'ADMINISTRATOR') {
    throw new Refusal('FORBIDDEN', 'Only administrators of the server may do this.');
  }
  return person;
}

/** The rooms that the viewer may see, as a condition of every query for rooms. */
export function visibleRooms(viewer: Viewer): Prisma.RoomWhereInput {
  const { user } = loggedIn(viewer);
  return {
    OR: [{ visibility: 'PUBLIC' }, { memberships: { some: { userId: user.id } } }],
  };
}

/**
 * The same for statements that Prisma does not write: a condition on the table `room`.
 * @param userId what stands for the viewer's id in it, such as `$1`
 */
export function visibleRoomSql(userId: string): string {
  return `(room.visibility = 'PUBLIC' OR EXISTS (
    SELECT FROM membership WHERE membership.room_id = room.id AND membership.user_id = ${userId}
  ))`;
}

/** A room as one viewer stands to it. */
export type ViewedRoom = Room & { viewerMembership: Membership | null };

/** Where the log of a room stands in which somebody is a member; null where they are none. */
export type MemberLookup = Batch<{ roomId: string; userId: string }, number | null>;

const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 1;

/** Those who ask at the same time, as after a restart, are looked up together. */
export function createMemberLookup({ pool }: Db): MemberLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(pairs) {
      const { rows } = await pool.query<{ last_seq: number | null }>({
        name: 'find-members',
        text: `
          SELECT last_seq
          FROM unnest(${unsized('$1::uuid[]')}, ${unsized('$2::uuid[]')})
            WITH ORDINALITY AS pair (room_id, user_id, place)
          LEFT JOIN membership m USING (room_id, user_id)
          LEFT JOIN room ON room.id = m.room_id
          ORDER BY place`,
        values: [pairs.map(({ roomId }) => roomId), pairs.map(({ userId }) => userId)],
      });
      return rows.map((row) => row.last_seq);
    },
  });
}

/** Who may do what in a room that they see, with the words of the refusal. */
const ROOM_ABILITIES = {
  read: { may: () => true, otherwise: '' },
  join: { may: (_: User, member: Membership | null) => !member, otherwise: 'You are a member.' },
  leave: { may: isMember, otherwise: 'You are not a member of this room.' },
  post: { may: isMember, otherwise: 'Join the room to write in it.' },
  follow: { may: isMember, otherwise: 'Join the room to follow it live.' },
  react: { may: isMember, otherwise: 'Join the room to react in it.' },
  pin: { may: isMember, otherwise: 'Join the room to pin its messages.' },
  beNotified: { may: isMember, otherwise: 'Join the room to be notified of it.' },
  keepPlace: { may: isMember, otherwise: 'Join the room to keep your place in it.' },
  mentionAll: {
    may: isInCharge,
    otherwise: 'Only the room’s owners and administrators may mention all of so many.',
  },
  moderate: {
    may: isInCharge,
    otherwise: 'Only the author, the room’s owners and administrators may do this.',
  },
  edit: {
    may: isInCharge,
    otherwise: 'Only the room’s owners and administrators may change it.',
  },
} satisfies Record<
  string,
  { may: (user: User, member: Membership | null) => boolean; otherwise: string }
>;

export type RoomAbility = keyof typeof ROOM_ABILITIES;

/** Whether this member, or this stranger where null, of a room that they see may do it. */
export function mayInRoom(user: User, member: Membership | null, ability: RoomAbility): boolean {
  return ROOM_ABILITIES[ability].may(user, member);
}

/** @throws Refusal FORBIDDEN where this member, or this stranger, of a room that they see may not. */
export function requireInRoom(user: User, member: Membership | null, ability: RoomAbility): void {
  if (mayInRoom(user, member, ability)) return;
  throw new Refusal('FORBIDDEN', ROOM_ABILITIES[ability].otherwise);
}

/**
 * Finds a room through the viewer.
 * @throws Refusal NOT_FOUND for a room that the viewer may not see, as for one that does not exist;
 * FORBIDDEN for one that they see and may not do this in.
 */
export async function roomFor(
  app: App,
  viewer: Viewer,
  where: { id: string } | { slug: string },
  ability: RoomAbility,
): Promise<ViewedRoom> {
  const { user } = loggedIn(viewer);
  const found = await app.db.prisma.room.findFirst({
    where: { AND: [where, visibleRooms(viewer)] },
    include: { memberships: { where: { userId: user.id } } },
  });
  if (!found) throw new Refusal('NOT_FOUND', 'There is no such room.');
  const { memberships, ...room } = found;
  const viewerMembership = memberships[0] ?? null;
  requireInRoom(user, viewerMembership, ability);
  return { ...room, viewerMembership };
}

/**
 * The same for following a room, which members may.
 * @returns where the room's log stood at that moment.
 * @throws Refusal NOT_FOUND, FORBIDDEN
 */
export async function checkFollows(app: App, viewer: Viewer, roomId: string): Promise<number> {
  const { user } = loggedIn(viewer);
  const lastSeq = await app.members.ask({ roomId, userId: user.id });
  return lastSeq ?? (await roomFor(app, viewer, { id: roomId }, 'follow')).lastSeq;
}

function isMember(_: User, member: Membership | null): boolean {
  return member !== null;
}

function isInCharge(user: User, member: Membership | null): boolean {
  return member?.role === 'OWNER' || user.role === 'ADMINISTRATOR';
}
