/** Whose direct messages a room is for: the people after whom it is called. */
import { Batch } from '../batch.ts';
import { select, take, USER } from '../columns.ts';
import { type Db, unsized } from '../db.ts';
import type { User } from '../generated/prisma/client.ts';

/** By the room's id; in the order of their names. Those of one page are looked up together. */
export type DirectMemberLookup = Batch<string, User[]>;

const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 2;

export function createDirectMemberLookup({ pool }: Db): DirectMemberLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(ids) {
      const { rows } = await pool.query<Record<string, unknown> & { room_id: string }>({
        name: 'find-direct-members',
        text: `
          SELECT room.id AS room_id, ${select('user', USER)}
          FROM (SELECT DISTINCT id FROM unnest(${unsized('$1::uuid[]')}) AS asked (id)) asked
          JOIN room ON room.id = asked.id AND room.kind = 'DIRECT'
          JOIN membership ON membership.room_id = room.id
          JOIN "user" ON "user".id = membership.user_id`,
        values: [ids],
      });
      const found = new Map<string, User[]>();
      for (const row of rows) {
        const members = found.get(row.room_id) ?? [];
        members.push(take<User>(row, 'user', USER));
        found.set(row.room_id, members);
      }
      for (const members of found.values()) members.sort(byName);
      return ids.map((id) => found.get(id) ?? []);
    },
  });
}

/** What direct messages of these people are called for all of them alike. */
export function namesOf(members: User[]): string {
  return members.map(({ displayName }) => displayName).join(', ');
}

const collator = new Intl.Collator();

const byName = (a: User, b: User) =>
  collator.compare(a.displayName, b.displayName) || (a.id < b.id ? -1 : 1);
