/**
 * The one name of an account that is unique. Whoever gives one up keeps it to themselves: what others wrote
 * to `@old`, and what they search for by it, goes on to mean the same person.
 */
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { User } from '../generated/prisma/client.ts';
import type { Commit } from '../live/log.ts';
import { checkUsername, lockAccounts, requireFreeUsername, usernameKeyOf } from './names.ts';
import { holdOwn } from './user.ts';

/**
 * Gives the viewer another username; another spelling of the same one counts as a change, too.
 * @throws Refusal UNAUTHENTICATED; INVALID_INPUT; CONFLICT where the name is somebody else's, or was;
 * RATE_LIMITED for more than one change in an hour.
 */
export async function changeUsername(
  app: App,
  viewer: Viewer,
  { username: typed }: { username: string },
): Promise<User> {
  const { user } = loggedIn(viewer);
  const username = checkUsername(typed);
  if (username === user.username) return user;
  await app.limits.take('changeUsername', user.id);
  try {
    return await app.db.commit(async (tx, afterCommit) => {
      await lockAccounts(tx);
      return giveUsername({ tx, afterCommit, bus: app.bus }, await holdOwn(tx, user), username);
    });
  } catch (error) {
    await app.limits.giveBack('changeUsername', user.id);
    throw error;
  }
}

/**
 * Call it under the lock of the accounts.
 * @param user as they are under it
 * @param username which has been checked
 * @throws Refusal CONFLICT where the name is somebody else's, or was.
 */
export async function giveUsername(
  { tx, afterCommit, bus }: Commit,
  { id, usernameKey: former }: User,
  username: string,
): Promise<User> {
  await requireFreeUsername(tx, username, id);
  const usernameKey = usernameKeyOf(username);
  if (former !== usernameKey) {
    await tx.formerUsername.createMany({
      data: { usernameKey: former, userId: id },
      skipDuplicates: true,
    });
    await tx.formerUsername.deleteMany({ where: { usernameKey } });
  }
  afterCommit(() => bus.publish('people', { userId: id }));
  return tx.user.update({ where: { id }, data: { username, usernameKey } });
}

/**
 * For statements that Prisma does not write: the ids of those who bear one of these names, or have borne it.
 * @param keys what stands for the names in lower case, such as `$1::text[]`
 */
export function bearersSql(keys: string): string {
  return `(
    SELECT id FROM "user" WHERE username_key = ANY(${keys})
    UNION ALL
    SELECT user_id FROM former_username WHERE username_key = ANY(${keys})
  )`;
}
