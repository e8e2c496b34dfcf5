import { roomFor } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { checkReason } from '../audit/reason.ts';
import { checkUntil, inForce } from '../audit/until.ts';
import type { Prisma, Room, RoomBan, User } from '../generated/prisma/client.ts';
import { type PageArguments, readPageArguments } from '../page.ts';
import { endMembership } from '../room/membership.ts';
import { actUpon } from '../room/people.ts';
import { dropPendingOf } from '../room/pending.ts';
import type { RemoveInput } from './removal.ts';

export interface BanInput extends RemoveInput {
  /** Null: for good. */
  until: Date | null;
}

/**
 * Keeps somebody out of a room, who need not be a member: it ends their membership and whatever is pending, and they do not see the room any more. Of
 * who is banned already it changes reason and end.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for all but owners, moderators and administrators, and towards
 * those who stand as high.
 */
export async function banMember(
  app: App,
  viewer: Viewer,
  { roomId, userId, reason: typed, until: wished }: BanInput,
): Promise<{ room: Room; ban: RoomBan }> {
  const reason = checkReason(typed);
  const until = checkUntil(wished);
  return actUpon(app, viewer, { roomId, userId, ability: 'keepOrder' }, async (acting) => {
    const { commit, actor, room, user, member } = acting;
    const where = { roomId_userId: { roomId, userId } };
    const known = await commit.tx.roomBan.findUnique({ where });
    const data = { reason, until, byId: actor.id, createdAt: new Date() };
    const ban = await commit.tx.roomBan.upsert({
      ...{ where, update: data, create: { roomId, userId, ...data } },
    });
    await recordDeed(commit.tx, viewer, {
      ...{ action: 'MEMBER_BANNED', user, room, reason },
      before: { role: member?.role ?? null, ban: known && { until: show(known.until) } },
      after: { until: show(until) },
    });
    await dropPendingOf(commit, { roomId, userId });
    const left = await endMembership(commit, roomId, user, { kind: 'MEMBER_REMOVED', actor });
    return { room: left ?? room, ban };
  });
}

/**
 * Lifts a ban; nothing happens where there is none. They may join as others may.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but owners, moderators and administrators, and towards those who stand as high.
 */
export async function unbanMember(
  app: App,
  viewer: Viewer,
  { roomId, userId }: Pick<BanInput, 'roomId' | 'userId'>,
): Promise<{ room: Room; user: User }> {
  return actUpon(app, viewer, { roomId, userId, ability: 'keepOrder' }, async (acting) => {
    const { commit, room, user } = acting;
    const where = { roomId_userId: { roomId, userId } };
    const ban = await commit.tx.roomBan.findUnique({ where });
    if (ban) {
      await commit.tx.roomBan.delete({ where });
      const before = { until: show(ban.until) };
      await recordDeed(commit.tx, viewer, { action: 'MEMBER_UNBANNED', user, room, before });
    }
    return { room, user };
  });
}

/** Those whom a room's bans keep out, the latest first. @throws Refusal INVALID_INPUT, FORBIDDEN */
export async function listBans(
  app: App,
  viewer: Viewer,
  roomId: string,
  page: PageArguments,
  query: Prisma.RoomBanFindManyArgs,
): Promise<RoomBan[]> {
  readPageArguments(page);
  await roomFor(app, viewer, { id: roomId }, 'keepOrder');
  return app.db.prisma.roomBan.findMany({
    ...query,
    where: { roomId, ...inForce() },
    orderBy: [{ createdAt: 'desc' }, { userId: 'asc' }],
  });
}

const show = (until: Date | null) => until?.toISOString() ?? null;
