/** Who may do what: the one place that decides it, for every way in. */
import type { App } from './app.ts';
import type { Tx } from './db.ts';
import { Refusal } from './errors.ts';
import type { Membership, Prisma, Room, ServerRole, User } from './generated/prisma/client.ts';
import { loggedIn, type Person, type Viewer } from './viewer.ts';
import { type ViewedRoom, viewedRoom, visibleRooms } from './visibility.ts';

/** Whom of the server nobody below may act upon: an owner ranks above administrators, and these above members. */
const SERVER_RANKS: Record<ServerRole, number> = { MEMBER: 0, ADMINISTRATOR: 1, OWNER: 2 };

/** Who may do what on the whole server: from that role up, with the words of the refusal. */
const SERVER_ABILITIES = {
  administer: {
    from: 'ADMINISTRATOR',
    otherwise: 'Only administrators of the server may do this.',
  },
  appoint: { from: 'OWNER', otherwise: 'Only the server’s owner may do this.' },
} as const satisfies Record<string, { from: ServerRole; otherwise: string }>;

export type ServerAbility = keyof typeof SERVER_ABILITIES;

export function mayOnServer({ role }: Pick<User, 'role'>, ability: ServerAbility): boolean {
  return SERVER_RANKS[role] >= SERVER_RANKS[SERVER_ABILITIES[ability].from];
}

/** @throws Refusal UNAUTHENTICATED; FORBIDDEN for those whose role does not reach so far. */
export function onServer(viewer: Viewer, ability: ServerAbility): Person {
  const person = loggedIn(viewer);
  if (mayOnServer(person.user, ability)) return person;
  throw new Refusal('FORBIDDEN', SERVER_ABILITIES[ability].otherwise);
}

/** @throws Refusal FORBIDDEN where somebody of the server ranks as high as the viewer or above, or is the viewer. */
export function requireOutranked({ user }: Person, other: Pick<User, 'id' | 'role'>): void {
  if (other.id !== user.id && SERVER_RANKS[user.role] > SERVER_RANKS[other.role]) return;
  throw new Refusal('FORBIDDEN', 'This may be done to those of a lower role only.');
}

/** Somebody in a room that they see; no member where null. */
export interface Standing {
  user: Pick<User, 'id' | 'role'>;
  room: Pick<
    Room,
    'archivedAt' | 'postingPolicy' | 'memberCount' | 'visibility' | 'kind' | 'isSevered'
  >;
  member: Pick<Membership, 'role' | 'timedOutUntil'> | null;
}

/** What must be so, and the words of the refusal where it is not. */
interface Rule {
  holds: (standing: Standing) => boolean;
  otherwise: string;
}

/** Above so many members only those in charge mention all; from others it is text like any other. */
export const MENTION_ALL_MEMBERS = 50;

const rule = (holds: Rule['holds'], otherwise: string): Rule => ({ holds, otherwise });
/** Administrators may do it also in rooms that they do not see, without reading what is said there; never in direct messages. */
const evenUnseen = rule(() => true, '');
const member = (otherwise: string) => rule((standing) => standing.member !== null, otherwise);
const moderator = (otherwise: string) => rule(isModerator, otherwise);
const owner = (otherwise: string) => rule(isOwner, otherwise);
const stranger = rule((standing) => !standing.member, 'You are a member.');
const inUse = rule(({ room }) => !room.archivedAt, 'The room is archived: nothing changes in it.');
const inRooms = (otherwise: string) => rule(({ room }) => room.kind === 'ROOM', otherwise);
const inDirects = (otherwise: string) => rule(({ room }) => room.kind === 'DIRECT', otherwise);
const always = inRooms('Direct messages are always of the same people.');
const reader = rule(
  ({ room, member }) => room.visibility !== 'RESTRICTED' || member !== null,
  'Only its members see what is in this room: you may ask to join it.',
);
const noStaff = inRooms('Nobody is in charge of direct messages.');
// Says the same to both, so that nobody learns from it who has blocked whom.
const onSpeakingTerms = rule(({ room }) => !room.isSevered, 'You cannot write to each other here.');
const notTimedOut = rule(
  (standing) => !isTimedOut(standing.member),
  'A moderator has you write nothing here for a time.',
);

