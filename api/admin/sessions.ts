/** All sessions that are not over, as those who run the server see them. */
import type { App } from '../app.ts';
import { Prisma, type Session, type SessionKind } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import type { Viewer } from '../viewer.ts';
import { contains, given, type Listing, listRecords, type RecordPage } from './listing.ts';

export type SessionRecord = Omit<Session, 'tokenHash'>;

/** What is left out is not asked for. */
export interface SessionFilter {
  /** Part of an address, of what a program calls itself, or of a username. */
  search?: string | null | undefined;
  userId?: string | null | undefined;
  kinds?: SessionKind[] | null | undefined;
}

export type SessionOrder = 'CREATED_AT' | 'LAST_USED_AT';

const LISTING: Listing<SessionOrder> = {
  select: `session.id, session.user_id AS "userId", session.kind, session.created_at AS "createdAt",
    session.last_used_at AS "lastUsedAt", session.expires_at AS "expiresAt",
    session.user_agent AS "userAgent", session.address`,
  orders: {
    CREATED_AT: { sql: 'session.created_at', type: 'timestamptz' },
    LAST_USED_AT: { sql: 'session.last_used_at', type: 'timestamptz' },
  },
  key: [{ sql: 'session.id', type: 'uuid' }],
};

/** @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE */
export async function listAllSessions(
  app: App,
  viewer: Viewer,
  { search, userId, kinds }: SessionFilter,
  order: Order<SessionOrder>,
  page: PageArguments,
): Promise<RecordPage<SessionRecord>> {
  return listRecords(app, viewer, LISTING, {
    from: [Prisma.sql`session JOIN "user" ON "user".id = session.user_id`],
    where: [
      Prisma.sql`session.expires_at > now()`,
      ...contains(search, ['session.address', 'session.user_agent', '"user".username']),
      ...given(userId, (id) => Prisma.sql`session.user_id = ${id}::uuid`),
      ...given(kinds, (some) => Prisma.sql`session.kind = ANY(${some}::"SessionKind"[])`),
    ],
    ...{ order, page },
  });
}
