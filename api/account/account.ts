import type { Viewer } from '../access.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { Prisma, type SessionKind, type User } from '../generated/prisma/client.ts';
import { requireLine } from '../input.ts';
import { useInvitation } from './invitation.ts';
import { checkOrigin, type StartedSession, startSession } from './session.ts';

export const USERNAME_MAX_LENGTH = 32;
export const DISPLAY_NAME_MAX_LENGTH = 64;
/** Letters, digits and `. _ -` between them, so that a name ends where a sentence goes on. */
const USERNAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?$/i;
/** Any number of our own: makes registrations wait for each other. */
const REGISTER_LOCK = 7_275_539;

export interface RegisterInput {
  username: string;
  password: string;
  /** Null: the username. */
  displayName: string | null;
  invitation: string | null;
  session: SessionKind;
}

/**
 * Makes an account and logs it in. The first account of a server is its administrator.
 * @throws Refusal INVALID_INPUT; CONFLICT where the username is taken; FORBIDDEN where REGISTRATION
 * does not allow it; RATE_LIMITED.
 */
export async function register(
  app: App,
  viewer: Viewer,
  input: RegisterInput,
): Promise<StartedSession> {
  checkOrigin(viewer, input.session);
  const username = checkUsername(input.username);
  const displayName = requireLine(input.displayName ?? username, {
    field: 'displayName',
    noun: 'display name',
    maxLength: DISPLAY_NAME_MAX_LENGTH,
  });
  await app.limits.take('registerFromAddress', viewer.address);
  const hash = await app.passwords.hash(input.password);
  const user = await app.db.commit((tx) =>
    createUser(app, tx, { username, displayName, hash, invitation: input.invitation }),
  );
  return startSession(app, viewer, user, input.session);
}

export interface LogInInput {
  username: string;
  password: string;
  session: SessionKind;
}

/**
 * The answer and its timing are the same for a wrong password and an unknown name.
 * @throws Refusal INVALID_INPUT where name and password do not belong together; RATE_LIMITED.
 */
export async function logIn(app: App, viewer: Viewer, input: LogInInput): Promise<StartedSession> {
  checkOrigin(viewer, input.session);
  const usernameKey = input.username.trim().toLowerCase().slice(0, USERNAME_MAX_LENGTH);
  // Taken before the check, or attempts that run side by side would all see points left.
  await app.limits.take('logInFromAddress', viewer.address);
  await app.limits.take('logInToAccount', usernameKey);
  const user = await app.db.prisma.user.findUnique({
    where: { usernameKey },
    include: { password: true },
  });
  if (!(await app.passwords.verify(user?.password?.hash ?? null, input.password)) || !user) {
    throw new Refusal('INVALID_INPUT', 'Username or password is not right.');
  }
  await app.limits.clear('logInToAccount', usernameKey);
  await app.limits.giveBack('logInFromAddress', viewer.address);
  return startSession(app, viewer, user, input.session);
}

/** Whether anybody has registered yet. */
export async function hasAccounts(app: App): Promise<boolean> {
  return (await app.db.prisma.user.findFirst({ select: { id: true } })) !== null;
}

async function createUser(
  app: App,
  tx: Tx,
  account: { username: string; displayName: string; hash: string; invitation: string | null },
): Promise<User> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${REGISTER_LOCK})`;
  const isFirst = (await tx.user.findFirst({ select: { id: true } })) === null;
  if (!isFirst) await checkRegistration(app, tx, account.invitation);
  try {
    return await tx.user.create({
      data: {
        username: account.username,
        usernameKey: account.username.toLowerCase(),
        displayName: account.displayName,
        role: isFirst ? 'ADMINISTRATOR' : 'MEMBER',
        password: { create: { hash: account.hash } },
      },
    });
  } catch (error) {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002')
      throw error;
    throw new Refusal('CONFLICT', 'That username is taken.', { field: 'username' });
  }
}

async function checkRegistration(app: App, tx: Tx, invitation: string | null): Promise<void> {
  if (app.config.registration === 'closed') {
    throw new Refusal('FORBIDDEN', 'This server takes no new accounts.');
  }
  if (app.config.registration === 'invite') await useInvitation(tx, invitation);
}

function checkUsername(typed: string): string {
  const username = typed.trim();
  if (username.length > USERNAME_MAX_LENGTH || !USERNAME.test(username)) {
    throw new Refusal(
      'INVALID_INPUT',
      `A username has up to ${USERNAME_MAX_LENGTH} letters a to z, digits, “.”, “_” and “-”.`,
      { field: 'username' },
    );
  }
  return username;
}
