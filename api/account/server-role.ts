import { onServer, requireOutranked, type ServerAbility } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { inForce } from '../audit/until.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { ServerRole, User } from '../generated/prisma/client.ts';
import type { Commit } from '../live/log.ts';
import { lockAccounts } from './names.ts';

/**
 * Gives somebody another role on the server; nothing happens to one who has it. Owners may step down themselves. A code with
 * which somebody else could have chosen them a password is void.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but owners, and towards other owners; CONFLICT where the server would have no owner.
 */
export async function setServerRole(
  app: App,
  viewer: Viewer,
  { userId, role }: { userId: string; role: ServerRole },
): Promise<User> {
  const upon = { userId, ability: 'appoint', orSelf: true } as const;
  return actUponUser(app, viewer, upon, ({ commit, user }) =>
    giveServerRole(commit, viewer, user, role),
  );
}

/**
 * Call it under the lock of the accounts.
 * @throws Refusal CONFLICT where the server would have no owner.
 */
export async function giveServerRole(
  { tx, afterCommit, bus }: Commit,
  viewer: Viewer,
  user: User,
  role: ServerRole,
): Promise<User> {
  if (user.role === role) return user;
  await requireAnotherOwner(tx, user);
  await recordDeed(tx, viewer, {
    ...{ action: 'USER_ROLE_CHANGED', user },
    ...{ before: { role: user.role }, after: { role } },
  });
  // Whoever made it may rank below them by now.
  await tx.passwordReset.deleteMany({ where: { userId: user.id } });
  afterCommit(() => bus.publish('people', { userId: user.id }));
  return tx.user.update({ where: { id: user.id }, data: { role } });
}

/**
 * Call it under the lock of the accounts.
 * @throws Refusal CONFLICT where the server would be left without an owner who can log in.
 */
export async function requireAnotherOwner(tx: Tx, user: User): Promise<void> {
  if (user.role !== 'OWNER') return;
  const where = { role: 'OWNER', deactivatedAt: null, id: { not: user.id } } as const;
  const other = { ...where, OR: [{ ban: null }, { NOT: { ban: inForce() } }] };
  if (await tx.user.findFirst({ where: other, select: { id: true } })) return;
  throw new Refusal('CONFLICT', 'The server has no other owner: appoint one first.');
}

interface UponUser {
  userId: string;
  ability: ServerAbility;
  /** Whether they may do it to themselves as well. */
  orSelf?: true;
}

/**
 * Acts upon somebody of a lower role than the viewer's, within a transaction that holds their account: they begin no session and
 * nobody's role changes before its end.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who may not, and towards those of as high a role.
 */
export async function actUponUser<Result>(
  { db, bus }: Pick<App, 'bus' | 'db'>,
  viewer: Viewer,
  { userId, ability, orSelf }: UponUser,
  act: (acting: { commit: Commit; user: User }) => Promise<Result>,
): Promise<Result> {
  const person = onServer(viewer, ability);
  return db.commit(async (tx, afterCommit) => {
    await lockAccounts(tx);
    await tx.$executeRaw`SELECT FROM "user" WHERE id = ${userId}::uuid FOR UPDATE`;
    const actor = await tx.user.findUniqueOrThrow({ where: { id: person.user.id } });
    const now = onServer({ ...viewer, user: actor }, ability);
    const user = await tx.user.findUnique({ where: { id: userId, erasedAt: null } });
    if (!user) throw new Refusal('NOT_FOUND', 'There is no such user.', { field: 'userId' });
    if (!(orSelf && user.id === actor.id)) requireOutranked(now, user);
    return act({ commit: { tx, afterCommit, bus }, user });
  });
}
