/**
 * Who is told of what by push. A moment after something was posted (`lookout.ts`), `notifyRoom` goes over what was posted
 * since it did so last, and enqueues a job for each browser that is to be told: the position and
 * these jobs in one transaction, so that no message is passed over, or gone over twice.
 *
 * `push-notice`: tells one browser of one room. It looks at what its person has not read by now, so that a
 * job that has waited for an hour tells of the newest message, and of how many there are. What the browser was told of is
 * written down, and a job that is done twice finds nothing to tell.
 *
 * `withdraw-notices` (`withdrawal.ts`): reading enqueues it where browsers show what was read elsewhere, and deleting
 * where they show what is no more.
 */
import type { App } from '../app.ts';
import type { Tx } from '../db.ts';
import { enqueue } from '../jobs.ts';
import { type Browser, concerns, findNews, isPresent, LOOK_BACK } from './news.ts';
import { forgetPushTarget } from './subscription.ts';
import { withdrawNotices } from './withdrawal.ts';

/** With the waits between them, these go on for three and a half hours. */
const PUSH_ATTEMPTS = 10;
/** Longer than a push service is waited for; a job that was killed meanwhile holds others up so long. */
const TELLING_MS = 15_000;
const RETRY_MS = 2_000;

/** Enqueues what browsers are to be told of what was posted in a room since the last time. */
export async function notifyRoom(app: App, roomId: string): Promise<void> {
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
    const told = await tx.$queryRaw<{ id: string; userId: string; isForAbsent: boolean }[]>`
      SELECT subscription.id, subscription.user_id AS "userId",
             bool_or(${concerns(false)}) AS "isForAbsent"
      FROM push_subscription subscription
      JOIN session ON session.id = subscription.session_id AND session.expires_at > now()
      JOIN membership member
        ON member.user_id = subscription.user_id AND member.room_id = ${roomId}::uuid
      JOIN room ON room.id = member.room_id
      JOIN message ON message.room_id = member.room_id AND ${concerns(true)}
      WHERE message.seq > ${Math.max(done, head - LOOK_BACK)} AND message.seq <= ${head}
        AND message.created_at >= subscription.created_at
      GROUP BY subscription.id`;
    for (const { id: subscriptionId, userId, isForAbsent } of told) {
      if (isForAbsent || isPresent(app, userId)) await enqueuePush(tx, { subscriptionId, roomId });
    }
    await tx.$executeRaw`
      UPDATE push_position SET seq = ${head} WHERE room_id = ${roomId}::uuid`;
  });
}

function enqueuePush(tx: Tx, browser: Browser, delayMs = 0): Promise<void> {
  const key = `push-notice:${browser.subscriptionId}:${browser.roomId}`;
  return enqueue(tx, 'push-notice', browser, { key, delayMs, attempts: PUSH_ATTEMPTS });
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
  const news = await findNews(app, browser);
  if (!news || news.seq <= news.toldSeq) return;
  const { target, userId, seq, payload } = news;
  // Whoever does not want to be disturbed finds it when they look.
  if (app.presences.of(userId).status === 'DO_NOT_DISTURB') return;
  const urgency = news.isMention ? 'high' : 'normal';
  const outcome = await app.pushServices.push(target, { payload, urgency, topic: roomId }, signal);
  if (outcome === 'gone') return forgetPushTarget(app, target);
  await app.db.prisma.$executeRaw`
    WITH told AS (
      UPDATE push_subscription SET last_success_at = now()
      WHERE id = ${subscriptionId}::uuid RETURNING id
    )
    INSERT INTO push_notice (subscription_id, room_id, seq)
    SELECT told.id, room.id, ${seq} FROM told, room WHERE room.id = ${roomId}::uuid
    ON CONFLICT (subscription_id, room_id) DO UPDATE SET seq = excluded.seq`;
  // It may have been read, or deleted, on the way.
  await withdrawNotices(app, { userId, roomId }, signal);
}
