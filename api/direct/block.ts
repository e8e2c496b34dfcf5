/** Blocking: whose messages somebody does not want to see. Nobody is told that they were blocked. */
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { directKey, lockDirect } from './circle.ts';

/** Screens hold all of them. */
export const BLOCKS_PER_USER = 1_000;

/**
 * Has the viewer not see what somebody writes unless they want to, and neither of the two write to the other.
 * Nothing happens where they have been blocked.
 * @throws Refusal INVALID_INPUT for the viewer, and past BLOCKS_PER_USER; NOT_FOUND
 */
export async function blockUser(
  app: App,
  viewer: Viewer,
  { userId }: { userId: string },
): Promise<User> {
  return changeBlock(app, viewer, userId, async (tx, pair) => {
    const blocks = await tx.userBlock.count({ where: { blockerId: pair.blockerId } });
    if (blocks >= BLOCKS_PER_USER) {
      throw refused(`You have blocked ${BLOCKS_PER_USER} people: unblock somebody first.`);
    }
    await tx.userBlock.createMany({ data: pair, skipDuplicates: true });
  });
}

/**
 * Takes a block back; nothing happens where there is none.
 * @throws Refusal INVALID_INPUT for the viewer; NOT_FOUND
 */
export async function unblockUser(
  app: App,
  viewer: Viewer,
  { userId }: { userId: string },
): Promise<User> {
  return changeBlock(app, viewer, userId, (tx, pair) => tx.userBlock.deleteMany({ where: pair }));
}

/** Whom the viewer has blocked, the latest first; of others nobody is told that. */
export async function listBlocked(app: App, viewer: Viewer, of: User): Promise<User[]> {
  const { user } = loggedIn(viewer);
  if (of.id !== user.id) return [];
  const blocks = await app.db.prisma.userBlock.findMany({
    where: { blockerId: user.id },
    orderBy: [{ createdAt: 'desc' }, { blockedId: 'asc' }],
    include: { blocked: true },
  });
  return blocks.map(({ blocked }) => blocked);
}

/** @throws Refusal FORBIDDEN where somebody and one of the others do not write to each other */
export async function requireNoBlock(tx: Tx, user: User, others: User[]): Promise<void> {
  const ids = others.map(({ id }) => id);
  const blocks = await tx.userBlock.count({
    where: {
      OR: [
        { blockerId: user.id, blockedId: { in: ids } },
        { blockerId: { in: ids }, blockedId: user.id },
      ],
    },
  });
  if (blocks === 0) return;
  // Says the same to both.
  throw new Refusal('FORBIDDEN', 'You cannot write to each other.', { field: 'userIds' });
}

interface Pair {
  blockerId: string;
  blockedId: string;
}

/** The room of the two says whether they write to each other: posts look there, under the lock of its row. */
async function changeBlock(
  app: App,
  viewer: Viewer,
  userId: string,
  change: (tx: Tx, pair: Pair) => Promise<unknown>,
): Promise<User> {
  const { user } = loggedIn(viewer);
  const other = await app.db.prisma.user.findUnique({ where: { id: userId } });
  if (!other) throw new Refusal('NOT_FOUND', 'There is nobody of that id.', { field: 'userId' });
  if (other.id === user.id) throw refused('That is you.');
  const [own, theirs] = [
    { blockerId: user.id, blockedId: other.id },
    { blockerId: other.id, blockedId: user.id },
  ];
  await app.db.commit(async (tx, afterCommit) => {
    const key = directKey([user, other]);
    await lockDirect(tx, key);
    await change(tx, own);
    const isSevered = (await tx.userBlock.count({ where: { OR: [own, theirs] } })) > 0;
    await tx.room.updateMany({ where: { directKey: key }, data: { isSevered } });
    // What is unread in all rooms is counted anew.
    afterCommit(() => app.bus.publish(`user:${user.id}`, { changed: 'ROOMS' }));
  });
  return other;
}

function refused(message: string): Refusal {
  return new Refusal('INVALID_INPUT', message, { field: 'userId' });
}
