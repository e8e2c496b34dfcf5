/**
 * What becomes of a message after it was posted. Every change is an event of the room's log, and takes
 * its number first: the lock of the room's row keeps all changes of a room one after the other, also
 * against posts, which count replies, and against leaving.
 */
import {
  mayInRoom,
  requireInRoom,
  type RoomAbility,
  roomsWithin,
  type Standing,
  standingIn,
} from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import { readableRooms, viewedRoom } from '../visibility.ts';
import type { App } from '../app.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { append, type LoggedMessage, type NewEvent } from '../live/log.ts';
import { findMessage } from './history.ts';
import type { MessageKey } from './key.ts';

export type MessageEvent = Extract<NewEvent, { messageSeq: number }>;

export interface Change {
  /** What others must be able to in the room; null where only the author may. */
  ability: RoomAbility | null;
  event: MessageEvent;
  /** Whether there is something to do. Asked before, and again under the lock. */
  isDue: (tx: Tx, message: LoggedMessage, user: User) => Promise<boolean> | boolean;
  /** @param eventSeq the number of the event */
  write: (tx: Tx, message: LoggedMessage, user: User, eventSeq: number) => Promise<unknown>;
}

/**
 * Changes a message that stands; nothing happens, and nothing is logged, where the change is not due.
 * @throws Refusal NOT_FOUND; FORBIDDEN; CONFLICT where the message was deleted.
 */
export async function changeMessage(
  app: App,
  viewer: Viewer,
  key: MessageKey,
  { ability, event, isDue, write }: Change,
): Promise<LoggedMessage> {
  const { user } = loggedIn(viewer);
  const readable = readableRooms(viewer);
  const among = ability === null ? readable : roomsWithin(viewer, ability, readable);
  const before = await findMessage(app, viewer, key, among);
  if (!before) throw new Refusal('NOT_FOUND', 'There is no such message.');
  const room = await viewedRoom(app.db.prisma, viewer, { id: key.roomId }, among);
  checkMay(standingIn(viewer, room), before, ability);
  if (!(await isDue(app.db.prisma, before, user))) return before;
  return app.db
    .commit(async (tx, afterCommit) => {
      const eventSeq = await append({ tx, afterCommit, bus: app.bus }, key.roomId, user, event);
      const message = await readMessage(tx, key);
      const { memberships, ...room } = await tx.room.findUniqueOrThrow({
        where: { id: key.roomId },
        include: { memberships: { where: { userId: user.id } } },
      });
      checkMay({ user, room, member: memberships[0] ?? null }, message, ability);
      if (!(await isDue(tx, message, user))) throw new NotDue();
      await write(tx, message, user, eventSeq);
      return readMessage(tx, key);
    })
    .catch((error: unknown) => {
      if (error instanceof NotDue) return readMessage(app.db.prisma, key);
      throw error;
    });
}

/** Somebody else was faster: the event is rolled back. */
class NotDue extends Error {}

function checkMay(standing: Standing, message: LoggedMessage, ability: RoomAbility | null): void {
  const isAuthor = message.author.id === standing.user.id;
  if (ability === null && !isAuthor) {
    throw new Refusal('FORBIDDEN', 'Only the author of a message may change it.');
  }
  // Whoever has left a room changes nothing in it, not even what was their own.
  const isOwn = isAuthor && (ability === null || mayInRoom(standing, 'changeOwn'));
  requireInRoom(standing, isOwn ? 'changeOwn' : ability!);
  if (message.deletedAt) throw new Refusal('CONFLICT', 'That message was deleted.');
}

async function readMessage(tx: Tx, { roomId, seq }: MessageKey): Promise<LoggedMessage> {
  return tx.message.findUniqueOrThrow({
    where: { roomId_seq: { roomId, seq } },
    include: { author: true },
  });
}
