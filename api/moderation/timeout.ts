import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { checkReason } from '../audit/reason.ts';
import { checkUntil } from '../audit/until.ts';
import type { Membership } from '../generated/prisma/client.ts';
import { append } from '../live/log.ts';
import { actUpon, requireMember } from '../room/people.ts';
import type { BanInput } from './ban.ts';

export const TIMEOUT_MAX_DAYS = 28;

/**
 * Has a member write nothing until then, also after leaving and joining again; null takes it back.
 * @throws Refusal INVALID_INPUT; NOT_FOUND, also for who is no member; FORBIDDEN for all but owners, moderators and
 * administrators, and towards those who stand as high.
 */
export async function timeOutMember(
  app: App,
  viewer: Viewer,
  { roomId, userId, reason: typed, until: wished }: BanInput,
): Promise<Membership> {
  const reason = checkReason(typed);
  const until = checkUntil(wished, TIMEOUT_MAX_DAYS * 86_400_000);
  return actUpon(app, viewer, { roomId, userId, ability: 'keepOrder' }, async (acting) => {
    const { commit, actor, room, user } = acting;
    const member = requireMember(acting);
    const before = ends(member.timedOutUntil);
    const after = ends(until);
    if (before === after) return member;
    const where = { roomId_userId: { roomId, userId } };
    await commit.tx.roomTimeout.deleteMany({ where: { roomId, userId } });
    if (until) await commit.tx.roomTimeout.create({ data: { roomId, userId, until } });
    const changed = await commit.tx.membership.update({ where, data: { timedOutUntil: until } });
    await recordDeed(commit.tx, viewer, {
      ...{ action: 'MEMBER_TIMED_OUT', user, room, reason },
      ...{ before: { until: before }, after: { until: after } },
    });
    await append(commit, roomId, actor, {
      ...{ kind: 'MEMBER_TIMED_OUT', subject: user, data: { until: after } },
    });
    return changed;
  });
}

/** A moment that has passed counts as none. */
const ends = (until: Date | null) => (until && until > new Date() ? until.toISOString() : null);
