/** The end of an account: a tombstone stays, for what it has said and for the names that mean it. */
import { randomBytes } from 'node:crypto';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { User } from '../generated/prisma/client.ts';
import { enqueue } from '../jobs.ts';
import type { Commit } from '../live/log.ts';
import { lockAccounts } from './names.ts';
import { confirmPassword } from './password-change.ts';
import { actUponUser, requireAnotherOwner } from './server-role.ts';
import { endSessions } from './session.ts';

export const TOMBSTONE_NAME = 'Deleted account';
export const ERASE_ATTEMPTS = 20;

/** What becomes of what somebody has said. */
export type MessagesFate = 'KEEP' | 'DELETE';

/** What is left to do of a deletion: the rooms, which are above accounts (`api/message/erasure.ts`). */
export interface ErasurePayload {
  userId: string;
  messages: MessagesFate;
}

/**
 * Deletes the viewer's account: their names, password, profile, picture, sessions and drafts at once; their
 * memberships, and their messages where they want that, soon after. Nobody else ever has the username.
 * @throws Refusal UNAUTHENTICATED; INVALID_INPUT where the password is not right; RATE_LIMITED; CONFLICT for
 * the server's only owner.
 */
export async function deleteAccount(
  app: App,
  viewer: Viewer,
  { password, messages }: { password: string; messages: MessagesFate },
): Promise<void> {
  const person = loggedIn(viewer);
  const userId = person.user.id;
  await confirmPassword(app, person, password, 'password');
  const avatarId = await app.db.commit(async (tx, afterCommit) => {
    await lockAccounts(tx);
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    // Of two deletions at once the second one finds nothing to do.
    if (user.erasedAt) return null;
    await requireAnotherOwner(tx, user);
    return leaveTombstone({ tx, afterCommit, bus: app.bus }, user, messages);
  });
  await removePicture(app, avatarId);
}

/**
 * Deletes somebody's account, likewise.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but administrators, and towards those of as high a role.
 */
export async function deleteUser(
  app: App,
  viewer: Viewer,
  { userId, messages }: { userId: string; messages: MessagesFate },
): Promise<void> {
  const upon = { userId, ability: 'administer' } as const;
  const avatarId = await actUponUser(app, viewer, upon, async ({ commit, user }) => {
    await recordDeed(commit.tx, viewer, { action: 'USER_DELETED', user, after: { messages } });
    return leaveTombstone(commit, user, messages);
  });
  await removePicture(app, avatarId);
}

/** Call it under the lock of the accounts. @returns the name of their picture, which nobody is given any more. */
async function leaveTombstone(
  { tx, afterCommit, bus }: Commit,
  { id: userId, usernameKey, avatarId }: User,
  messages: MessagesFate,
): Promise<string | null> {
  const username = `deleted-${randomBytes(6).toString('hex')}`;
  const names = { username, usernameKey: username, displayName: TOMBSTONE_NAME };
  const now = new Date();
  await tx.formerUsername.createMany({ data: { usernameKey, userId }, skipDuplicates: true });
  await tx.user.update({
    where: { id: userId },
    data: { ...names, role: 'MEMBER', avatarId: null, deactivatedAt: now, erasedAt: now },
  });
  const own = { where: { userId } };
  await tx.password.deleteMany(own);
  await tx.passwordReset.deleteMany(own);
  await tx.profile.deleteMany(own);
  await tx.draft.deleteMany(own);
  await tx.invitation.deleteMany({ where: { createdById: userId } });
  await endSessions({ tx, afterCommit, bus }, { userId });
  const payload: ErasurePayload = { userId, messages };
  const key = `erase-account:${userId}`;
  await enqueue(tx, 'erase-account', payload, { key, attempts: ERASE_ATTEMPTS });
  afterCommit(() => bus.publish('people', { userId }));
  return avatarId;
}

/** What is not removed now is the sweep's. */
async function removePicture(app: App, avatarId: string | null): Promise<void> {
  if (!avatarId) return;
  await app.storage.remove([avatarId]).catch((error: unknown) => {
    app.log.warn({ err: error }, 'The picture of a deleted account could not be removed');
  });
}
