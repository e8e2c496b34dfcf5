import { loggedIn, roomFor, type Viewer } from '../access.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { requireText } from '../input.ts';
import type { LoggedMessage } from '../live/log.ts';
import { findMessage } from './history.ts';
import { findMentions } from './mention.ts';
import type { NewMessage } from './posting.ts';

export const MESSAGE_MAX_LENGTH = 8_000;
const KEY_MAX_LENGTH = 100;

export interface PostInput {
  roomId: string;
  body: string;
  /** Chosen by the author, once for each message; a retry brings the same. */
  idempotencyKey: string;
  /** The number of the message that it answers; null for none. */
  replyTo?: number | null;
  /** The number of any message of the thread in which it goes; null for the room itself. */
  thread?: number | null;
  /** Whether what goes in a thread goes in the room, too. */
  alsoInRoom?: boolean | null | undefined;
}

/**
 * Posts a message, in a room or in the thread of one of its messages. The same key again gives the
 * message that it gave first, as it is by now.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for those who are not members; CONFLICT for a
 * key that was used for another message, and for an answer to one that was deleted.
 */
export async function postMessage(
  app: App,
  viewer: Viewer,
  { roomId, body, idempotencyKey, replyTo = null, thread = null, alsoInRoom }: PostInput,
): Promise<LoggedMessage> {
  const { user } = loggedIn(viewer);
  requireBody(body);
  requireText(idempotencyKey, {
    field: 'idempotencyKey',
    noun: 'idempotency key',
    maxLength: KEY_MAX_LENGTH,
  });
  const [placed, mentions] = await Promise.all([
    findPlace(app, viewer, { roomId, replyTo, thread }),
    findMentions(app, { roomId, author: user, body }),
  ]);
  const posting = {
    roomId,
    author: user,
    body,
    idempotencyKey,
    ...placed,
    ...mentions,
    inRoom: placed.threadSeq === null || Boolean(alsoInRoom),
  };
  const message = (await app.posting.ask(posting)) ?? (await findByKey(app, user, idempotencyKey));
  if (!message) {
    await roomFor(app, viewer, { id: roomId }, 'post');
    throw new Refusal('UNAVAILABLE', 'The message could not be posted. Try again.');
  }
  if (!isSame(message, posting)) {
    throw new Refusal('CONFLICT', 'That idempotency key was used for another message.', {
      field: 'idempotencyKey',
    });
  }
  return message;
}

/** @throws Refusal INVALID_INPUT for what is no text of a message. */
export function requireBody(body: string): void {
  requireText(body, { field: 'body', noun: 'message', maxLength: MESSAGE_MAX_LENGTH });
}

/** What it refers to. A reply to what is said in a thread is of the same thread. */
async function findPlace(
  app: App,
  viewer: Viewer,
  { roomId, replyTo, thread }: { roomId: string; replyTo: number | null; thread: number | null },
): Promise<Pick<NewMessage, 'replyToSeq' | 'threadSeq'>> {
  const find = async (seq: number | null, field: string) => {
    const found = seq === null ? null : await findMessage(app, viewer, { roomId, seq });
    if (seq !== null && !found) {
      throw new Refusal('NOT_FOUND', 'There is no such message in this room.', { field });
    }
    return found;
  };
  const [answered, member] = await Promise.all([
    find(replyTo, 'replyToId'),
    find(thread, 'threadId'),
  ]);
  if (answered?.deletedAt) {
    throw new Refusal('CONFLICT', 'That message was deleted.', { field: 'replyToId' });
  }
  return { replyToSeq: replyTo, threadSeq: member && (member.threadSeq ?? member.seq) };
}

/** Whether it is what was posted, whatever became of its text. */
function isSame(message: LoggedMessage, posting: NewMessage): boolean {
  return (
    message.roomId === posting.roomId &&
    message.replyToSeq === posting.replyToSeq &&
    message.threadSeq === posting.threadSeq &&
    (message.body === posting.body || Boolean(message.editedAt ?? message.deletedAt))
  );
}

async function findByKey(
  app: App,
  author: User,
  idempotencyKey: string,
): Promise<LoggedMessage | null> {
  return app.db.prisma.message.findUnique({
    where: { authorId_idempotencyKey: { authorId: author.id, idempotencyKey } },
    include: { author: true },
  });
}
