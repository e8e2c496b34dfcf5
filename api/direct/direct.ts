/** Direct messages: rooms for certain people, who are always the same, and not there for anybody else. */
import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { Room, User } from '../generated/prisma/client.ts';
import { makeDirectSlug } from '../room/slug.ts';
import { requireNoBlock } from './block.ts';
import { directKey, lockDirect } from './circle.ts';

/** The viewer and so many others. */
export const DIRECT_OTHERS = 9;

/**
 * The direct messages of the viewer and these people, which are made where there are none yet; of the viewer alone,
 * notes to themselves. The others have them listed once something is said.
 * @throws Refusal INVALID_INPUT for nobody or too many; NOT_FOUND; FORBIDDEN for new ones where one of them and the viewer
 * do not write to each other, or has gone
 */
export async function openDirect(
  app: App,
  viewer: Viewer,
  { userIds }: { userIds: string[] },
): Promise<Room> {
  const { user } = loggedIn(viewer);
  const others = await findOthers(app, user, userIds);
  const key = directKey([user, ...others]);
  return app.db.commit(async (tx, afterCommit) => {
    await lockDirect(tx, key);
    const found = await tx.room.findUnique({ where: { directKey: key } });
    if (found) {
      await tx.membership.updateMany({
        where: { roomId: found.id, userId: user.id },
        data: { hiddenSeq: null },
      });
      const hint = { changed: 'PLACE', roomId: found.id } as const;
      afterCommit(() => app.bus.publish(`user:${user.id}`, hint));
      return found;
    }
    requireActive(others);
    await requireNoBlock(tx, user, others);
    const members = [user, ...others];
    const room = await tx.room.create({
      data: {
        kind: 'DIRECT',
        directKey: key,
        slug: makeDirectSlug(),
        name: '',
        visibility: 'PRIVATE',
        memberCount: members.length,
        memberships: {
          create: members.map(({ id: userId }) => ({
            userId,
            notify: 'ALL',
            hiddenSeq: userId === user.id ? null : 0,
          })),
        },
      },
    });
    afterCommit(() => {
      for (const { id } of members) app.bus.publish(`user:${id}`, { changed: 'ROOMS' });
    });
    return room;
  });
}

/**
 * Takes direct messages off the viewer's list until something is said in them.
 * @throws Refusal NOT_FOUND; FORBIDDEN for a room, which one may leave
 */
export async function hideDirect(
  app: App,
  viewer: Viewer,
  { roomId }: { roomId: string },
): Promise<Room> {
  const { user } = loggedIn(viewer);
  const room = await roomFor(app, viewer, { id: roomId }, 'hide');
  await app.db.commit(async (tx, afterCommit) => {
    await tx.membership.updateMany({
      where: { roomId, userId: user.id },
      data: { hiddenSeq: room.lastSeq },
    });
    afterCommit(() => app.bus.publish(`user:${user.id}`, { changed: 'PLACE', roomId }));
  });
  return room;
}

/** What was said with somebody who has gone is there, and nothing new is begun. */
function requireActive(others: User[]): void {
  if (others.every(({ deactivatedAt }) => !deactivatedAt)) return;
  throw new Refusal('FORBIDDEN', 'Not all of them use this server any more.', { field: 'userIds' });
}

async function findOthers(app: App, user: User, userIds: string[]): Promise<User[]> {
  const asked = new Set(userIds);
  const hasSelf = asked.delete(user.id);
  if (asked.size > DIRECT_OTHERS || (asked.size === 0 && !hasSelf)) {
    const message = `Direct messages are of you and of 1 to ${DIRECT_OTHERS} others, or of you alone.`;
    throw new Refusal('INVALID_INPUT', message, { field: 'userIds' });
  }
  const others = await app.db.prisma.user.findMany({ where: { id: { in: [...asked] } } });
  if (others.length < asked.size) {
    throw new Refusal('NOT_FOUND', 'There is nobody of that id.', { field: 'userIds' });
  }
  return others;
}
