/** Who is told of requests and invitations that are pending. */
import type { Commit } from '../live/log.ts';

/** Those of a room who keep order in it see in their inboxes how many ask to join. */
export async function tellThoseWhoAdmit(
  { tx, afterCommit, bus }: Commit,
  roomId: string,
): Promise<void> {
  const where = { roomId, role: { not: 'MEMBER' } } as const;
  const staff = await tx.membership.findMany({ where, select: { userId: true } });
  afterCommit(() => {
    for (const { userId } of staff) {
      bus.publish(`user:${userId}`, { changed: 'PLACE', roomId });
    }
  });
}

/** Nothing is pending any more between somebody and a room: neither do they ask to join it, nor are they asked to. */
export async function dropPendingOf(
  commit: Commit,
  { roomId, userId }: { roomId: string; userId: string },
): Promise<void> {
  const where = { roomId, userId };
  const invitations = await commit.tx.roomInvitation.deleteMany({ where });
  const requests = await commit.tx.joinRequest.deleteMany({ where });
  if (requests.count > 0) await tellThoseWhoAdmit(commit, roomId);
  if (invitations.count + requests.count > 0) tellPending(commit, [userId]);
}

/** What is pending for somebody is other than it was. */
export function tellPending({ bus, afterCommit }: Commit, userIds: string[]): void {
  afterCommit(() => {
    for (const userId of userIds) bus.publish(`user:${userId}`, { changed: 'PENDING' });
  });
}
