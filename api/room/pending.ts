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

/** What is pending for somebody is other than it was. */
export function tellPending({ bus, afterCommit }: Commit, userIds: string[]): void {
  afterCommit(() => {
    for (const userId of userIds) bus.publish(`user:${userId}`, { changed: 'PENDING' });
  });
}
