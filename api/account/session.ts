import { mayOnServer, requireOutranked } from '../access.ts';
import { loggedIn, type Person, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { Batch } from '../batch.ts';
import { select, take, USER } from '../columns.ts';
import { type AfterCommit, type Db, type Tx, unsized } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { Prisma, Session, SessionKind, User } from '../generated/prisma/client.ts';
import type { Bus } from '../live/bus.ts';
import { type PageArguments, readPageArguments } from '../page.ts';
import { createSecret, hashSecret } from './secret.ts';

/** A session ends when it has not been used for so long. */
export const SESSION_TTL_MS = 60 * 24 * 60 * 60 * 1000;
/** How exactly the time of its last use is known; it saves a write at every request. */
const LAST_USED_STEP_MS = 60 * 60 * 1000;
const USER_AGENT_MAX_LENGTH = 300;

/** A session that has just begun; the token is nowhere else. */
export interface StartedSession {
  user: User;
  kind: SessionKind;
  token: string;
}

/**
 * Keeps pages of other origins from logging a browser in unasked.
 * @throws Refusal FORBIDDEN
 */
export function checkOrigin(viewer: Viewer, kind: SessionKind): void {
  if (kind === 'COOKIE' && viewer.isForeign) {
    throw new Refusal(
      'FORBIDDEN',
      'A page of another origin may ask for a TOKEN, not for a COOKIE.',
    );
  }
}

export async function startSession(
  app: App,
  viewer: Viewer,
  user: User,
  kind: SessionKind,
  tx: Tx = app.db.prisma,
): Promise<StartedSession> {
  const secret = createSecret();
  await tx.session.create({
    data: {
      userId: user.id,
      kind,
      tokenHash: secret.hash,
      expiresAt: new Date(Date.now() + SESSION_TTL_MS),
      userAgent: viewer.userAgent?.slice(0, USER_AGENT_MAX_LENGTH) ?? null,
      address: viewer.address,
    },
  });
  return { user, kind, token: secret.text };
}

/** By the hash of a token, in hexadecimal; null where it is nobody’s. */
export type SessionLookup = Batch<string, FoundSession | null>;

interface FoundSession {
  sessionId: string;
  kind: SessionKind;
  lastUsedAt: Date;
  expiresAt: Date;
  user: User;
}

type FoundRow = Omit<FoundSession, 'user'> & { hash: string; [column: string]: unknown };

const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 1;

/** Every operation begins with it: those that come at the same time are looked up together. */
export function createSessionLookup({ pool }: Db): SessionLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(hashes) {
      const { rows } = await pool.query<FoundRow>({
        name: 'find-sessions',
        text: `
          SELECT encode(s.token_hash, 'hex') AS hash, s.id AS "sessionId", s.kind,
                 s.last_used_at AS "lastUsedAt", s.expires_at AS "expiresAt",
                 ${select('user', USER)}
          FROM session s JOIN "user" ON "user".id = s.user_id
          WHERE s.token_hash = ANY(${unsized('$1::bytea[]')}) AND "user".deactivated_at IS NULL`,
        values: [[...new Set(hashes)].map((hash) => Buffer.from(hash, 'hex'))],
      });
      const found = new Map(
        rows.map(({ hash, sessionId, kind, lastUsedAt, expiresAt, ...row }) => {
          const user = take<User>(row, 'user', USER);
          return [hash, { sessionId, kind, lastUsedAt, expiresAt, user }];
        }),
      );
      return hashes.map((hash) => found.get(hash) ?? null);
    },
  });
}

/** Whose session that token is; null where it is nobody's, or not of that kind. */
export async function findSession(
  app: App,
  kind: SessionKind,
  token: string,
): Promise<{ user: User; sessionId: string } | null> {
  const session = await app.sessions.ask(Buffer.from(hashSecret(token)).toString('hex'));
  if (!session || session.kind !== kind || session.expiresAt <= new Date()) return null;
  if (Date.now() - session.lastUsedAt.getTime() > LAST_USED_STEP_MS) {
    await app.db.prisma.session.updateMany({
      where: { id: session.sessionId },
      data: { lastUsedAt: new Date(), expiresAt: new Date(Date.now() + SESSION_TTL_MS) },
    });
  }
  return { user: session.user, sessionId: session.sessionId };
}

/** A page of the viewer's sessions that are not over; `query` is what Prisma is to do for it. */
export async function listSessions(
  app: App,
  viewer: Viewer,
  page: PageArguments,
  query: Prisma.SessionFindManyArgs,
): Promise<Session[]> {
  const { user } = loggedIn(viewer);
  readPageArguments(page);
  return app.db.prisma.session.findMany({
    ...query,
    where: { userId: user.id, expiresAt: { gt: new Date() } },
    orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }],
  });
}

/**
 * Ends one of the viewer's sessions, with what it holds open; administrators also those of others.
 * @throws Refusal NOT_FOUND for a session that is not the viewer's; FORBIDDEN for administrators towards those of as high a role.
 */
export async function revokeSession(
  app: App,
  viewer: Viewer,
  { sessionId }: { sessionId: string },
): Promise<Session> {
  const person = loggedIn(viewer);
  const isAdministrator = mayOnServer(person.user, 'administer');
  const found = await app.db.prisma.session.findUnique({
    where: { id: sessionId, ...(!isAdministrator && { userId: person.user.id }) },
    include: { user: true },
  });
  if (!found) throw new Refusal('NOT_FOUND', 'There is no such session.');
  const { user, ...session } = found;
  const isOwn = user.id === person.user.id;
  if (!isOwn) requireOutranked(person, user);
  await app.db.commit(async (tx, afterCommit) => {
    const ended = await endSessions({ tx, afterCommit, bus: app.bus }, { id: sessionId });
    if (!isOwn && ended > 0) await recordDeed(tx, viewer, { action: 'SESSION_REVOKED', user });
  });
  return session;
}

/** Ends all of the viewer's sessions but this one. */
export async function revokeOtherSessions(app: App, viewer: Viewer): Promise<number> {
  const person = loggedIn(viewer);
  return endOwnSessions(app, person, { id: { not: person.sessionId } });
}

/** Ends the session that is asking. */
export async function logOut(app: App, viewer: Viewer): Promise<void> {
  const person = loggedIn(viewer);
  await endOwnSessions(app, person, { id: person.sessionId });
}

function endOwnSessions(
  { db, bus }: App,
  { user }: Person,
  where: Prisma.SessionWhereInput,
): Promise<number> {
  return db.commit((tx, afterCommit) =>
    endSessions({ tx, afterCommit, bus }, { userId: user.id, ...where }),
  );
}

/** Ends sessions with the commit, and what they hold open behind it. Gives how many. */
export async function endSessions(
  { tx, afterCommit, bus }: { tx: Tx; afterCommit: AfterCommit; bus: Bus },
  where: Prisma.SessionWhereInput,
): Promise<number> {
  const sessions = await tx.session.findMany({ where, select: { id: true } });
  const ids = sessions.map(({ id }) => id);
  await tx.session.deleteMany({ where: { id: { in: ids } } });
  for (const id of ids) afterCommit(() => bus.publish(`session:${id}`, null));
  return ids.length;
}
