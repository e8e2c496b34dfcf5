/** Whether people belong to rooms, as it is asked for at every subscription. */
import { roomFor } from './access.ts';
import { loggedIn, type Viewer } from './viewer.ts';
import type { App } from './app.ts';
import { Batch } from './batch.ts';
import { type Db, unsized } from './db.ts';
import type { Membership } from './generated/prisma/client.ts';

/** Where the log of a room stands in which somebody is a member; null where they are none. */
export type MemberLookup = Batch<{ roomId: string; userId: string }, number | null>;

const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 1;

/** Those who ask at the same time, as after a restart, are looked up together. */
export function createMemberLookup({ pool }: Db): MemberLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(pairs) {
      const { rows } = await pool.query<{ last_seq: number | null }>({
        name: 'find-members',
        text: `
          SELECT last_seq
          FROM unnest(${unsized('$1::uuid[]')}, ${unsized('$2::uuid[]')})
            WITH ORDINALITY AS pair (room_id, user_id, place)
          LEFT JOIN membership m USING (room_id, user_id)
          LEFT JOIN room ON room.id = m.room_id
          ORDER BY place`,
        values: [pairs.map(({ roomId }) => roomId), pairs.map(({ userId }) => userId)],
      });
      return rows.map((row) => row.last_seq);
    },
  });
}

/** Somebody's membership of a room; null where they are no member. */
export type MembershipLookup = Batch<{ roomId: string; userId: string }, Membership | null>;

/** How a viewer stands to all rooms of a page is looked up together. */
export function createMembershipLookup({ prisma }: Db): MembershipLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(pairs) {
      const byUser = Map.groupBy(pairs, ({ userId }) => userId);
      const found = await prisma.membership.findMany({
        where: {
          OR: [...byUser].map(([userId, rooms]) => ({
            userId,
            roomId: { in: rooms.map(({ roomId }) => roomId) },
          })),
        },
      });
      const known = new Map(found.map((row) => [`${row.roomId}.${row.userId}`, row]));
      return pairs.map(({ roomId, userId }) => known.get(`${roomId}.${userId}`) ?? null);
    },
  });
}

/**
 * Lets members follow a room.
 * @returns where the room's log stood at that moment.
 * @throws Refusal NOT_FOUND, FORBIDDEN
 */
export async function checkFollows(app: App, viewer: Viewer, roomId: string): Promise<number> {
  const { user } = loggedIn(viewer);
  const lastSeq = await app.members.ask({ roomId, userId: user.id });
  return lastSeq ?? (await roomFor(app, viewer, { id: roomId }, 'follow')).lastSeq;
}