/** Who may do what in a room that they see: those for whom all these rules hold; the first that does not says why. */
const ROOM_ABILITIES = {
  read: [reader],
  join: [stranger, always, inUse, rule(isOpen, 'Only those who are let in join this room.')],
  requestToJoin: [
    stranger,
    always,
    inUse,
    rule(({ room }) => room.visibility === 'RESTRICTED', 'There is no need to ask: join the room.'),
  ],
  leave: [
    member('You are not a member of this room.'),
    inRooms('Nobody leaves direct messages; you may hide them.'),
  ],
  hide: [
    member('You are not a member of this room.'),
    inDirects('Only direct messages are hidden; a room you may leave.'),
  ],
  post: [
    member('Join the room to write in it.'),
    inUse,
    onSpeakingTerms,
    notTimedOut,
    rule(
      ({ room, member }) => room.postingPolicy === 'MEMBERS' || isStaff(member),
      'Only the room’s owners and moderators write here.',
    ),
  ],
  changeOwn: [
    member('Join the room to change what you wrote in it.'),
    inUse,
    onSpeakingTerms,
    notTimedOut,
  ],
  follow: [member('Join the room to follow it live.')],
  react: [member('Join the room to react in it.'), inUse, onSpeakingTerms, notTimedOut],
  pin: [member('Join the room to pin its messages.'), inUse, onSpeakingTerms, notTimedOut],
  beNotified: [member('Join the room to be notified of it.')],
  keepPlace: [member('Join the room to keep your place in it.')],
  mentionAll: [
    member('Join the room to mention its members.'),
    rule(
      (standing) => standing.room.memberCount <= MENTION_ALL_MEMBERS || isModerator(standing),
      'Only the room’s owners, moderators and administrators may mention all of so many.',
    ),
  ],
  invite: [
    always,
    rule(
      (standing) => standing.member !== null || isModerator(standing),
      'Join the room to invite others.',
    ),
    inUse,
    rule(
      (standing) => isOpen(standing) || isModerator(standing),
      'Only the room’s owners, moderators and administrators may invite to it.',
    ),
  ],
  admit: [
    noStaff,
    moderator('Only the room’s owners, moderators and administrators may let people in.'),
    inUse,
  ],
  moderate: [
    evenUnseen,
    noStaff,
    moderator('Only the author, the room’s owners, moderators and administrators may do this.'),
    inUse,
  ],
  keepOrder: [
    evenUnseen,
    noStaff,
    moderator('Only the room’s owners, moderators and administrators may do this.'),
  ],
  edit: [
    evenUnseen,
    inRooms('Direct messages have the names of their people.'),
    owner('Only the room’s owners and administrators may change it.'),
    inUse,
  ],
  archive: [
    evenUnseen,
    noStaff,
    owner('Only the room’s owners and administrators may archive it.'),
  ],
  delete: [evenUnseen, noStaff, owner('Only the room’s owners and administrators may delete it.')],
  appoint: [evenUnseen, noStaff, owner('Only the room’s owners and administrators may do this.')],
  export: [
    noStaff,
    reader,
    owner('Only the room’s owners and administrators who read it may export it.'),
  ],
} satisfies Record<string, Rule[]>;

export type RoomAbility = keyof typeof ROOM_ABILITIES;
export const ROOM_ABILITY_NAMES = Object.keys(ROOM_ABILITIES) as RoomAbility[];

/** Why somebody may not do it in a room that they see; null where they may. */
export function whyNotInRoom(standing: Standing, ability: RoomAbility): string | null {
  const rules: Rule[] = ROOM_ABILITIES[ability];
  if (isUnseen(standing) && !rules.includes(evenUnseen)) return 'Only its members see this room.';
  return rules.find(({ holds }) => !holds(standing))?.otherwise ?? null;
}

export function mayInRoom(standing: Standing, ability: RoomAbility): boolean {
  return whyNotInRoom(standing, ability) === null;
}

