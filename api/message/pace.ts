/** Slow mode: how long members of a room wait between two messages. */
import { isPaced } from '../access.ts';
import type { ViewedRoom } from '../visibility.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';

/**
 * Posts for a member who is to wait between two messages; null for those who are not, and where nothing was
 * posted. The turn is claimed in the database, so that of two posts at once, wherever they are, one is refused.
 * @throws Refusal RATE_LIMITED with the time that is left
 */
export async function atItsPace<Posted>(
  { db }: App,
  { id: roomId, slowModeSeconds, viewerMembership }: ViewedRoom,
  post: () => Promise<Posted | null>,
): Promise<Posted | null> {
  if (!viewerMembership || !isPaced({ slowModeSeconds }, viewerMembership)) return null;
  const { userId } = viewerMembership;
  const now = new Date();
  const waitMs = slowModeSeconds * 1_000;
  const { count } = await db.prisma.membership.updateMany({
    where: {
      ...{ roomId, userId },
      OR: [{ lastPacedAt: null }, { lastPacedAt: { lte: new Date(now.getTime() - waitMs) } }],
    },
    data: { lastPacedAt: now },
  });
  if (count === 0) {
    const last = await db.prisma.membership.findUnique({
      where: { roomId_userId: { roomId, userId } },
    });
    const waited = now.getTime() - (last?.lastPacedAt?.getTime() ?? 0);
    throw new Refusal(
      'RATE_LIMITED',
      `The room is in slow mode: you may write once every ${slowModeSeconds} seconds.`,
      { retryAfterMs: Math.max(1, waitMs - waited) },
    );
  }
  // Nobody waits for what was not said.
  const giveBack = () =>
    db.prisma.membership.updateMany({
      where: { roomId, userId, lastPacedAt: now },
      data: { lastPacedAt: viewerMembership.lastPacedAt },
    });
  try {
    const posted = await post();
    if (!posted) await giveBack();
    return posted;
  } catch (error) {
    await giveBack();
    throw error;
  }
}
