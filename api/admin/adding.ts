import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { inForce } from '../audit/until.ts';
import { Refusal } from '../errors.ts';
import type { RoomRole } from '../generated/prisma/client.ts';
import { admit } from '../room/membership.ts';
import { actUpon } from '../room/people.ts';
import { tellPending } from '../room/pending.ts';
import type { Viewer } from '../viewer.ts';
import { type MembershipRecord, membershipRecord } from './memberships.ts';

/**
 * Makes somebody a member of a room without asking them; nothing happens to one who is. Administrators cannot let themselves in.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but administrators, towards those of as high a role, and in an archived room;
 * CONFLICT for who is banned from it.
 */
export async function addMemberTo(
  app: App,
  viewer: Viewer,
  { roomId, userId, role }: { roomId: string; userId: string; role: RoomRole },
): Promise<MembershipRecord> {
  onServer(viewer, 'administer');
  const upon = { roomId, userId, ability: 'appoint' } as const;
  const membership = await actUpon(app, viewer, upon, async ({ commit, room, user, member }) => {
    if (member) return member;
    if (user.erasedAt)
      throw new Refusal('NOT_FOUND', 'There is no such user.', { field: 'userId' });
    if (room.archivedAt) {
      throw new Refusal('FORBIDDEN', 'The room is archived: nothing changes in it.');
    }
    const { tx } = commit;
    if (await tx.roomBan.findFirst({ where: { roomId, userId, ...inForce() } })) {
      throw new Refusal('CONFLICT', 'They are banned from the room: lift the ban first.');
    }
    await admit(commit, roomId, user, { otherwise: 'There is no such room.', role });
    tellPending(commit, [userId]);
    await recordDeed(tx, viewer, { action: 'MEMBER_ADDED', user, room, after: { role } });
    return tx.membership.findUniqueOrThrow({ where: { roomId_userId: { roomId, userId } } });
  });
  const record = await membershipRecord(app, viewer, membership);
  if (!record) throw new Refusal('NOT_FOUND', 'There is no such room.');
  return record;
}
