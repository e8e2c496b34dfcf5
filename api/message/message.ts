import { loggedIn, roomFor, type Viewer } from '../access.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { requireText } from '../input.ts';
import type { LoggedMessage, RoomEvent } from '../live/log.ts';

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
  const post = { roomId, body, idempotencyKey };
  const message =
    (await insertMessage(app, user, post)) ?? (await findByKey(app, user, idempotencyKey));
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

/**
 * Takes the room's next number, appends the event and the message, in one statement and so in one
 * transaction of its own. Writes nothing, and gives null, where the author is not a member or the
 * key has been used. The membership's lock keeps a removal from coming between check and number.
 */
async function insertMessage(
  app: App,
  author: User,
  post: PostInput,
): Promise<LoggedMessage | null> {
  const { roomId, body, idempotencyKey } = post;
  const rows = await app.db
    .commitStatement<{ seq: number; created_at: Date }>(
      {
        name: 'post-message',
        text: `
          WITH member AS (
            SELECT 1 FROM membership WHERE room_id = $1 AND user_id = $2 FOR KEY SHARE
          ), next AS (
            UPDATE room SET last_seq = last_seq + 1
            WHERE id = $1 AND EXISTS (SELECT 1 FROM member)
              AND NOT EXISTS (SELECT 1 FROM message WHERE author_id = $2 AND idempotency_key = $4)
            RETURNING last_seq AS seq, clock_timestamp() AS at
          ), event AS (
            INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, message_seq)
            SELECT $1, seq, 'MESSAGE_POSTED', $2, at, seq FROM next
          )
          INSERT INTO message (room_id, seq, author_id, body, idempotency_key, created_at)
          SELECT $1, seq, $2, $3, $4, at FROM next
          RETURNING seq, created_at`,
        values: [roomId, author.id, body, idempotencyKey],
      },
      (committed) => {
        for (const row of committed) {
          const event = toEvent(toMessage(author, post, row));
          app.bus.publish(`room:${roomId}`, { seq: row.seq, event });
        }
      },
    )
    .catch((error: { code?: string; constraint?: string }) => {
      // The same key at the same time: the other one has committed, and this one took no number.
      if (error.code === UNIQUE_VIOLATION && error.constraint?.includes('idempotency_key'))
        return [];
      throw error;
    });
  return rows[0] ? toMessage(author, post, rows[0]) : null;
}

const UNIQUE_VIOLATION = '23505';

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

function toMessage(
  author: User,
  { roomId, body, idempotencyKey }: PostInput,
  { seq, created_at: createdAt }: { seq: number; created_at: Date },
): LoggedMessage {
  return { roomId, seq, author, body, idempotencyKey, createdAt, editedAt: null, deletedAt: null };
}

function toEvent(message: LoggedMessage): RoomEvent {
  const { roomId, seq, author: actor, createdAt } = message;
  return { kind: 'MESSAGE_POSTED', roomId, seq, actor, createdAt, message };
}
