/** Asking others by name to belong to a room. */
import { loggedIn, type Viewer } from '../viewer.ts';
import { notBanned } from '../visibility.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { Room, RoomInvitation, User } from '../generated/prisma/client.ts';
import { inForce } from '../audit/until.ts';
import { admit } from './membership.ts';
import { actIn, lockPeople } from './people.ts';
import { tellPending } from './pending.ts';

/** People who are invited at once. */
export const INVITED_AT_ONCE = 50;
/** What is pending for one person and listed. */
export const INVITATIONS_LISTED = 100;

export type PendingInvitation = RoomInvitation & { room: Room; invitedBy: User };

/**
 * Invites people to a room. Members, those whom the room does not let in and those who cannot log in are passed over.
 * @throws Refusal INVALID_INPUT for more than INVITED_AT_ONCE; NOT_FOUND; FORBIDDEN for those who may not invite.
 */
export async function inviteToRoom(
  app: App,
  viewer: Viewer,
  { roomId, userIds }: { roomId: string; userIds: string[] },
): Promise<{ room: Room; invited: User[] }> {
  if (userIds.length === 0 || userIds.length > INVITED_AT_ONCE) {
    const message = `From 1 to ${INVITED_AT_ONCE} people are invited at once.`;
    throw new Refusal('INVALID_INPUT', message, { field: 'userIds' });
  }
  return actIn(app, viewer, { roomId, ability: 'invite' }, async ({ commit, actor, room }) => {
    const invited = await commit.tx.user.findMany({
      where: {
        id: { in: userIds },
        deactivatedAt: null,
        memberships: { none: { roomId } },
        roomBans: { none: { roomId, ...inForce() } },
      },
    });
    await commit.tx.roomInvitation.createMany({
      data: invited.map(({ id: userId }) => ({ roomId, userId, invitedById: actor.id })),
      skipDuplicates: true,
    });
    tellPending(
      commit,
      invited.map(({ id }) => id),
    );
    return { room, invited };
  });
}

/** The rooms to which somebody is invited, the newest invitation first. */
export async function listInvitations(
  { db }: Pick<App, 'db'>,
  userId: string,
): Promise<PendingInvitation[]> {
  return db.prisma.roomInvitation.findMany({
    where: { userId, room: { archivedAt: null, ...notBanned(userId) } },
    include: { room: true, invitedBy: true },
    orderBy: [{ createdAt: 'desc' }, { roomId: 'asc' }],
    take: INVITATIONS_LISTED,
  });
}

/**
 * Makes the viewer a member of a room to which they were invited.
 * @throws Refusal NOT_FOUND where they are not, also where the room does not let them in any more.
 */
export async function acceptInvitation(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  const { user } = loggedIn(viewer);
  return app.db.commit(async (tx, afterCommit) => {
    const commit = { tx, afterCommit, bus: app.bus };
    await lockPeople(tx, roomId);
    const { count } = await tx.roomInvitation.deleteMany({ where: { roomId, userId: user.id } });
    if (count === 0) throw new Refusal('NOT_FOUND', NO_SUCH_INVITATION);
    const room = await admit(commit, roomId, user, { otherwise: NO_SUCH_INVITATION });
    tellPending(commit, [user.id]);
    return room;
  });
}

/**
 * Declines an invitation; whoever sent it is not told.
 * @throws Refusal NOT_FOUND where the viewer is not invited.
 */
export async function declineInvitation(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<void> {
  const { user } = loggedIn(viewer);
  await app.db.commit(async (tx, afterCommit) => {
    const { count } = await tx.roomInvitation.deleteMany({ where: { roomId, userId: user.id } });
    if (count === 0) throw new Refusal('NOT_FOUND', NO_SUCH_INVITATION);
    tellPending({ tx, afterCommit, bus: app.bus }, [user.id]);
  });
}

const NO_SUCH_INVITATION = 'There is no such invitation.';
