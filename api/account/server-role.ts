import { onServer, requireOutranked, type ServerAbility } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { Refusal } from '../errors.ts';
import type { ServerRole, User } from '../generated/prisma/client.ts';
import type { Commit } from '../live/log.ts';
import { requireAnotherOwner } from './activation.ts';
import { lockAccounts } from './names.ts';

/**
 * Gives somebody another role on the server; nothing happens to one who has it. Owners may step down themselves.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but owners, and towards other owners; CONFLICT where the server would have no owner.
 */
export async function setServerRole(
  app: App,
  viewer: Viewer,
  { userId, role }: { userId: string; role: ServerRole },
): Promise<User> {
  const upon = { userId, ability: 'appoint', orSelf: true } as const;
  return actUponUser(app, viewer, upon, async ({ commit, user }) => {
    const { tx } = commit;
    if (user.role === role) return user;
    await requireAnotherOwner(tx, user);
    await recordDeed(tx, viewer, {
      ...{ action: 'USER_ROLE_CHANGED', user },
      ...{ before: { role: user.role }, after: { role } },
    });
    commit.afterCommit(() => commit.bus.publish('people', { userId }));
    return tx.user.update({ where: { id: userId }, data: { role } });
  });
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
  { db, bus }: App,
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
