/** Messages that somebody wants those in charge to look at. */
import { mayOnServer, onServer, roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { requireReason } from '../audit/reason.ts';
import { Refusal } from '../errors.ts';
import type { Prisma, Report, ReportOutcome } from '../generated/prisma/client.ts';
import { requireText, searchPattern } from '../input.ts';
import type { Commit } from '../live/log.ts';
import { findMessage } from '../message/history.ts';
import type { MessageKey } from '../message/key.ts';
import { COUNTED_AT_MOST, type Direction, type PageArguments, readPageArguments } from '../page.ts';

export const NOTE_MAX_LENGTH = 500;

/** The reports that the viewer may work on, as a condition of every query for them; nobody is told who has reported them. */
export function workableReports(viewer: Viewer): Prisma.ReportWhereInput {
  const { user } = loggedIn(viewer);
  const ofOthers = { authorId: { not: user.id } };
  if (mayOnServer(user, 'administer')) return ofOthers;
  const room = { memberships: { some: { userId: user.id, role: { not: 'MEMBER' } } } } as const;
  return { ...ofOthers, room };
}

/**
 * Tells those in charge of a message, once.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for one's own; CONFLICT for what was deleted or reported before; RATE_LIMITED.
 */
export async function reportMessage(
  app: App,
  viewer: Viewer,
  { reason: typed, ...key }: MessageKey & { reason: string },
): Promise<Report> {
  const { user } = loggedIn(viewer);
  const reason = requireReason(typed);
  const message = await findMessage(app, viewer, key);
  if (!message) throw new Refusal('NOT_FOUND', 'There is no such message.');
  if (message.author.id === user.id) throw new Refusal('FORBIDDEN', 'You wrote it yourself.');
  if (message.deletedAt) throw new Refusal('CONFLICT', 'That message was deleted.');
  await app.limits.take('report', user.id);
  return app.db.commit(async (tx, afterCommit) => {
    const data = { ...key, reporterId: user.id, authorId: message.author.id, reason };
    const [report] = await tx.report.createManyAndReturn({ data, skipDuplicates: true });
    if (!report) throw new Refusal('CONFLICT', 'You have reported this message already.');
    await tellModerators({ tx, afterCommit, bus: app.bus }, key.roomId);
    return report;
  });
}

export interface CloseReportInput {
  reportId: string;
  outcome: ReportOutcome;
  note: string | null;
}

/**
 * Puts a report aside, with what came of it.
 * @throws Refusal INVALID_INPUT; NOT_FOUND for all but the room's owners and moderators and administrators, and where it is
 * about a message of the viewer's; CONFLICT where it was closed before.
 */
export async function closeReport(
  app: App,
  viewer: Viewer,
  { reportId, outcome, note: typed }: CloseReportInput,
): Promise<Report> {
  const { user } = loggedIn(viewer);
  const note = typed?.trim()
    ? requireText(typed.trim(), { field: 'note', noun: 'note', maxLength: NOTE_MAX_LENGTH })
    : null;
  const where = { id: reportId, ...workableReports(viewer) };
  return app.db.commit(async (tx, afterCommit) => {
    const report = await tx.report.findFirst({ where, include: { author: true, room: true } });
    if (!report) throw new Refusal('NOT_FOUND', 'There is no such report.');
    const { count } = await tx.report.updateMany({
      where: { ...where, closedAt: null },
      data: { closedAt: new Date(), closedById: user.id, outcome, note },
    });
    if (count === 0) throw new Refusal('CONFLICT', 'That report was closed already.');
    await recordDeed(tx, viewer, {
      ...{ action: 'REPORT_CLOSED', user: report.author, room: report.room },
      ...{ messageSeq: report.seq, reason: note, after: { outcome } },
    });
    await tellModerators({ tx, afterCommit, bus: app.bus }, report.roomId);
    return tx.report.findUniqueOrThrow({ where: { id: reportId } });
  });
}

/** Which reports: those of a room or of all, open or closed or both. */
export interface ReportFilter {
  roomId: string | null;
  open: boolean | null;
  /** Part of the reason, or of the username of who wrote the message or reported it. */
  search?: string | null | undefined;
  authorId?: string | null | undefined;
  reporterId?: string | null | undefined;
}

/**
 * Reports, but for those about the viewer: unless it is said, the oldest first of those that are open, otherwise the latest.
 * @throws Refusal INVALID_INPUT; FORBIDDEN for those who do not keep order in the room, or on the server.
 */
export async function listReports(
  app: App,
  viewer: Viewer,
  filter: ReportFilter,
  page: PageArguments,
  query: Prisma.ReportFindManyArgs,
  direction: Direction = filter.open === true ? 'ASC' : 'DESC',
): Promise<Report[]> {
  readPageArguments(page);
  await requireToKeepOrder(app, viewer, filter);
  const order = direction === 'ASC' ? 'asc' : 'desc';
  return app.db.prisma.report.findMany({
    ...query,
    where: { AND: [reportsOf(filter), workableReports(viewer)] },
    orderBy: [{ createdAt: order }, { id: order }],
  });
}

/** How many these are. @throws Refusal FORBIDDEN for those who do not keep order in the room, or on the server. */
export async function countReports(
  app: App,
  viewer: Viewer,
  filter: ReportFilter,
): Promise<number> {
  await requireToKeepOrder(app, viewer, filter);
  const where = { AND: [reportsOf(filter), workableReports(viewer)] };
  return app.db.prisma.report.count({ where, take: COUNTED_AT_MOST });
}

async function requireToKeepOrder(
  app: App,
  viewer: Viewer,
  { roomId }: ReportFilter,
): Promise<void> {
  if (roomId === null) onServer(viewer, 'administer');
  else await roomFor(app, viewer, { id: roomId }, 'keepOrder');
}

function reportsOf(filter: ReportFilter): Prisma.ReportWhereInput {
  const { search, roomId, authorId, reporterId, open } = filter;
  const part = searchPattern(search);
  const contains = part === null ? null : ({ contains: part, mode: 'insensitive' } as const);
  return {
    ...(contains && {
      OR: [
        { reason: contains },
        { author: { username: contains } },
        { reporter: { username: contains } },
      ],
    }),
    ...(roomId !== null && { roomId }),
    ...(authorId && { authorId }),
    ...(reporterId && { reporterId }),
    ...(open !== null && { closedAt: open ? null : { not: null } }),
  };
}

/** Their inboxes count the open ones. */
async function tellModerators({ tx, afterCommit, bus }: Commit, roomId: string): Promise<void> {
  const runs = await tx.membership.findMany({
    where: { roomId, role: { not: 'MEMBER' } },
    select: { userId: true },
  });
  for (const { userId } of runs) {
    afterCommit(() => bus.publish(`user:${userId}`, { changed: 'PLACE', roomId }));
  }
}
