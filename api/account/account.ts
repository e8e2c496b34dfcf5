import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { ServerRole, SessionKind, User } from '../generated/prisma/client.ts';
import { useInvitation } from './invitation.ts';
import {
  checkDisplayName,
  checkUsername,
  lockAccounts,
  requireFreeUsername,
  USERNAME_MAX_LENGTH,
  usernameKeyOf,
} from './names.ts';
import { holdPassword } from './password-change.ts';
import { requireNoServerBan } from './server-ban.ts';
import { checkOrigin, type StartedSession, startSession } from './session.ts';

/** In the place of an invitation, for whoever is let in by those who run the server. */
export const NEEDS_NONE = Symbol('needs no invitation');

export interface RegisterInput {
  username: string;
  password: string;
  /** Null: the username. */
  displayName: string | null;
  invitation: string | null;
  session: SessionKind;
}

/**
 * Makes an account and logs it in. The first account of a server owns it, and so is its administrator.
 * @throws Refusal INVALID_INPUT; CONFLICT where the username is taken; FORBIDDEN where registration
 * does not allow it; RATE_LIMITED.
 */
export async function register(
  app: App,
  viewer: Viewer,
  input: RegisterInput,
): Promise<StartedSession> {
  checkOrigin(viewer, input.session);
  const username = checkUsername(input.username);
  const displayName = checkDisplayName(input.displayName ?? username);
  await app.limits.take('registerFromAddress', viewer.address);
  const hash = await app.passwords.hash(input.password);
  return app.db.commit(async (tx) => {
    const account = { username, displayName, hash, invitation: input.invitation };
    return startSession(app, viewer, await makeAccount(app, tx, account), input.session, tx);
  });
}

export interface LogInInput {
  username: string;
  password: string;
  session: SessionKind;
}

/**
 * The answer and its timing are the same for a wrong password and an unknown name.
 * @throws Refusal INVALID_INPUT where name and password do not belong together; FORBIDDEN where the account is
 * deactivated or banned; RATE_LIMITED.
 */
export async function logIn(app: App, viewer: Viewer, input: LogInInput): Promise<StartedSession> {
  checkOrigin(viewer, input.session);
  const usernameKey = usernameKeyOf(input.username.trim()).slice(0, USERNAME_MAX_LENGTH);
  // Taken before the check, or attempts that run side by side would all see points left.
  await app.limits.take('logInFromAddress', viewer.address);
  await app.limits.take('logInToAccount', usernameKey);
  const user = await app.db.prisma.user.findUnique({
    where: { usernameKey },
    include: { password: true },
  });
  const hash = user?.password?.hash ?? null;
  if (!(await app.passwords.verify(hash, input.password)) || !user || hash === null) {
    throw wrongLogIn();
  }
  await app.limits.clear('logInToAccount', usernameKey);
  await app.limits.giveBack('logInFromAddress', viewer.address);
  if (user.deactivatedAt) {
    const message = 'This account is deactivated. Ask an administrator of the server.';
    throw new Refusal('FORBIDDEN', message);
  }
  return app.db.commit(async (tx) => {
    if (!(await holdPassword(tx, user.id, hash))) throw wrongLogIn();
    await requireNoServerBan(tx, user);
    return startSession(app, viewer, user, input.session, tx);
  });
}

function wrongLogIn(): Refusal {
  return new Refusal('INVALID_INPUT', 'Username or password is not right.');
}

/** Whether anybody has registered yet. */
export async function hasAccounts(app: App): Promise<boolean> {
  return (await app.db.prisma.user.findFirst({ select: { id: true } })) !== null;
}

/**
 * Writes an account; the first of a server owns it.
 * @throws Refusal CONFLICT where the username is taken; FORBIDDEN where registration does not allow it.
 */
export async function makeAccount(
  app: Pick<App, 'settings'>,
  tx: Tx,
  account: NewAccount,
): Promise<User> {
  await lockAccounts(tx);
  const isFirst = (await tx.user.findFirst({ select: { id: true } })) === null;
  const { invitation } = account;
  if (!isFirst && invitation !== NEEDS_NONE) await checkRegistration(app, tx, invitation);
  await requireFreeUsername(tx, account.username, null);
  return tx.user.create({
    data: {
      username: account.username,
      usernameKey: usernameKeyOf(account.username),
      displayName: account.displayName,
      role: isFirst ? 'OWNER' : (account.role ?? 'MEMBER'),
      ...(account.hash !== null && { password: { create: { hash: account.hash } } }),
    },
  });
}

interface NewAccount {
  username: string;
  displayName: string;
  /** Of their password; null for those who have yet to choose one. */
  hash: string | null;
  invitation: string | null | typeof NEEDS_NONE;
  /** Of all but the first; MEMBER where it is left out. */
  role?: ServerRole;
}

async function checkRegistration(
  app: Pick<App, 'settings'>,
  tx: Tx,
  invitation: string | null,
): Promise<void> {
  // Asked of the database itself: once it is closed, nobody slips in by a process that has not heard of it.
  const { registration } = await app.settings.readNow(tx);
  if (registration === 'closed') {
    throw new Refusal('FORBIDDEN', 'This server takes no new accounts.');
  }
  if (registration === 'invite') await useInvitation(tx, invitation);
}
