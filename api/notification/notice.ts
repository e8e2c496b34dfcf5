/**
 * Who is told of what by push, in three jobs.
 *
 * `notify-room`: posting enqueues it for a moment later, by when whoever reads along has read. It goes over what was
 * posted since it did so last, and enqueues the next job for each browser that is to be told: the position and
 * these jobs in one transaction, so that no message is passed over, or gone over twice.
 *
 * `push-notice`: tells one browser of one room. It looks at what its person has not read by now, so that a
 * job that has waited for an hour tells of the newest message, and of how many there are. What the browser was told of is
 * written down, and a job that is done twice finds nothing to tell.
 *
 * `withdraw-notices`: reading enqueues it where browsers show what was read elsewhere.
 */
import { excerptOf } from '../../text/excerpt.ts';
import type { App } from '../app.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { Tx } from '../db.ts';
import { enqueue } from '../jobs.ts';
import { encodeNodeId } from '../node-id.ts';
import type { PushTarget } from './push-service.ts';

/** With the waits between them, these go on for three and a half hours. */
const PUSH_ATTEMPTS = 10;
/** Longer than a push service is waited for; a job that was killed meanwhile holds others up so long. */
const TELLING_MS = 15_000;
const RETRY_MS = 2_000;
/** So many messages back is looked for what to tell of, and no further than a day. */
const LOOK_BACK = 1_000;
const NEWS_AGE_MS = 24 * 60 * 60 * 1_000;
/** Its service takes a page's right to push away when three messages show nothing. */
const NEVER_SILENT = /(?:^|\.)push\.apple\.com$/;

/** Whether `message` mentions `member`. */
const MENTIONS = Prisma.sql`
  (message.mention_scope IS NOT NULL OR member.user_id = ANY (message.mentioned_ids))`;

/** Whether `member` is to be told of `message`, as things are now. */
const CONCERNS = Prisma.sql`
  message.deleted_at IS NULL AND message.author_id <> member.user_id
  AND message.seq > member.read_seq
  AND (member.muted_until IS NULL OR member.muted_until <= now())
  AND (
    member.notify = 'ALL' AND message.in_room
    OR member.notify <> 'NOTHING' AND ${MENTIONS}
  )
  AND message.created_at > now() - ${NEWS_AGE_MS}::int * interval '1 millisecond'`;

