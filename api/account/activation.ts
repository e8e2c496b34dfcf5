/** Accounts that are off: nobody logs in to them, and what they have said stays. */
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { User } from '../generated/prisma/client.ts';
import type { Commit } from '../live/log.ts';
import { lockAccounts } from './names.ts';
import { actUponUser, requireAnotherOwner } from './server-role.ts';
import { endSessions } from './session.ts';
import { holdOwn } from './user.ts';

/**
 * Ends all sessions of somebody, and lets them begin none until they are reactivated; nothing happens where it is
 * so already. Everybody may do it to themselves.
 * @throws Refusal FORBIDDEN for all but administrators, and for those who rank as high as they; NOT_FOUND;
 * CONFLICT for the server's only owner.
 */
export async function deactivateUser(
  app: App,
  viewer: Viewer,
  { userId }: { userId: string },
): Promise<User> {
  const { user: self } = loggedIn(viewer);
  if (self.id === userId) {
    return app.db.commit(async (tx, afterCommit) => {
      await lockAccounts(tx);
      return turnOff({ tx, afterCommit, bus: app.bus }, viewer, await holdOwn(tx, self));
    });
  }
  return actUponUser(app, viewer, { userId, ability: 'administer' }, ({ commit, user }) =>
    turnOff(commit, viewer, user),
  );
}

/**
 * Lets somebody log in again; nothing happens where they may.
 * @throws Refusal FORBIDDEN for all but administrators, and for those who rank as high as they; NOT_FOUND
 */
export async function reactivateUser(
  app: App,
  viewer: Viewer,
  { userId }: { userId: string },
): Promise<User> {
  return actUponUser(app, viewer, { userId, ability: 'administer' }, ({ commit, user }) =>
    turnOn(commit, viewer, user),
  );
}

/**
 * Call it under the lock of the accounts.
 * @throws Refusal CONFLICT for the server's only owner.
 */
export async function turnOff(commit: Commit, viewer: Viewer, user: User): Promise<User> {
  const { tx, afterCommit, bus } = commit;
  const { id: userId } = user;
  if (user.deactivatedAt) return user;
  await requireAnotherOwner(tx, user);
  const deactivated = await tx.user.update({
    where: { id: userId },
    data: { deactivatedAt: new Date() },
  });
  await tx.passwordReset.deleteMany({ where: { userId } });
  await endSessions(commit, { userId });
  if (viewer.user?.id !== userId)
    await recordDeed(tx, viewer, { action: 'USER_DEACTIVATED', user });
  afterCommit(() => bus.publish('people', { userId }));
  return deactivated;
}

/** Call it under the lock of the accounts. */
export async function turnOn(
  { tx, afterCommit, bus }: Commit,
  viewer: Viewer,
  user: User,
): Promise<User> {
  if (!user.deactivatedAt) return user;
  await recordDeed(tx, viewer, { action: 'USER_REACTIVATED', user });
  afterCommit(() => bus.publish('people', { userId: user.id }));
  return tx.user.update({ where: { id: user.id }, data: { deactivatedAt: null } });
}
