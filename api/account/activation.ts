/** Accounts that are off: nobody logs in to them, and what they have said stays. */
import { onServer, requireOutranked } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { lockAccounts } from './names.ts';
import { endSessions } from './session.ts';

/**
 * Ends all sessions of somebody, and lets them begin none until they are reactivated; nothing happens where it is
 * so already. Everybody may do it to themselves.
 * @throws Refusal FORBIDDEN for all but administrators, and for those who rank as high as they; NOT_FOUND;
 * CONFLICT for the server's only owner.
 */
export async function deactivateUser(
  app: Pick<App, 'bus' | 'db'>,
  viewer: Viewer,
  { userId }: { userId: string },
): Promise<User> {
  const isOwn = loggedIn(viewer).user.id === userId;
  if (!isOwn) onServer(viewer, 'administer');
  return app.db.commit(async (tx, afterCommit) => {
    await lockAccounts(tx);
    const user = await findAccount(tx, userId);
    if (!isOwn) requireOutranked(loggedIn(viewer), user);
    if (user.deactivatedAt) return user;
    await requireAnotherOwner(tx, user);
    const deactivated = await tx.user.update({
      where: { id: userId },
      data: { deactivatedAt: new Date() },
    });
    await tx.passwordReset.deleteMany({ where: { userId } });
    await endSessions({ tx, afterCommit, bus: app.bus }, { userId });
    if (!isOwn) await recordDeed(tx, viewer, { action: 'USER_DEACTIVATED', user });
    afterCommit(() => app.bus.publish('people', { userId }));
    return deactivated;
  });
}

/**
 * Lets somebody log in again; nothing happens where they may.
 * @throws Refusal FORBIDDEN for all but administrators, and for those who rank as high as they; NOT_FOUND
 */
export async function reactivateUser(
  app: Pick<App, 'bus' | 'db'>,
  viewer: Viewer,
  { userId }: { userId: string },
): Promise<User> {
  const person = onServer(viewer, 'administer');
  return app.db.commit(async (tx, afterCommit) => {
    const user = await findAccount(tx, userId);
    requireOutranked(person, user);
    if (!user.deactivatedAt) return user;
    await recordDeed(tx, viewer, { action: 'USER_REACTIVATED', user });
    afterCommit(() => app.bus.publish('people', { userId }));
    return tx.user.update({ where: { id: userId }, data: { deactivatedAt: null } });
  });
}

/**
 * Call it under the lock of the accounts.
 * @throws Refusal CONFLICT where the server would be left without an owner who can log in.
 */
export async function requireAnotherOwner(tx: Tx, user: User): Promise<void> {
  if (user.role !== 'OWNER') return;
  const where = { role: 'OWNER', deactivatedAt: null, id: { not: user.id } } as const;
  if (await tx.user.findFirst({ where, select: { id: true } })) return;
  throw new Refusal('CONFLICT', 'The server has no other owner: appoint one first.');
}

async function findAccount(tx: Tx, id: string): Promise<User> {
  const user = await tx.user.findUnique({ where: { id, erasedAt: null } });
  if (!user) throw new Refusal('NOT_FOUND', 'There is no such account.');
  return user;
}
