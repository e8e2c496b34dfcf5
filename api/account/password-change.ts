/** How people come to another password: by the one they have, or by a code that an administrator gives them. */
import { loggedIn, type Person, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { createSecret, hashSecret } from './secret.ts';
import { actUponUser } from './server-role.ts';
import { endSessions } from './session.ts';

const RESET_TTL_MS = 24 * 60 * 60 * 1000;

/**
 * Gives the viewer another password, and ends all their sessions but the one that asks.
 * @throws Refusal UNAUTHENTICATED; INVALID_INPUT, also where the current one is not right; RATE_LIMITED.
 */
export async function changePassword(
  app: App,
  viewer: Viewer,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
): Promise<User> {
  const person = loggedIn(viewer);
  const { id } = person.user;
  const known = await confirmPassword(app, person, currentPassword, 'currentPassword');
  const hash = await app.passwords.hash(newPassword, 'newPassword');
  return app.db.commit(async (tx, afterCommit) => {
    // Of two changes at once the later one does not know the password any more.
    const { count } = await tx.password.updateMany({
      where: { userId: id, hash: known },
      data: { hash },
    });
    if (count === 0) throw wrongPassword('currentPassword');
    await tx.passwordReset.deleteMany({ where: { userId: id } });
    const others = { userId: id, id: { not: person.sessionId } };
    await endSessions({ tx, afterCommit, bus: app.bus }, others);
    return tx.user.findUniqueOrThrow({ where: { id } });
  });
}

/**
 * Asks for the viewer's password once more, before what cannot be undone.
 * @returns what is kept of it.
 * @throws Refusal INVALID_INPUT where it is not right; RATE_LIMITED where that was often so of late.
 */
export async function confirmPassword(
  app: App,
  { user }: Person,
  typed: string,
  field: string,
): Promise<string> {
  await app.limits.take('confirmPassword', user.id);
  const password = await app.db.prisma.password.findUnique({ where: { userId: user.id } });
  if (!(await app.passwords.verify(password?.hash ?? null, typed)) || !password) {
    throw wrongPassword(field);
  }
  await app.limits.clear('confirmPassword', user.id);
  return password.hash;
}

/**
 * Makes a code with which somebody may choose a new password; the one before it is void.
 * @throws Refusal FORBIDDEN for all but administrators, and for those who rank as high as they; NOT_FOUND.
 */
export async function createPasswordReset(
  app: App,
  viewer: Viewer,
  { userId }: { userId: string },
): Promise<{ code: string; expiresAt: Date; user: User }> {
  const upon = { userId, ability: 'administer' } as const;
  return actUponUser(app, viewer, upon, async ({ commit: { tx }, user }) => {
    await recordDeed(tx, viewer, { action: 'PASSWORD_RESET_CREATED', user });
    return { ...(await makeResetCode(tx, user)), user };
  });
}

/** Makes the one code with which somebody may choose a password, the first one or another. */
export async function makeResetCode(
  tx: Tx,
  { id: userId }: Pick<User, 'id'>,
): Promise<{ code: string; expiresAt: Date }> {
  const secret = createSecret();
  const expiresAt = new Date(Date.now() + RESET_TTL_MS);
  const data = { codeHash: secret.hash, expiresAt };
  await tx.passwordReset.upsert({ where: { userId }, create: { userId, ...data }, update: data });
  return { code: secret.text, expiresAt };
}

/**
 * Gives whoever the code was made for a new password, and ends all their sessions.
 * @throws Refusal INVALID_INPUT, also where the code is void, used or over; RATE_LIMITED.
 */
export async function resetPassword(
  app: App,
  viewer: Viewer,
  { code, newPassword }: { code: string; newPassword: string },
): Promise<User> {
  await app.limits.take('resetPassword', viewer.address);
  const codeHash = hashSecret(code);
  const isValid = { codeHash, expiresAt: { gt: new Date() } };
  // A code that is none costs no hash; whether it still holds is asked again when it is used.
  const reset = await app.db.prisma.passwordReset.findUnique({ where: isValid });
  if (!reset) throw voidCode();
  const hash = await app.passwords.hash(newPassword, 'newPassword');
  const user = await app.db.commit(async (tx, afterCommit) => {
    const { count } = await tx.passwordReset.deleteMany({ where: isValid });
    if (count === 0) throw voidCode();
    const { userId } = reset;
    await tx.password.upsert({ where: { userId }, create: { userId, hash }, update: { hash } });
    await endSessions({ tx, afterCommit, bus: app.bus }, { userId });
    return tx.user.findUniqueOrThrow({ where: { id: userId } });
  });
  await app.limits.clear('logInToAccount', user.usernameKey);
  return user;
}

/**
 * Holds a password as it is until the transaction ends, so that no session begins by one that is being changed, or
 * of an account that is being deactivated.
 * @returns whether it is still that one.
 */
export async function holdPassword(tx: Tx, userId: string, hash: string): Promise<boolean> {
  const held = await tx.$queryRaw<unknown[]>`
    SELECT FROM password JOIN "user" ON id = user_id
    WHERE user_id = ${userId}::uuid AND hash = ${hash} AND deactivated_at IS NULL
    FOR SHARE`;
  return held.length > 0;
}

function wrongPassword(field: string): Refusal {
  return new Refusal('INVALID_INPUT', 'The password is not right.', { field });
}

function voidCode(): Refusal {
  const message = 'This link is used, over, or was replaced by a newer one. Ask for another.';
  return new Refusal('INVALID_INPUT', message, { field: 'code' });
}
