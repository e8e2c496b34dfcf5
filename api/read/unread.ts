/** What a member has not read of a room: counted by the database from their place in its log. */
import { loggedIn, type Viewer } from '../viewer.ts';
import { visibleRoom } from '../visibility.ts';
import type { App } from '../app.ts';
import type { NotificationLevel, Prisma } from '../generated/prisma/client.ts';
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
  /** Those of them that mention them; of direct messages all of them. */
  mentions: number;
  /** Of what they are notified, and until when of nothing. */
  notify: NotificationLevel;
  mutedUntil: Date | null;
  isFavourite: boolean;
  /** Where they have put it in their list, if they have. */
  position: number | null;
  /** How many ask to join; 0 for those who do not keep order in it. */
  joinRequests: number;
  /** Reports of messages that are open: for the room's owners and moderators, 0 for others. */
  reports: number;
  /** Of direct messages that are not to be listed until something is said past there. */
  hiddenSeq: number | null;
  /** Whether nothing was said past there. */
  isHidden: boolean;
  /** Whose messages do not count. */
  blockedIds: string[];
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

/** Open reports of the room of a row of `membership`, but for those about them; nothing is counted for those who do not run it. */
export const openReportsSql = (member: string) => `CASE WHEN ${member}.role = 'MEMBER' THEN 0 ELSE (
    SELECT count(*)::int FROM report
    WHERE report.room_id = ${member}.room_id AND closed_at IS NULL AND author_id <> ${member}.user_id
  ) END`;

/** The conditions are those of the two partial indexes, which hold all that is asked but for who is mentioned. */
const COUNT = `
  SELECT pair.place::int, member.read_seq AS "readSeq", room.last_seq AS seq,
         unread.count::int AS unread,
         CASE room.kind WHEN 'DIRECT' THEN unread.count ELSE mention.count END::int AS mentions,
         member.notify, member.muted_until AS "mutedUntil",
         member.is_favourite AS "isFavourite", member.position,
         CASE WHEN room.visibility = 'RESTRICTED' AND member.role <> 'MEMBER' THEN (
           SELECT count(*)::int FROM join_request WHERE join_request.room_id = pair.room_id
         ) ELSE 0 END AS "joinRequests",
         ${openReportsSql('member')} AS reports,
         member.hidden_seq AS "hiddenSeq",
         member.hidden_seq IS NOT NULL AND NOT EXISTS (
           SELECT FROM message WHERE message.room_id = room.id AND seq > member.hidden_seq
         ) AS "isHidden",
         block.ids AS "blockedIds"
  FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS pair (user_id, room_id, place)
  JOIN membership member ON member.room_id = pair.room_id AND member.user_id = pair.user_id
  JOIN room ON room.id = pair.room_id
  CROSS JOIN LATERAL (
    SELECT ARRAY(SELECT blocked_id FROM user_block WHERE blocker_id = pair.user_id) AS ids
  ) block
  CROSS JOIN LATERAL (
    SELECT count(*) FROM message
    WHERE message.room_id = pair.room_id AND seq > member.read_seq
      AND in_room AND deleted_at IS NULL AND author_id <> pair.user_id AND author_id <> ALL(block.ids)
  ) unread
  CROSS JOIN LATERAL (
    SELECT count(*) FROM message
    WHERE message.room_id = pair.room_id AND seq > member.read_seq
      AND in_room AND deleted_at IS NULL AND (mention_scope IS NOT NULL OR mentioned_ids <> '{}')
      AND (mention_scope IS NOT NULL OR pair.user_id = ANY(mentioned_ids))
      AND author_id <> pair.user_id AND author_id <> ALL(block.ids)
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
  const { viewerMembership } = await visibleRoom(app, viewer, { id: roomId });
  if (!viewerMembership) return null;
  return app.db.prisma.message.findFirst({
    where: {
      roomId,
      seq: { gt: viewerMembership.readSeq },
      inRoom: true,
      deletedAt: null,
      author: countsFor(user.id),
    },
    orderBy: { seq: 'asc' },
    include: { author: true },
  });
}

/** Whose messages count as unread for somebody: all but their own, and those whom they have blocked. */
export function countsFor(userId: string): Prisma.UserWhereInput {
  return { id: { not: userId }, blockedBy: { none: { blockerId: userId } } };
}
