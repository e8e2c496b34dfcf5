import type pg from 'pg';
import { Refusal } from '../errors.ts';
import type { Room, User } from '../generated/prisma/client.ts';

/**
 * Sees to it that somebody who can log in owns a room that was just made of an archive.
 * @param owner who is to own it, too; null for nobody else than its owners
 * @throws Refusal INVALID_INPUT where nobody would.
 */
export async function giveRoom(
  client: pg.ClientBase,
  { id, slug }: Pick<Room, 'id' | 'slug'>,
  owner: User | null,
): Promise<void> {
  if (!owner) return requireOwner(client, id, slug);
  const { rows } = await client.query<{ role: string }>(
    'SELECT role FROM membership WHERE room_id = $1 AND user_id = $2',
    [id, owner.id],
  );
  const previousRole = rows[0]?.role;
  if (previousRole === 'OWNER') return;
  const joins = previousRole === undefined;
  const numbered = await client.query<{ seq: number; memberCount: number }>(
    `UPDATE room SET last_seq = last_seq + 1, member_count = member_count + $2 WHERE id = $1
     RETURNING last_seq AS seq, member_count AS "memberCount"`,
    [id, joins ? 1 : 0],
  );
  const { seq, memberCount } = numbered.rows[0]!;
  const data = joins ? { memberCount } : { role: 'OWNER', previousRole };
  await client.query(
    `INSERT INTO room_event (room_id, seq, kind, actor_id, subject_id, created_at, data)
     VALUES ($1, $2, $3, $4, $5, clock_timestamp(), $6)`,
    [
      ...[id, seq, joins ? 'MEMBER_JOINED' : 'MEMBER_ROLE_CHANGED', owner.id],
      ...[joins ? null : owner.id, data],
    ],
  );
  await client.query(
    `INSERT INTO membership (room_id, user_id, role, read_seq) VALUES ($1, $2, 'OWNER', $3)
     ON CONFLICT (room_id, user_id) DO UPDATE SET role = 'OWNER', read_seq = $3`,
    [id, owner.id, seq],
  );
}

async function requireOwner(client: pg.ClientBase, roomId: string, slug: string): Promise<void> {
  const { rows } = await client.query<{ isOwned: boolean }>(
    `SELECT EXISTS (
       SELECT FROM membership JOIN "user" ON "user".id = user_id
       WHERE room_id = $1 AND membership.role = 'OWNER' AND deactivated_at IS NULL
     ) AS "isOwned"`,
    [roomId],
  );
  if (rows[0]!.isOwned) return;
  throw new Refusal(
    'INVALID_INPUT',
    `None of the owners of #${slug} can log in here: say who is to own it, by --owner NAME.`,
  );
}
