/** Who write to each other directly, as one thing. */
import type { Tx } from '../db.ts';
import type { User } from '../generated/prisma/client.ts';

/** What direct messages of these people are found by, in whatever order they are named. */
export function directKey(people: Pick<User, 'id'>[]): string {
  return people
    .map(({ id }) => id)
    .sort()
    .join(' ');
}

/**
 * Holds everything else off that makes these direct messages, or changes whether their people write to each other, until
 * the transaction ends: also where the room does not exist yet.
 */
export async function lockDirect(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`direct ${key}`}, 0))`;
}
