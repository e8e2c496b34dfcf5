/** Accounts that administrators make for others, who then choose a password. */
import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { ServerRole, User } from '../generated/prisma/client.ts';
import type { Viewer } from '../viewer.ts';
import { makeAccount, NEEDS_NONE } from './account.ts';
import { checkDisplayName, checkUsername, lockAccounts } from './names.ts';
import { makeResetCode } from './password-change.ts';

export interface CreateUserInput {
  username: string;
  /** Null: the username. */
  displayName: string | null;
  role: ServerRole;
}

/**
 * Makes an account, whoever may register, and a code with which its owner chooses a password.
 * @throws Refusal INVALID_INPUT; CONFLICT where the username is taken; FORBIDDEN for all but administrators, and for all but owners
 * where the role is more than a member's.
 */
export async function createUser(
  app: App,
  viewer: Viewer,
  { username: typed, displayName: shown, role }: CreateUserInput,
): Promise<{ user: User; code: string; expiresAt: Date }> {
  const ability = role === 'MEMBER' ? 'administer' : 'appoint';
  const person = onServer(viewer, ability);
  const username = checkUsername(typed);
  const displayName = checkDisplayName(shown ?? username);
  return app.db.commit(async (tx) => {
    await lockAccounts(tx);
    const actor = await tx.user.findUniqueOrThrow({ where: { id: person.user.id } });
    onServer({ ...viewer, user: actor }, ability);
    const account = { username, displayName, hash: null, invitation: NEEDS_NONE, role } as const;
    const user = await makeAccount(app, tx, account);
    await recordDeed(tx, viewer, { action: 'USER_CREATED', user, after: { role } });
    return { user, ...(await makeResetCode(tx, user)) };
  });
}
