import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { checkReason } from '../audit/reason.ts';
import type { Room, User } from '../generated/prisma/client.ts';
import { endMembership } from '../room/membership.ts';
import { actUpon, requireMember } from '../room/people.ts';

/** To whom, where and why. */
export interface RemoveInput {
  roomId: string;
  userId: string;
  reason: string | null;
}

/**
 * Ends somebody's membership; they may come back as they came.
 * @throws Refusal INVALID_INPUT; NOT_FOUND, also for who is no member; FORBIDDEN for all but owners, moderators and
 * administrators, and towards those who stand as high.
 */
export async function removeMember(
  app: App,
  viewer: Viewer,
  { roomId, userId, reason: typed }: RemoveInput,
): Promise<{ room: Room; user: User }> {
  const reason = checkReason(typed);
  return actUpon(app, viewer, { roomId, userId, ability: 'keepOrder' }, async (acting) => {
    const { commit, actor, user } = acting;
    const before = { role: requireMember(acting).role };
    await recordDeed(commit.tx, viewer, {
      ...{ action: 'MEMBER_REMOVED', user, room: acting.room, reason, before },
    });
    const room = await endMembership(commit, roomId, user, { kind: 'MEMBER_REMOVED', actor });
    return { room: room!, user };
  });
}
