/**
 * Who belongs to a room, and as what, changes under one lock of the room's people, held to the commit: whatever was looked at
 * under it is still so when it is written. It comes first, and then memberships, and the room's row last: messages hold
 * memberships while they wait for that row, so who locked it before a membership could wait for them in a circle.
 */
import { rankInRoom, type RoomAbility, roomFor, roomForIn, type Standing } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { inForce } from '../audit/until.ts';
import type { CommitOptions, Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { Membership, Room, User } from '../generated/prisma/client.ts';
import type { Commit } from '../live/log.ts';

/** Any number of our own. */
export const PEOPLE_LOCK = 7_275_547;

export async function lockPeople(tx: Tx, roomId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${PEOPLE_LOCK}, hashtext(${roomId}))`;
}

/** @throws Refusal NOT_FOUND for those who are banned: they do not see the room. */
export async function requireNoBan(tx: Tx, roomId: string, { id: userId }: Pick<User, 'id'>) {
  const ban = await tx.roomBan.findFirst({ where: { roomId, userId, ...inForce() } });
  if (ban) throw new Refusal('NOT_FOUND', 'There is no such room.');
}

/** @throws Refusal CONFLICT where somebody is the only owner and others would be left behind. */
export async function requireOtherOwner(tx: Tx, roomId: string, { id: userId }: Pick<User, 'id'>) {
  const others = { roomId, userId: { not: userId } };
  const own = await tx.membership.findUnique({ where: { roomId_userId: { roomId, userId } } });
  if (own?.role !== 'OWNER') return;
  if (await tx.membership.findFirst({ where: { ...others, role: 'OWNER' } })) return;
  if (!(await tx.membership.findFirst({ where: others }))) return;
  throw new Refusal(
    'CONFLICT',
    'The room would have no owner: make another member an owner first.',
  );
}

/** Somebody acts in a room, within the transaction. */
export interface ActingIn {
  commit: Commit;
  actor: User;
  /** As it is under the lock of its people; what is posted meanwhile moves its log on. */
  room: Room;
  /** The actor's own. */
  standing: Standing;
}

export interface In {
  roomId: string;
  ability: RoomAbility;
  /** Somebody else whose role on the server must not change before the commit. */
  userId?: string;
}

/**
 * Acts in a room that the viewer sees: what they may do there is asked before, so that others hold no lock, and again under the
 * lock of the room's people.
 * @throws Refusal NOT_FOUND for what is no such room; FORBIDDEN for those who may not; UNAUTHENTICATED for who has gone meanwhile.
 */
export async function actIn<Result>(
  app: App,
  viewer: Viewer,
  { roomId, ability, userId }: In,
  act: (acting: ActingIn) => Promise<Result>,
  options?: CommitOptions,
): Promise<Result> {
  const where = { id: roomId };
  await roomFor(app, viewer, where, ability);
  const { id } = loggedIn(viewer).user;
  return app.db.commit(async (tx, afterCommit) => {
    await lockPeople(tx, roomId);
    // Nor do roles on the server change before the commit. All who hold several accounts take them in this order.
    await tx.$executeRaw`
      SELECT FROM "user" WHERE id IN (${id}::uuid, ${userId ?? id}::uuid) ORDER BY id FOR SHARE`;
    const actor = await tx.user.findUniqueOrThrow({ where: { id } });
    if (actor.deactivatedAt) throw new Refusal('UNAUTHENTICATED', 'Log in first.');
    const { viewerMembership: member, ...room } = await roomForIn(
      tx,
      { ...viewer, user: actor },
      where,
      ability,
    );
    const commit = { tx, afterCommit, bus: app.bus };
    return act({ commit, actor, room, standing: { user: actor, room, member } });
  }, options);
}

/** Somebody acts upon a person, within the transaction. */
export interface Acting extends ActingIn {
  user: User;
  /** Null where they are no member. */
  member: Membership | null;
}

export interface Upon {
  roomId: string;
  userId: string;
  /** What the viewer must be able to. */
  ability: RoomAbility;
  /** Whether they may do it to themselves as well. */
  orSelf?: true;
}

/**
 * Acts upon somebody who stands below the viewer in a room that the viewer sees.
 * @throws Refusal NOT_FOUND for what is no such room or person; FORBIDDEN for those who may not, and towards those who
 * stand as high.
 */
export async function actUpon<Result>(
  app: App,
  viewer: Viewer,
  { roomId, userId, ability, orSelf }: Upon,
  act: (acting: Acting) => Promise<Result>,
): Promise<Result> {
  return actIn(app, viewer, { roomId, ability, userId }, async (acting) => {
    const { commit, actor, standing } = acting;
    const { tx } = commit;
    // Posts of theirs that are under way come first, and whoever posts behind it finds them as they are then.
    await tx.$executeRaw`
      SELECT FROM membership WHERE room_id = ${roomId}::uuid AND user_id = ${userId}::uuid FOR UPDATE`;
    const user = await tx.user.findUnique({ where: { id: userId } });
    if (!user) throw new Refusal('NOT_FOUND', 'There is no such user.', { field: 'userId' });
    const member = await tx.membership.findUnique({ where: { roomId_userId: { roomId, userId } } });
    const isOutranked = rankInRoom(standing) > rankInRoom({ user, member });
    if (!isOutranked && !(orSelf && user.id === actor.id)) {
      throw new Refusal('FORBIDDEN', 'This may be done to those of a lower role only.');
    }
    return act({ ...acting, user, member });
  });
}

/** @throws Refusal NOT_FOUND for who is no member. */
export function requireMember({ member }: Acting): Membership {
  if (member) return member;
  throw new Refusal('NOT_FOUND', 'There is no such member in this room.', { field: 'userId' });
}
