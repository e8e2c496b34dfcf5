import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { isBlank, requireText } from '../input.ts';
import type { LoggedMessage } from '../live/log.ts';
import { findMessage } from './history.ts';
import { findMentions } from './mention.ts';
import { atItsPace } from './pace.ts';
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
  /** Files that the author has uploaded for the room and not sent yet, in their order. */
  fileIds?: readonly string[];
}

/**
 * Posts a message, in a room or in the thread of one of its messages, with files or without; with
 * files it needs no text. The same key again gives the message that it gave first, as it is by now.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for those who are not members; CONFLICT for a
 * key that was used for another message, and for an answer to one that was deleted; RATE_LIMITED in slow mode.
 */
export async function postMessage(
  app: App,
  viewer: Viewer,
  input: PostInput,
): Promise<LoggedMessage> {
  const began = performance.now();
  const message = await post(app, viewer, input);
  app.counters.sent(performance.now() - began);
  return message;
}

async function post(
  app: App,
  viewer: Viewer,
  {
    roomId,
    body,
    idempotencyKey,
    replyTo = null,
    thread = null,
    alsoInRoom,
    fileIds = [],
  }: PostInput,
): Promise<LoggedMessage> {
  const { user } = loggedIn(viewer);
  if (fileIds.length === 0 || !isBlank(body)) requireBody(body);
  requireFiles(app, fileIds);
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
    fileIds,
    fileCount: fileIds.length,
  };
  const posted = await app.posting.ask(posting);
  if (posted) return posted;
  const message = await findByKey(app, user, idempotencyKey);
  if (!message) {
    const room = await roomFor(app, viewer, { id: roomId }, 'post');
    const paced = await atItsPace(app, room, () =>
      app.posting.ask({ ...posting, hasWaited: true }),
    );
    if (paced) return paced;
    if (fileIds.length > 0) throw badFiles('A file is gone, was sent already, or is not yours.');
    throw new Refusal('UNAVAILABLE', 'The message could not be posted. Try again.');
  }
  // Whoever does not see the room any more is not told what has become of it.
  await roomFor(app, viewer, { id: roomId }, 'read');
  if (!isSame(message, posting) || !(await hasSameFiles(app, message, fileIds))) {
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

function requireFiles({ settings }: App, fileIds: readonly string[]): void {
  const { maxFilesPerMessage: most } = settings.current;
  if (fileIds.length > most) throw badFiles(`A message has at most ${most} files.`);
  if (new Set(fileIds).size < fileIds.length) throw badFiles('A file is there twice.');
}

function badFiles(message: string): Refusal {
  return new Refusal('INVALID_INPUT', message, { field: 'attachmentIds' });
}

/** What it refers to. A reply to what is said in a thread is of the same thread. */
async function findPlace(
  app: App,
  viewer: Viewer,
  { roomId, replyTo, thread }: { roomId: string; replyTo: number | null; thread: number | null },
): Promise<Pick<NewMessage, 'replyToSeq' | 'threadSeq'>> {
  const find = async (seq: number | null) =>
    seq === null ? null : findMessage(app, viewer, { roomId, seq });
  const [answered, member] = await Promise.all([find(replyTo), find(thread)]);
  if (replyTo !== null && !answered) throw noSuchMessage('replyToId');
  if (thread !== null && !member) throw noSuchMessage('threadId');
  if (answered?.deletedAt) {
    throw new Refusal('CONFLICT', 'That message was deleted.', { field: 'replyToId' });
  }
  return { replyToSeq: replyTo, threadSeq: member && (member.threadSeq ?? member.seq) };
}

function noSuchMessage(field: string): Refusal {
  return new Refusal('NOT_FOUND', 'There is no such message in this room.', { field });
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

/** Whether those files were sent with it; of one that was deleted they are gone. */
async function hasSameFiles(
  app: App,
  { roomId, seq, deletedAt }: LoggedMessage,
  fileIds: readonly string[],
): Promise<boolean> {
  if (deletedAt) return true;
  const files = await app.attachments.ask({ roomId, seq });
  return files.map(({ id }) => id).join() === fileIds.join();
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
