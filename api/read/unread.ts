/** What a member has not read of a room: counted by the database from their place in its log. */
import { loggedIn, roomFor, type Viewer } from '../access.ts';
import type { App } from '../app.ts';
import type { NotificationLevel } from '../generated/prisma/client.ts';
import { Batch } from '../batch.ts';
import type { Db } from '../db.ts';
import type { LoggedMessage } from '../live/log.ts';

/** How a member stands to a room's log, all of one moment. */
export interface Counts {
  /** Up to where they have read. */
  readSeq: number;
  /** The head of the log at that moment. */
  seq: number;
  /** Messages of others past their place that stand and are in the room's history. */
  unread: number;
  /** Those of them that mention them. */
  mentions: number;
  /** Of what they are notified, and until when of nothing. */
  notify: NotificationLevel;
  mutedUntil: Date | null;
}

/** Null for those who are no members. Whoever asks at the same time is counted for in one query. */
export type UnreadLookup = Batch<{ userId: string; roomId: string }, Counts | null>;

const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 2;

export function createUnreadLookup({ pool }: Db): UnreadLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(pairs) {
      const { rows } = await pool.query<Counts & { place: number }>({
        name: 'count-unread',
        text: COUNT,
        values: [pairs.map(({ userId }) => userId), pairs.map(({ roomId }) => roomId)],
      });
      const found = pairs.map((): Counts | null => null);
      for (const { place, ...counts } of rows) found[place - 1] = counts;
      return found;
    },
  });
}

/** The conditions are those of the two partial indexes, which hold all that is asked but for who is mentioned. */
const COUNT = `
  SELECT pair.place::int, member.read_seq AS "readSeq", room.last_seq AS seq,
         unread.count::int AS unread, mention.count::int AS mentions,
         member.notify, member.muted_until AS "mutedUntil"
  FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS pair (user_id, room_id, place)
  JOIN membership member ON member.room_id = pair.room_id AND member.user_id = pair.user_id
  JOIN room ON room.id = pair.room_id
  CROSS JOIN LATERAL (
    SELECT count(*) FROM message
    WHERE message.room_id = pair.room_id AND seq > member.read_seq
      AND in_room AND deleted_at IS NULL AND author_id <> pair.user_id
  ) unread
  CROSS JOIN LATERAL (
    SELECT count(*) FROM message
    WHERE message.room_id = pair.room_id AND seq > member.read_seq
      AND in_room AND deleted_at IS NULL AND (mention_scope IS NOT NULL OR mentioned_ids <> '{}')
      AND (mention_scope IS NOT NULL OR pair.user_id = ANY(mentioned_ids))
      AND author_id <> pair.user_id
  ) mention`;

/** How the viewer stands to a room; null for those who are no members. */
export async function countUnread(
  app: App,
  viewer: Viewer,
  roomId: string,
): Promise<Counts | null> {
  return app.unread.ask({ userId: loggedIn(viewer).user.id, roomId });
}

/**
 * The oldest message of a room that counts as unread for the viewer; null where there is none.
 * @throws Refusal NOT_FOUND
 */
export async function findFirstUnread(
  app: App,
  viewer: Viewer,
  roomId: string,
): Promise<LoggedMessage | null> {
  const { user } = loggedIn(viewer);
  const { viewerMembership } = await roomFor(app, viewer, { id: roomId }, 'read');
  if (!viewerMembership) return null;
  return app.db.prisma.message.findFirst({
    where: {
      roomId,
      seq: { gt: viewerMembership.readSeq },
      inRoom: true,
      deletedAt: null,
      authorId: { not: user.id },
    },
    orderBy: { seq: 'asc' },
    include: { author: true },
  });
}