/** Enqueues what browsers are to be told of what was posted in a room since the last time. */
export async function notifyRoom(app: App, { roomId }: { roomId: string }): Promise<void> {
  await app.db.commit(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO push_position (room_id, seq) SELECT id, 0 FROM room WHERE id = ${roomId}::uuid
      ON CONFLICT DO NOTHING`;
    const [position] = await tx.$queryRaw<{ done: number; head: number }[]>`
      SELECT position.seq AS done, room.last_seq AS head
      FROM push_position position JOIN room ON room.id = position.room_id
      WHERE position.room_id = ${roomId}::uuid FOR UPDATE OF position`;
    if (!position) return;
    const { done, head } = position;
    const told = await tx.$queryRaw<{ id: string }[]>`
      SELECT DISTINCT subscription.id
      FROM push_subscription subscription
      JOIN session ON session.id = subscription.session_id AND session.expires_at > now()
      JOIN membership member
        ON member.user_id = subscription.user_id AND member.room_id = ${roomId}::uuid
      JOIN message ON message.room_id = member.room_id AND ${CONCERNS}
      WHERE message.seq > ${Math.max(done, head - LOOK_BACK)} AND message.seq <= ${head}
        AND message.created_at >= subscription.created_at`;
    for (const { id: subscriptionId } of told) await enqueuePush(tx, { subscriptionId, roomId });
    await tx.$executeRaw`
      UPDATE push_position SET seq = ${head} WHERE room_id = ${roomId}::uuid`;
  });
}

function enqueuePush(tx: Tx, browser: Browser, delayMs = 0): Promise<void> {
  const key = `push-notice:${browser.subscriptionId}:${browser.roomId}`;
  return enqueue(tx, 'push-notice', browser, { key, delayMs, attempts: PUSH_ATTEMPTS });
}

interface News extends PushTarget {
  userId: string;
  seq: number;
  slug: string;
  room: string;
  author: string;
  body: string;
  isMention: boolean;
  count: number;
}

interface Browser {
  subscriptionId: string;
  roomId: string;
}

/**
 * Tells a browser of the newest of what its person has not read of a room, unless it has been told. A job that
 * comes while another one tells it, which a message causes that is posted meanwhile, waits for its end.
 */
export async function pushNotice(app: App, browser: Browser, signal: AbortSignal): Promise<void> {
  const { subscriptionId, roomId } = browser;
  const claimed = await app.db.prisma.$executeRaw`
    INSERT INTO push_notice AS notice (subscription_id, room_id, seq, telling_until)
    SELECT subscription.id, room.id, 0, now() + ${TELLING_MS}::int * interval '1 millisecond'
    FROM push_subscription subscription, room
    WHERE subscription.id = ${subscriptionId}::uuid AND room.id = ${roomId}::uuid
    ON CONFLICT (subscription_id, room_id) DO UPDATE SET telling_until = excluded.telling_until
    WHERE coalesce(notice.telling_until, '-infinity') < now()`;
  if (claimed === 0) return app.db.commit((tx) => enqueuePush(tx, browser, RETRY_MS));
  try {
    await tellNews(app, browser, signal);
  } finally {
    // Whoever claims it once the row is gone has another.
    const untold = { subscriptionId, roomId, seq: 0 };
    const { count } = await app.db.prisma.pushNotice.deleteMany({ where: untold });
    if (count === 0) {
      await app.db.prisma.pushNotice.updateMany({
        where: { subscriptionId, roomId },
        data: { tellingUntil: null },
      });
    }
  }
}

async function tellNews(app: App, browser: Browser, signal: AbortSignal): Promise<void> {
  const { subscriptionId, roomId } = browser;
  const [news] = await app.db.prisma.$queryRaw<News[]>`
    SELECT subscription.endpoint, subscription.p256dh, subscription.auth,
           subscription.user_id AS "userId", room.slug, room.name AS room, newest.*
    FROM push_subscription subscription
    JOIN session ON session.id = subscription.session_id AND session.expires_at > now()
    JOIN membership member
      ON member.user_id = subscription.user_id AND member.room_id = ${roomId}::uuid
    JOIN room ON room.id = member.room_id
    LEFT JOIN push_notice notice
      ON notice.subscription_id = subscription.id AND notice.room_id = room.id
    CROSS JOIN LATERAL (
      SELECT message.seq, message.body, author.display_name AS author, ${MENTIONS} AS "isMention",
             count(*) OVER ()::int AS count
      FROM message JOIN "user" author ON author.id = message.author_id
      WHERE message.room_id = room.id AND ${CONCERNS}
        AND message.seq > room.last_seq - ${LOOK_BACK}::int
        AND message.created_at >= subscription.created_at
      ORDER BY message.seq DESC LIMIT 1
    ) newest
    WHERE subscription.id = ${subscriptionId}::uuid AND newest.seq > coalesce(notice.seq, 0)`;
  if (!news) return;
  const { userId, seq, slug, room, author, body, isMention, count, ...target } = news;
  // Whoever does not want to be disturbed finds it when they look.
  if (app.presences.of(userId).status === 'DO_NOT_DISTURB') return;
  const about = { roomId: encodeNodeId('Room', roomId), slug, room, author, seq, count };
  const payload = { kind: 'MESSAGE', ...about, text: excerptOf(body), isMention };
  const urgency = isMention ? 'high' : 'normal';
  const outcome = await app.pushServices.push(target, { payload, urgency, topic: roomId }, signal);
  if (outcome === 'gone') return forget(app, target);
  await app.db.prisma.$executeRaw`
    WITH told AS (
      UPDATE push_subscription SET last_success_at = now()
      WHERE id = ${subscriptionId}::uuid RETURNING id
    )
    INSERT INTO push_notice (subscription_id, room_id, seq)
    SELECT told.id, room.id, ${seq} FROM told, room WHERE room.id = ${roomId}::uuid
    ON CONFLICT (subscription_id, room_id) DO UPDATE SET seq = excluded.seq`;
  // It may have been read on the way.
  await withdrawNotices(app, { userId, roomId }, signal);
}

/** Tells the browsers of a person to close what they show of a room as far as it has been read. */
export async function withdrawNotices(
  app: App,
  { userId, roomId }: { userId: string; roomId: string },
  signal: AbortSignal,
): Promise<void> {
  const stale = await app.db.prisma.$queryRaw<(PushTarget & { id: string; seq: number })[]>`
    SELECT subscription.id, subscription.endpoint, subscription.p256dh, subscription.auth, notice.seq
    FROM push_subscription subscription
    JOIN push_notice notice ON notice.subscription_id = subscription.id
    LEFT JOIN membership member ON member.user_id = subscription.user_id AND member.room_id = notice.room_id
    WHERE subscription.user_id = ${userId}::uuid AND notice.room_id = ${roomId}::uuid
      AND notice.seq > 0 AND (member.room_id IS NULL OR notice.seq <= member.read_seq)`;
  for (const { id: subscriptionId, seq, ...target } of stale) {
    const payload = { kind: 'READ', roomId: encodeNodeId('Room', roomId), seq };
    if (!NEVER_SILENT.test(new URL(target.endpoint).hostname)) {
      const message = { payload, urgency: 'normal', topic: roomId } as const;
      const outcome = await app.pushServices.push(target, message, signal);
      if (outcome === 'gone') await forget(app, target);
    }
    await app.db.prisma.pushNotice.deleteMany({ where: { subscriptionId, roomId, seq } });
  }
}

async function forget(app: App, { endpoint }: PushTarget): Promise<void> {
  await app.db.prisma.pushSubscription.deleteMany({ where: { endpoint } });
}
