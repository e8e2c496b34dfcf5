/** What accounts are called: the one name that is unique, and the one that is shown. */
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { requireLine } from '../input.ts';

export const USERNAME_MAX_LENGTH = 32;
export const DISPLAY_NAME_MAX_LENGTH = 64;
/** Letters, digits and `. _ -` between them, so that a name ends where a sentence goes on. */
const USERNAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?$/i;
/** Any number of our own. */
export const ACCOUNTS_LOCK = 7_275_539;

/** The same for all spellings of a name. */
export const usernameKeyOf = (username: string) => username.toLowerCase();

/** @throws Refusal INVALID_INPUT */
export function checkUsername(typed: string): string {
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

/** @throws Refusal INVALID_INPUT */
export function checkDisplayName(typed: string): string {
  return requireLine(typed, {
    field: 'displayName',
    noun: 'display name',
    maxLength: DISPLAY_NAME_MAX_LENGTH,
  });
}

/**
 * Makes those wait for each other who take a name, which may be a former one, or who might be the first or the
 * last administrator: each looks at more than one row.
 */
export async function lockAccounts(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ACCOUNTS_LOCK})`;
}

/**
 * Call it under the lock.
 * @param userId who wants the name; their own former names are free to them.
 * @throws Refusal CONFLICT where somebody else bears the name, or has borne it.
 */
export async function requireFreeUsername(
  tx: Tx,
  username: string,
  userId: string | null,
): Promise<void> {
  const usernameKey = usernameKeyOf(username);
  const bearer = await tx.user.findUnique({ where: { usernameKey }, select: { id: true } });
  const former = await tx.formerUsername.findUnique({ where: { usernameKey } });
  if ((bearer && bearer.id !== userId) || (former && former.userId !== userId)) {
    throw new Refusal('CONFLICT', 'That username is taken.', { field: 'username' });
  }
}
