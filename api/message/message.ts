import { loggedIn, roomFor, type Viewer } from '../access.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { requireText } from '../input.ts';
import type { LoggedMessage } from '../live/log.ts';

export const MESSAGE_MAX_LENGTH = 8_000;
const KEY_MAX_LENGTH = 100;

export interface PostInput {
  roomId: string;
  body: string;
  /** Chosen by the author, once for each message; a retry brings the same. */
  idempotencyKey: string;
}

/**
 * Posts a message. The same key again gives the message that it gave first.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for those who are not members; CONFLICT for a
 * key that was used for another message.
 */
export async function postMessage(
  app: App,
  viewer: Viewer,
  { roomId, body, idempotencyKey }: PostInput,
): Promise<LoggedMessage> {
  const { user } = loggedIn(viewer);
  requireText(body, { field: 'body', noun: 'message', maxLength: MESSAGE_MAX_LENGTH });
  requireText(idempotencyKey, {
    field: 'idempotencyKey',
    noun: 'idempotency key',
    maxLength: KEY_MAX_LENGTH,
  });
  const message =
    (await app.posting.ask({ roomId, author: user, body, idempotencyKey })) ??
    (await findByKey(app, user, idempotencyKey));
  if (!message) {
    await roomFor(app, viewer, { id: roomId }, 'post');
    throw new Refusal('UNAVAILABLE', 'The message could not be posted. Try again.');
  }
  if (message.roomId !== roomId || message.body !== body) {
    throw new Refusal('CONFLICT', 'That idempotency key was used for another message.', {
      field: 'idempotencyKey',
    });
  }
  return message;
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
