/** What whoever runs the server may do to accounts, without one: on the command line of its machine. */
import { requireOutranked } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { ServerRole, User } from '../generated/prisma/client.ts';
import { makeAccount, NEEDS_NONE } from './account.ts';
import { turnOff, turnOn } from './activation.ts';
import { checkDisplayName, checkUsername, lockAccounts, usernameKeyOf } from './names.ts';
import { giveServerRole } from './server-role.ts';
import { endSessions } from './session.ts';

type Parts = Pick<App, 'bus' | 'db' | 'passwords' | 'settings'>;

/** As the audit log knows them; nobody can register by that name. */
export const OPERATOR: Viewer = {
  user: {
    id: '00000000-0000-0000-0000-000000000000',
    username: '(command line)',
    role: 'OWNER',
  } as User,
  sessionId: null,
  address: 'command line',
  userAgent: null,
  isForeign: false,
};

const PAGE_SIZE = 500;

/**
 * Makes an account, whatever REGISTRATION says. The first of a server owns it.
 * @throws Refusal INVALID_INPUT; CONFLICT where the username is taken.
 */
export async function createAccount(
  app: Parts,
  input: { username: string; displayName: string | null; password: string },
): Promise<User> {
  const username = checkUsername(input.username);
  const displayName = checkDisplayName(input.displayName ?? username);
  const hash = await app.passwords.hash(input.password);
  return app.db.commit(async (tx) => {
    const account = { username, displayName, hash, invitation: NEEDS_NONE } as const;
    const user = await makeAccount(app, tx, account);
    const after = { role: user.role };
    await recordDeed(tx, OPERATOR, { action: 'USER_CREATED', user, after });
    return user;
  });
}

/** All accounts in the order of their names. */
export async function* listAccounts({ db }: Pick<App, 'db'>): AsyncGenerator<User> {
  for (let after = ''; ;) {
    const users = await db.prisma.user.findMany({
      where: { usernameKey: { gt: after } },
      orderBy: { usernameKey: 'asc' },
      take: PAGE_SIZE,
    });
    yield* users;
    if (users.length < PAGE_SIZE) return;
    after = users.at(-1)!.usernameKey;
  }
}

/**
 * Gives somebody a role on the server.
 * @throws Refusal NOT_FOUND; CONFLICT for the last owner.
 */
export async function changeRole(
  app: Parts,
  { username, role }: { username: string; role: ServerRole },
): Promise<User> {
  return app.db.commit(async (tx, afterCommit) => {
    await lockAccounts(tx);
    const commit = { tx, afterCommit, bus: app.bus };
    return giveServerRole(commit, OPERATOR, await findAccount(tx, username), role);
  });
}

/**
 * Gives somebody another password, and ends all their sessions.
 * @throws Refusal NOT_FOUND; INVALID_INPUT.
 */
export async function replacePassword(
  app: Parts,
  { username, password }: { username: string; password: string },
): Promise<User> {
  const hash = await app.passwords.hash(password);
  return app.db.commit(async (tx, afterCommit) => {
    const user = await findAccount(tx, username);
    const where = { userId: user.id };
    await tx.password.upsert({ where, create: { ...where, hash }, update: { hash } });
    await tx.passwordReset.deleteMany({ where });
    await endSessions({ tx, afterCommit, bus: app.bus }, where);
    await recordDeed(tx, OPERATOR, { action: 'PASSWORD_REPLACED', user });
    return user;
  });
}

/**
 * Ends all sessions of somebody and lets them begin none, or lets them again.
 * @throws Refusal NOT_FOUND; FORBIDDEN for an owner, whose role is to be taken first.
 */
export async function activate(
  app: Parts,
  { username, isActive }: { username: string; isActive: boolean },
): Promise<User> {
  return app.db.commit(async (tx, afterCommit) => {
    await lockAccounts(tx);
    const user = await findAccount(tx, username);
    requireOutranked(loggedIn(OPERATOR), user);
    const commit = { tx, afterCommit, bus: app.bus };
    return (isActive ? turnOn : turnOff)(commit, OPERATOR, user);
  });
}

/** @throws Refusal NOT_FOUND */
export async function findAccount({ user }: Pick<Tx, 'user'>, username: string): Promise<User> {
  const where = { usernameKey: usernameKeyOf(username), erasedAt: null };
  const found = await user.findUnique({ where });
  if (found) return found;
  throw new Refusal(
    'NOT_FOUND',
    `There is no account ${username}: see npm run parley -- user list`,
  );
}
