/** Takes back what browsers show, once it was read elsewhere or is no more. */
import type { App } from '../app.ts';
import { encodeNodeId } from '../node-id.ts';
import { type Browser, findNews } from './news.ts';
import type { PushTarget } from './push-service.ts';
import { forgetPushTarget } from './subscription.ts';

/** Its service takes a page's right to push away when three messages show nothing. */
const NEVER_SILENT = /(?:^|\.)push\.apple\.com$/;

interface Stale extends PushTarget {
  id: string;
  seq: number;
  /** Whether the message that it shows was deleted before it was read. */
  isDeleted: boolean;
}

/**
 * Tells the browsers of a person to close what they show of a room as far as it has been read. Where the message that
 * is shown was deleted, the newest one that is left to tell of takes its place without a sound.
 */
export async function withdrawNotices(
  app: App,
  { userId, roomId }: { userId: string; roomId: string },
  signal: AbortSignal,
): Promise<void> {
  const stale = await app.db.prisma.$queryRaw<Stale[]>`
    SELECT subscription.id, subscription.endpoint, subscription.p256dh, subscription.auth, notice.seq,
           member.room_id IS NOT NULL AND notice.seq > place.seq AS "isDeleted"
    FROM push_subscription subscription
    JOIN push_notice notice ON notice.subscription_id = subscription.id
    LEFT JOIN membership member ON member.user_id = subscription.user_id AND member.room_id = notice.room_id
    JOIN message ON message.room_id = notice.room_id AND message.seq = notice.seq
    LEFT JOIN thread_follow follow
      ON follow.user_id = subscription.user_id AND follow.room_id = message.room_id
      AND follow.thread_seq = message.thread_seq AND follow.is_following
    CROSS JOIN LATERAL (
      SELECT CASE WHEN in_room THEN member.read_seq ELSE coalesce(follow.read_seq, notice.seq) END AS seq
    ) place
    WHERE subscription.user_id = ${userId}::uuid AND notice.room_id = ${roomId}::uuid AND notice.seq > 0
      AND (member.room_id IS NULL OR notice.seq <= place.seq OR message.deleted_at IS NOT NULL)`;
  for (const { id: subscriptionId, seq, isDeleted, ...target } of stale) {
    const browser = { subscriptionId, roomId };
    if (isDeleted && (await replace(app, browser, seq, signal))) continue;
    const payload = { kind: 'READ', roomId: encodeNodeId('Room', roomId), seq };
    if (!NEVER_SILENT.test(new URL(target.endpoint).hostname)) {
      await push(app, target, { payload, roomId }, signal);
    }
    await app.db.prisma.pushNotice.deleteMany({ where: { ...browser, seq } });
  }
}

/** @returns whether there is something else to tell of than the message with that number, which was deleted. */
async function replace(
  app: App,
  browser: Browser,
  seq: number,
  signal: AbortSignal,
): Promise<boolean> {
  const left = await findNews(app, browser);
  if (!left || app.presences.of(left.userId).status === 'DO_NOT_DISTURB') return false;
  // The job that tells of what is newer replaces it.
  if (left.seq > seq) return true;
  const payload = { ...left.payload, isQuiet: true };
  await push(app, left.target, { payload, roomId: browser.roomId }, signal);
  await app.db.prisma.pushNotice.updateMany({
    where: { ...browser, seq },
    data: { seq: left.seq },
  });
  return true;
}

async function push(
  app: App,
  target: PushTarget,
  { payload, roomId }: { payload: object; roomId: string },
  signal: AbortSignal,
): Promise<void> {
  const message = { payload, urgency: 'normal', topic: roomId } as const;
  const outcome = await app.pushServices.push(target, message, signal);
  if (outcome === 'gone') await forgetPushTarget(app, target);
}