/** @throws Refusal FORBIDDEN where they may not. */
export function requireInRoom(standing: Standing, ability: RoomAbility): void {
  const reason = whyNotInRoom(standing, ability);
  if (reason !== null) throw new Refusal('FORBIDDEN', reason);
}

/**
 * The ability to post for statements that Prisma does not write: a condition on the tables `room` and `membership`.
 * What a member of a room in slow mode may post only now and then is not in it.
 */
export const MAY_POST_SQL = `(
  room.archived_at IS NULL AND NOT room.is_severed
  AND (membership.timed_out_until IS NULL OR membership.timed_out_until <= now())
  AND (room.posting_policy = 'MEMBERS' OR membership.role <> 'MEMBER')
)`;

/** Whether a member is to wait between two messages: the room is in slow mode, and they do not run it. */
export function isPaced(
  { slowModeSeconds }: Pick<Room, 'slowModeSeconds'>,
  member: Standing['member'],
): boolean {
  return slowModeSeconds > 0 && !isStaff(member);
}

export const IS_PACED_SQL = `(room.slow_mode_seconds > 0 AND membership.role = 'MEMBER')`;

/** How high somebody stands in a room: nobody acts upon those who stand as high or higher. */
export function rankInRoom({ user, member }: Pick<Standing, 'user' | 'member'>): number {
  const inRoom = { MEMBER: 0, MODERATOR: 1, OWNER: 2 }[member?.role ?? 'MEMBER'];
  return mayOnServer(user, 'administer') ? 2 + SERVER_RANKS[user.role] : inRoom;
}

/**
 * Finds a room through the viewer.
 * @throws Refusal NOT_FOUND for a room that the viewer may not see, as for one that does not exist;
 * FORBIDDEN for one that they see and may not do this in.
 */
export async function roomFor(
  { db }: Pick<App, 'db'>,
  viewer: Viewer,
  where: { id: string } | { slug: string },
  ability: RoomAbility,
): Promise<ViewedRoom> {
  return roomForIn(db.prisma, viewer, where, ability);
}

/** The same within a transaction. */
export async function roomForIn(
  tx: Tx,
  viewer: Viewer,
  where: { id: string } | { slug: string },
  ability: RoomAbility,
): Promise<ViewedRoom> {
  const viewed = await viewedRoom(tx, viewer, where, roomsWithin(viewer, ability));
  requireInRoom(standingIn(viewer, viewed), ability);
  return viewed;
}

/**
 * Where the viewer finds what they want to do this with: the rooms that they see, and where the ability reaches further all but
 * direct messages.
 */
export function roomsWithin(
  viewer: Viewer,
  ability: RoomAbility,
  seen = visibleRooms(viewer),
): Prisma.RoomWhereInput {
  const rules: Rule[] = ROOM_ABILITIES[ability];
  const reachesAll = rules.includes(evenUnseen) && mayOnServer(loggedIn(viewer).user, 'administer');
  return reachesAll ? { OR: [{ kind: 'ROOM' }, seen] } : seen;
}

/** How somebody stands in a room that was found through them. */
export function standingIn(viewer: Viewer, { viewerMembership, ...room }: ViewedRoom): Standing {
  return { user: loggedIn(viewer).user, room, member: viewerMembership };
}

/** Only what administrators may do without seeing the room brings anybody there. */
function isUnseen({ room, member }: Standing): boolean {
  return room.visibility === 'PRIVATE' && member === null;
}

/** Of the room itself: what such a one writes is not held up. */
function isStaff(member: Standing['member']): boolean {
  return member !== null && member.role !== 'MEMBER';
}

function isTimedOut(member: Standing['member']): boolean {
  return member !== null && member.timedOutUntil !== null && member.timedOutUntil > new Date();
}

function isOpen({ room }: Standing): boolean {
  return room.visibility === 'PUBLIC';
}

function isModerator({ user, member }: Standing): boolean {
  return isStaff(member) || mayOnServer(user, 'administer');
}

function isOwner({ user, member }: Standing): boolean {
  return member?.role === 'OWNER' || mayOnServer(user, 'administer');
}
