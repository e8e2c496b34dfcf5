/** What of a room somebody is to be told of, as things stand. */
import { excerptOf } from '../../text/excerpt.ts';
import type { App } from '../app.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { encodeNodeId } from '../node-id.ts';
import { namesOf } from '../room/direct-members.ts';
import type { PushTarget } from './push-service.ts';

/** So many messages back is looked for what to tell of, and no further than a day. */
export const LOOK_BACK = 1_000;
const NEWS_AGE_MS = 24 * 60 * 60 * 1_000;

/** A browser, and a room of its person's. */
export interface Browser {
  subscriptionId: string;
  roomId: string;
}

/** The newest message to tell of. */
export interface News {
  target: PushTarget;
  userId: string;
  seq: number;
  isMention: boolean;
  /** Of which message the browser shows that it was told; 0 for none. */
  toldSeq: number;
  /** What a push says of it. */
  payload: object;
}

/** Whether `message` mentions `member` in `room`; direct messages all do. `@here` is for those who are present as they would be told. */
const mentions = (isPresent: boolean) => Prisma.sql`
  (room.kind = 'DIRECT' OR coalesce(message.mention_scope = 'ALL' OR message.mention_scope = 'HERE' AND ${isPresent}::boolean, false)
    OR member.user_id = ANY (message.mentioned_ids))`;

/** Whether `message` is a reply, not read yet, in a thread that `member` follows. */
const FOLLOWED = Prisma.sql`
  EXISTS (
    SELECT FROM thread_follow follow
    WHERE follow.user_id = member.user_id AND follow.room_id = message.room_id
      AND follow.thread_seq = message.thread_seq AND follow.is_following
      AND message.seq > follow.read_seq
  )`;

/** Whether `member` is to be told of `message` in `room`, as things are now. */
export const concerns = (isPresent: boolean) => Prisma.sql`
  message.deleted_at IS NULL AND message.author_id <> member.user_id
  AND NOT EXISTS (
    SELECT FROM user_block
    WHERE user_block.blocker_id = member.user_id AND user_block.blocked_id = message.author_id
  )
  AND (message.seq > member.read_seq OR NOT message.in_room)
  AND (member.muted_until IS NULL OR member.muted_until <= now())
  AND member.notify <> 'NOTHING'
  AND (
    message.in_room AND (member.notify = 'ALL' OR ${mentions(isPresent)})
    OR ${FOLLOWED}
  )
  AND message.created_at > now() - ${NEWS_AGE_MS}::int * interval '1 millisecond'`;

export const isPresent = ({ presences }: App, userId: string): boolean =>
  presences.of(userId).status !== 'OFFLINE';

interface Found extends PushTarget {
  userId: string;
  seq: number;
  slug: string;
  room: string;
  isDirect: boolean;
  author: string;
  body: string;
  inRoom: boolean;
  isMention: boolean;
  count: number;
  toldSeq: number;
}

/** What a browser is to be told of a room, and whether it has been; null for nothing. */
export async function findNews(
  app: App,
  { subscriptionId, roomId }: Browser,
): Promise<News | null> {
  const subscription = await app.db.prisma.pushSubscription.findUnique({
    where: { id: subscriptionId },
    select: { userId: true },
  });
  if (!subscription) return null;
  const here = isPresent(app, subscription.userId);
  const [found] = await app.db.prisma.$queryRaw<Found[]>`
    SELECT subscription.endpoint, subscription.p256dh, subscription.auth,
           subscription.user_id AS "userId", room.slug, room.name AS room, room.kind = 'DIRECT' AS "isDirect", newest.*,
           coalesce(notice.seq, 0) AS "toldSeq"
    FROM push_subscription subscription
    JOIN session ON session.id = subscription.session_id AND session.expires_at > now()
    JOIN membership member
      ON member.user_id = subscription.user_id AND member.room_id = ${roomId}::uuid
    JOIN room ON room.id = member.room_id
    LEFT JOIN push_notice notice
      ON notice.subscription_id = subscription.id AND notice.room_id = room.id
    CROSS JOIN LATERAL (
      SELECT message.seq, message.body, message.in_room AS "inRoom", author.display_name AS author,
             ${mentions(here)} AS "isMention", count(*) OVER ()::int AS count
      FROM message JOIN "user" author ON author.id = message.author_id
      WHERE message.room_id = room.id AND ${concerns(here)}
        AND message.seq > room.last_seq - ${LOOK_BACK}::int
        AND message.created_at >= subscription.created_at
      ORDER BY message.seq DESC LIMIT 1
    ) newest
    WHERE subscription.id = ${subscriptionId}::uuid`;
  if (!found) return null;
  const { userId, seq, slug, author, body, inRoom, isDirect, isMention, count, toldSeq, ...rest } =
    found;
  const { room: ownName, ...target } = rest;
  const room = isDirect ? await nameForOne(app, roomId, userId) : ownName;
  const about = { roomId: encodeNodeId('Room', roomId), slug, room, author, seq, count };
  // What was said in a thread only has no place in the room to lead to.
  const place = inRoom ? {} : { messageId: encodeNodeId('Message', `${roomId}.${seq}`) };
  const direct = isDirect ? { isDirect } : {};
  const payload = {
    kind: 'MESSAGE',
    ...about,
    ...direct,
    ...place,
    text: excerptOf(body),
    isMention,
  };
  return { target, userId, seq, isMention, toldSeq, payload };
}

/** What one of their people calls direct messages: by the names of the others. */
async function nameForOne(app: App, roomId: string, userId: string): Promise<string> {
  const members = await app.directMembers.ask(roomId);
  return namesOf(members.filter(({ id }) => id !== userId));
}
