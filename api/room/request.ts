/** Asking to join a restricted room, and being answered. */
import { mayInRoom, standingIn } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import { notBanned, visibleRoom, visibleRooms } from '../visibility.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { inForce } from '../audit/until.ts';
import { Refusal } from '../errors.ts';
import type { JoinRequest, Room, User } from '../generated/prisma/client.ts';
import { requireText } from '../input.ts';
import { admit } from './membership.ts';
import { actIn } from './people.ts';
import { tellPending, tellThoseWhoAdmit } from './pending.ts';

export const REQUEST_MAX_LENGTH = 500;
/** The oldest are answered first. */
export const REQUESTS_LISTED = 100;

export type PendingRequest = JoinRequest & { user: User; room: Room };

/**
 * Asks those who keep order in a room to be let in; who asks again has the text replaced.
 * @throws Refusal INVALID_INPUT, NOT_FOUND, FORBIDDEN for members and where there is no need to ask.
 */
export async function requestToJoin(
  app: App,
  viewer: Viewer,
  { roomId, text: typed }: { roomId: string; text: string },
): Promise<Room> {
  const form = { field: 'text', noun: 'text', maxLength: REQUEST_MAX_LENGTH };
  const text = typed.trim() === '' ? '' : requireText(typed.trim(), form);
  const ability = 'requestToJoin';
  return actIn(app, viewer, { roomId, ability }, async ({ commit, actor, room }) => {
    const { tx } = commit;
    const key = { roomId, userId: actor.id };
    await tx.joinRequest.upsert({
      where: { roomId_userId: key },
      create: { ...key, text },
      update: { text },
    });
    await tellThoseWhoAdmit(commit, roomId);
    tellPending(commit, [actor.id]);
    return room;
  });
}

/**
 * Takes the viewer's request back; nothing happens where there is none.
 * @throws Refusal NOT_FOUND
 */
export async function withdrawJoinRequest(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  const { user } = loggedIn(viewer);
  const { viewerMembership: _, ...room } = await visibleRoom(app, viewer, { id: roomId });
  await app.db.commit(async (tx, afterCommit) => {
    const commit = { tx, afterCommit, bus: app.bus };
    const { count } = await tx.joinRequest.deleteMany({ where: { roomId, userId: user.id } });
    if (count === 0) return;
    await tellThoseWhoAdmit(commit, roomId);
    tellPending(commit, [user.id]);
  });
  return room;
}

/** Who asks to join a room, the oldest first; none for those who do not answer them. */
export async function listJoinRequests(
  app: App,
  viewer: Viewer,
  roomId: string,
): Promise<PendingRequest[]> {
  const room = await visibleRoom(app, viewer, { id: roomId });
  if (!mayInRoom(standingIn(viewer, room), 'admit')) return [];
  return app.db.prisma.joinRequest.findMany({
    where: { roomId, user: { roomBans: { none: { roomId, ...inForce() } } } },
    include: { user: true, room: true },
    orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
    take: REQUESTS_LISTED,
  });
}

/** What somebody has asked for, of rooms that they see. */
export async function listOwnRequests(
  { db }: Pick<App, 'db'>,
  userId: string,
): Promise<PendingRequest[]> {
  return db.prisma.joinRequest.findMany({
    where: { userId, room: { visibility: 'RESTRICTED', ...notBanned(userId) } },
    include: { user: true, room: true },
    orderBy: [{ createdAt: 'asc' }, { roomId: 'asc' }],
    take: REQUESTS_LISTED,
  });
}

/** What the viewer has asked of a room; null for nothing. */
export async function findOwnRequest(
  app: App,
  viewer: Viewer,
  roomId: string,
): Promise<PendingRequest | null> {
  return app.db.prisma.joinRequest.findFirst({
    where: { roomId, userId: loggedIn(viewer).user.id, room: visibleRooms(viewer) },
    include: { user: true, room: true },
  });
}

/**
 * Lets somebody in who has asked for it, or does not.
 * @throws Refusal NOT_FOUND where nobody asks, as where it was answered meanwhile; FORBIDDEN for those who do not keep order.
 */
export async function answerJoinRequest(
  app: App,
  viewer: Viewer,
  { roomId, userId, accept }: { roomId: string; userId: string; accept: boolean },
): Promise<Room> {
  const noSuch = 'There is no such request: it may have been answered, or taken back.';
  return actIn(app, viewer, { roomId, ability: 'admit' }, async ({ commit }) => {
    const { tx } = commit;
    const request = await tx.joinRequest.findUnique({
      where: { roomId_userId: { roomId, userId } },
      include: { user: true, room: true },
    });
    const { count } = await tx.joinRequest.deleteMany({ where: { roomId, userId } });
    if (!request || request.user.erasedAt || count === 0) throw new Refusal('NOT_FOUND', noSuch);
    const { user, room } = request;
    if (accept) await admit(commit, roomId, user, { otherwise: noSuch });
    const action = accept ? 'JOIN_REQUEST_ACCEPTED' : 'JOIN_REQUEST_DECLINED';
    await recordDeed(tx, viewer, { action, user, room });
    await tellThoseWhoAdmit(commit, roomId);
    tellPending(commit, [userId]);
    return tx.room.findUniqueOrThrow({ where: { id: roomId } });
  });
}
