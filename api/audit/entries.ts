import { onServer, roomFor } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { AuditEntry, Prisma } from '../generated/prisma/client.ts';
import { searchPattern } from '../input.ts';
import { COUNTED_AT_MOST, type Direction, type PageArguments, readPageArguments } from '../page.ts';
import type { AuditAction } from './audit.ts';

/** What is left out is not asked for. */
export interface AuditFilter {
  /** Part of a name of whom or where at the time, or of a reason. */
  search?: string | null | undefined;
  actions?: AuditAction[] | null | undefined;
  actorId?: string | null | undefined;
  userId?: string | null | undefined;
  roomId?: string | null | undefined;
  /** That moment included. */
  since?: Date | null | undefined;
  /** That moment left out. */
  until?: Date | null | undefined;
}

/** What was done on the server, the latest first unless it is said. @throws Refusal INVALID_INPUT; FORBIDDEN for all but administrators. */
export async function listAuditLog(
  app: App,
  viewer: Viewer,
  filter: AuditFilter,
  page: PageArguments,
  query: Prisma.AuditEntryFindManyArgs,
  direction: Direction = 'DESC',
): Promise<AuditEntry[]> {
  onServer(viewer, 'administer');
  return list(app, filter, page, query, direction);
}

/** How much was done that a filter lets through. @throws Refusal FORBIDDEN for all but administrators. */
export async function countAuditLog(
  app: App,
  viewer: Viewer,
  filter: AuditFilter,
): Promise<number> {
  onServer(viewer, 'administer');
  return app.db.prisma.auditEntry.count({ where: entriesOf(filter), take: COUNTED_AT_MOST });
}

/** What was done in a room, likewise. @throws Refusal INVALID_INPUT; FORBIDDEN for all but its owners and administrators. */
export async function listAuditLogOfRoom(
  app: App,
  viewer: Viewer,
  roomId: string,
  page: PageArguments,
  query: Prisma.AuditEntryFindManyArgs,
): Promise<AuditEntry[]> {
  await roomFor(app, viewer, { id: roomId }, 'appoint');
  return list(app, { roomId }, page, query);
}

async function list(
  app: App,
  filter: AuditFilter,
  page: PageArguments,
  query: Prisma.AuditEntryFindManyArgs,
  direction: Direction = 'DESC',
): Promise<AuditEntry[]> {
  readPageArguments(page);
  return app.db.prisma.auditEntry.findMany({
    ...query,
    where: entriesOf(filter),
    orderBy: { id: direction === 'ASC' ? 'asc' : 'desc' },
  });
}

function entriesOf(filter: AuditFilter): Prisma.AuditEntryWhereInput {
  const { search, actions, actorId, userId, roomId, since, until } = filter;
  const part = searchPattern(search);
  const contains = part === null ? null : ({ contains: part, mode: 'insensitive' } as const);
  return {
    ...(contains && {
      OR: [
        { actorName: contains },
        { userName: contains },
        { roomSlug: contains },
        { reason: contains },
      ],
    }),
    ...(actions && { action: { in: actions } }),
    ...(actorId && { actorId }),
    ...(userId && { userId }),
    ...(roomId && { roomId }),
    ...((since || until) && {
      createdAt: { ...(since && { gte: since }), ...(until && { lt: until }) },
    }),
  };
}

/** What of something was other before a deed than after it. */
export interface AuditChange {
  what: string;
  before: string | null;
  after: string | null;
}

export function changesOf({ before, after }: AuditEntry): AuditChange[] {
  const [was, is] = [before, after].map((side) => (side ?? {}) as Prisma.JsonObject) as [
    Prisma.JsonObject,
    Prisma.JsonObject,
  ];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].map((what) => ({
    ...{ what, before: show(was[what]), after: show(is[what]) },
  }));
}

function show(value: Prisma.JsonValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
