import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Membership, RoomRole } from '../generated/prisma/client.ts';
import { append } from '../live/log.ts';
import { actUpon, requireMember, requireOtherOwner } from './people.ts';

/**
 * Gives a member another role; nothing happens to one who has it. Owners may step down themselves.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but owners and administrators, and towards those who stand as high;
 * CONFLICT where the only owner would be none.
 */
export async function setMemberRole(
  app: App,
  viewer: Viewer,
  { roomId, userId, role }: { roomId: string; userId: string; role: RoomRole },
): Promise<Membership> {
  const upon = { roomId, userId, ability: 'appoint', orSelf: true } as const;
  return actUpon(app, viewer, upon, async (acting) => {
    const { commit, actor, room, user } = acting;
    const member = requireMember(acting);
    const previousRole = member.role;
    if (previousRole === role) return member;
    await requireOtherOwner(commit.tx, roomId, user);
    const changed = await commit.tx.membership.update({
      where: { roomId_userId: { roomId, userId } },
      data: { role },
    });
    await recordDeed(commit.tx, viewer, {
      ...{ action: 'MEMBER_ROLE_CHANGED', user, room },
      ...{ before: { role: previousRole }, after: { role } },
    });
    await append(commit, roomId, actor, {
      ...{ kind: 'MEMBER_ROLE_CHANGED', subject: user, data: { role, previousRole } },
    });
    return changed;
  });
}
