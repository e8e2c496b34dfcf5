import { roomFor } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import { readableRooms } from '../visibility.ts';
import type { App } from '../app.ts';
import type { Prisma, Room } from '../generated/prisma/client.ts';
import { decodeCursor, encodeCursor } from '../live/cursor.ts';
import type { LoggedMessage } from '../live/log.ts';
import { type PageArguments, readPageArguments } from '../page.ts';

/** A page of messages, oldest first. */
export interface MessagePage {
  messages: LoggedMessage[];
  hasPreviousPage: boolean;
  hasNextPage: boolean;
}

/**
 * A page of a room's messages by keyset: its cost does not grow with what lies before it. It ends where
 * the room that is given stood, so that page and `Room.cursor` are of one moment.
 * @throws Refusal INVALID_INPUT, NOT_FOUND, RESYNC_REQUIRED
 */
export async function listMessages(
  app: App,
  viewer: Viewer,
  { id: roomId, lastSeq }: Room,
  args: PageArguments,
): Promise<MessagePage> {
  await roomFor(app, viewer, { id: roomId }, 'read');
  return page(app, { roomId, inRoom: true }, lastSeq, args);
}

/**
 * A page of what was answered to a message in its thread, likewise.
 * @throws Refusal INVALID_INPUT, NOT_FOUND, RESYNC_REQUIRED
 */
export async function listReplies(
  app: App,
  viewer: Viewer,
  { roomId, seq }: LoggedMessage,
  args: PageArguments,
): Promise<MessagePage> {
  const { lastSeq } = await roomFor(app, viewer, { id: roomId }, 'read');
  return page(app, { roomId, threadSeq: seq }, lastSeq, args);
}

async function page(
  app: App,
  where: Prisma.MessageWhereInput,
  lastSeq: number,
  args: PageArguments,
): Promise<MessagePage> {
  const { limit, backwards, after, before } = readPageArguments(args);
  const past = after === null ? 0 : decodeCursor(app.db.epoch, after, 'after');
  const until = before === null ? lastSeq + 1 : decodeCursor(app.db.epoch, before, 'before');
  const found = await app.db.prisma.message.findMany({
    where: { ...where, seq: { gt: past, lt: until } },
    orderBy: { seq: backwards ? 'desc' : 'asc' },
    // One more tells whether there are more.
    take: limit + 1,
    include: { author: true },
  });
  const hasMore = found.length > limit;
  const messages = found.slice(0, limit);
  if (backwards) messages.reverse();
  // Towards the cursor there is something, since the cursor came from there.
  return {
    messages,
    hasPreviousPage: backwards ? hasMore : past > 0,
    hasNextPage: backwards ? before !== null : hasMore,
  };
}

/** A message by its room and number; null where the viewer sees none. @param among the rooms in which it is looked for */
export async function findMessage(
  app: App,
  viewer: Viewer,
  { roomId, seq }: { roomId: string; seq: number },
  among = readableRooms(viewer),
): Promise<LoggedMessage | null> {
  return app.db.prisma.message.findFirst({
    where: { roomId, seq, room: among },
    include: { author: true },
  });
}

/**
 * A message as it is shown to those in charge, who need not see its room: to them without what leads to other messages
 * there, which nobody has brought before them.
 */
export async function byItself(
  app: App,
  viewer: Viewer,
  message: LoggedMessage,
): Promise<LoggedMessage> {
  const leadsOn = message.replyToSeq !== null || message.threadSeq !== null;
  if (!leadsOn || (await findMessage(app, viewer, message))) return message;
  return { ...message, replyToSeq: null, threadSeq: null };
}

/**
 * What was said around a message, in the room or in its thread, whichever it is in.
 * @throws Refusal INVALID_INPUT, NOT_FOUND
 */
export async function listAround(
  app: App,
  viewer: Viewer,
  message: LoggedMessage,
  { before, after }: { before: number; after: number },
): Promise<MessagePage> {
  const { roomId, seq, inRoom, threadSeq } = message;
  const { lastSeq } = await roomFor(app, viewer, { id: roomId }, 'read');
  const where = inRoom ? { roomId, inRoom } : { roomId, threadSeq };
  const at = (position: number) => encodeCursor(app.db.epoch, position);
  const [earlier, later] = await Promise.all([
    page(app, where, lastSeq, { last: before, before: at(seq) }),
    page(app, where, lastSeq, { first: after, after: at(seq) }),
  ]);
  return {
    messages: [...earlier.messages, message, ...later.messages],
    hasPreviousPage: earlier.hasPreviousPage,
    hasNextPage: later.hasNextPage,
  };
}
