/** Who is kept off the whole server. */
import { onServer } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { checkReason } from '../audit/reason.ts';
import { checkUntil, inForce } from '../audit/until.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { Prisma, ServerBan, User } from '../generated/prisma/client.ts';
import { searchPattern } from '../input.ts';
import { COUNTED_AT_MOST, type Direction, type PageArguments, readPageArguments } from '../page.ts';
import { actUponUser } from './server-role.ts';
import { endSessions } from './session.ts';

export interface BanUserInput {
  userId: string;
  reason: string | null;
  /** Null: for good. */
  until: Date | null;
}

/**
 * Keeps somebody off the server: ends their sessions with all that these hold open, and lets them begin none. Of who is banned
 * already it changes reason and end.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for all but administrators, and towards those of as high a role.
 */
export async function banUser(
  app: App,
  viewer: Viewer,
  { userId, reason: typed, until: wished }: BanUserInput,
): Promise<ServerBan> {
  const { user: actor } = onServer(viewer, 'administer');
  const reason = checkReason(typed);
  const until = checkUntil(wished);
  return actUponUser(app, viewer, { userId, ability: 'administer' }, async ({ commit, user }) => {
    const { tx } = commit;
    const known = await tx.serverBan.findUnique({ where: { userId } });
    const data = { reason, until, byId: actor.id, createdAt: new Date() };
    const ban = await tx.serverBan.upsert({
      ...{ where: { userId }, update: data, create: { userId, ...data } },
    });
    await recordDeed(tx, viewer, {
      ...{ action: 'USER_BANNED', user, reason },
      ...{ before: { ban: known && { until: show(known.until) } }, after: { until: show(until) } },
    });
    await endSessions(commit, { userId });
    return ban;
  });
}

/**
 * Lifts a ban; nothing happens where there is none.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but administrators, and towards those of as high a role.
 */
export async function unbanUser(
  app: App,
  viewer: Viewer,
  { userId }: Pick<BanUserInput, 'userId'>,
): Promise<User> {
  return actUponUser(app, viewer, { userId, ability: 'administer' }, async ({ commit, user }) => {
    const ban = await commit.tx.serverBan.findUnique({ where: { userId } });
    if (ban) {
      await commit.tx.serverBan.delete({ where: { userId } });
      const before = { until: show(ban.until) };
      await recordDeed(commit.tx, viewer, { action: 'USER_UNBANNED', user, before });
    }
    return user;
  });
}

export interface ServerBanFilter {
  /** Part of the username or the display name of who is banned. */
  search?: string | null | undefined;
}

/** Those whom bans keep off the server, the latest first unless it is said. @throws Refusal INVALID_INPUT, FORBIDDEN */
export async function listServerBans(
  app: App,
  viewer: Viewer,
  filter: ServerBanFilter,
  page: PageArguments,
  query: Prisma.ServerBanFindManyArgs,
  direction: Direction = 'DESC',
): Promise<ServerBan[]> {
  onServer(viewer, 'administer');
  readPageArguments(page);
  return app.db.prisma.serverBan.findMany({
    ...query,
    where: bansOf(filter),
    orderBy: [{ createdAt: direction === 'ASC' ? 'asc' : 'desc' }, { userId: 'asc' }],
  });
}

/** How many these are. @throws Refusal FORBIDDEN */
export async function countServerBans(
  app: App,
  viewer: Viewer,
  filter: ServerBanFilter,
): Promise<number> {
  onServer(viewer, 'administer');
  return app.db.prisma.serverBan.count({ where: bansOf(filter), take: COUNTED_AT_MOST });
}

function bansOf({ search }: ServerBanFilter): Prisma.ServerBanWhereInput {
  const part = searchPattern(search);
  if (part === null) return inForce();
  const contains = { contains: part, mode: 'insensitive' } as const;
  const user = { OR: [{ username: contains }, { displayName: contains }] };
  return { ...inForce(), user };
}

/**
 * Holds the account to the end of the transaction, so that no ban comes between this look and what is written.
 * @throws Refusal FORBIDDEN with reason and end, for those who are banned.
 */
export async function requireNoServerBan(tx: Tx, { id }: Pick<User, 'id'>): Promise<void> {
  await tx.$executeRaw`SELECT FROM "user" WHERE id = ${id}::uuid FOR KEY SHARE`;
  const ban = await tx.serverBan.findFirst({ where: { userId: id, ...inForce() } });
  if (!ban) return;
  const end = ban.until ? ` until ${show(ban.until)!.replace('T', ' ').slice(0, 16)} UTC` : '';
  const why = ban.reason ? `: ${ban.reason}` : '.';
  throw new Refusal('FORBIDDEN', `You are banned from this server${end}${why}`);
}

const show = (until: Date | null) => until?.toISOString() ?? null;
