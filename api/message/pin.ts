import { roomFor } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { LoggedMessage } from '../live/log.ts';
import { changeMessage } from './change.ts';
import type { MessageKey } from './key.ts';

export const PINS_PER_ROOM = 100;

/**
 * Pins a message to its room; nothing happens where it is pinned.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members; CONFLICT where it was deleted, and
 * where as many are pinned as a room takes.
 */
export async function pinMessage(
  app: App,
  viewer: Viewer,
  key: MessageKey,
): Promise<LoggedMessage> {
  const { roomId, seq } = key;
  return changeMessage(app, viewer, key, {
    ability: 'pin',
    event: { kind: 'MESSAGE_PINNED', messageSeq: seq },
    isDue: (_tx, { pinnedAt }) => pinnedAt === null,
    async write(tx, _message, user) {
      const count = await tx.message.count({ where: { roomId, pinnedAt: { not: null } } });
      if (count >= PINS_PER_ROOM) {
        throw new Refusal('CONFLICT', `A room takes ${PINS_PER_ROOM} pinned messages: unpin one.`);
      }
      await tx.message.update({
        where: { roomId_seq: { roomId, seq } },
        data: { pinnedAt: new Date(), pinnedById: user.id },
      });
    },
  });
}

/**
 * Takes a pin off; nothing happens where there is none.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members; CONFLICT where it was deleted.
 */
export async function unpinMessage(
  app: App,
  viewer: Viewer,
  key: MessageKey,
): Promise<LoggedMessage> {
  const { roomId, seq } = key;
  return changeMessage(app, viewer, key, {
    ability: 'pin',
    event: { kind: 'MESSAGE_UNPINNED', messageSeq: seq },
    isDue: (_tx, { pinnedAt }) => pinnedAt !== null,
    write: (tx) =>
      tx.message.update({
        where: { roomId_seq: { roomId, seq } },
        data: { pinnedAt: null, pinnedById: null },
      }),
  });
}

/** The pinned messages of a room, the latest pin first: PINS_PER_ROOM at most. @throws Refusal NOT_FOUND */
export async function listPins(app: App, viewer: Viewer, roomId: string): Promise<LoggedMessage[]> {
  await roomFor(app, viewer, { id: roomId }, 'read');
  return app.db.prisma.message.findMany({
    where: { roomId, pinnedAt: { not: null } },
    orderBy: [{ pinnedAt: 'desc' }, { seq: 'desc' }],
    include: { author: true },
  });
}
