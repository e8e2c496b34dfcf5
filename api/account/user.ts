import { Batch } from '../batch.ts';
import { select, take, USER } from '../columns.ts';
import type { Db, Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';

const LOOKUP_SIZE = 1_000;
const LOOKUP_LANES = 2;

/** By id; null for nobody. Those who are named on one page are looked up together. */
export type UserLookup = Batch<string, User | null>;

export function createUserLookup({ pool }: Db): UserLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(ids) {
      const { rows } = await pool.query<Record<string, unknown>>({
        name: 'find-users',
        text: `SELECT ${select('user', USER)} FROM "user" WHERE id = ANY($1::uuid[])`,
        values: [[...new Set(ids)]],
      });
      const users = rows.map((row) => take<User>(row, 'user', USER));
      const found = new Map(users.map((user) => [user.id, user]));
      return ids.map((id) => found.get(id) ?? null);
    },
  });
}

/**
 * Somebody's own account, which stands until the transaction ends.
 * @throws Refusal UNAUTHENTICATED where it was deleted since they logged in.
 */
export async function holdOwn(tx: Tx, { id }: Pick<User, 'id'>): Promise<User> {
  await tx.$queryRaw`SELECT FROM "user" WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  const user = await tx.user.findUnique({ where: { id, erasedAt: null } });
  if (!user) throw new Refusal('UNAUTHENTICATED', 'Log in first.');
  return user;
}
