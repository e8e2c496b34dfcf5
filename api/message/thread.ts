/** What a message refers to: the one that it answers, and the thread that it is in or has begun. */
import type { App } from '../app.ts';
import { Batch } from '../batch.ts';
import { MESSAGE, select, take, USER } from '../columns.ts';
import type { Db } from '../db.ts';
import type { Message, User } from '../generated/prisma/client.ts';
import type { LoggedMessage } from '../live/log.ts';
import type { MessageKey } from './key.ts';

const LOOKUP_SIZE = 1_000;
const LOOKUP_LANES = 4;

/** Messages that others of the same room refer to; null where there is none. */
export type MessageLookup = Batch<MessageKey, LoggedMessage | null>;

export function createMessageLookup({ pool }: Db): MessageLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(keys) {
      const { rows } = await pool.query<Record<string, unknown> & { place: number }>({
        name: 'find-messages',
        text: `
          SELECT asked.place::int, ${select('message', MESSAGE)}, ${select('author', USER)}
          FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS asked (room_id, seq, place)
          JOIN message ON message.room_id = asked.room_id AND message.seq = asked.seq
          JOIN "user" author ON author.id = message.author_id`,
        values: [keys.map(({ roomId }) => roomId), keys.map(({ seq }) => seq)],
      });
      const found = keys.map((): LoggedMessage | null => null);
      for (const row of rows) {
        const author = take<User>(row, 'author', USER);
        found[row.place - 1] = { ...take<Message>(row, 'message', MESSAGE), author };
      }
      return found;
    },
  });
}

/** The message that this one answers, as it is now; null where it answers none. */
export async function answeredBy(
  app: App,
  { roomId, replyToSeq }: LoggedMessage,
): Promise<LoggedMessage | null> {
  return replyToSeq === null ? null : app.messages.ask({ roomId, seq: replyToSeq });
}

/** The message in whose thread this one is, as it is now; null where it is in none. */
export async function threadOf(
  app: App,
  { roomId, threadSeq }: LoggedMessage,
): Promise<LoggedMessage | null> {
  return threadSeq === null ? null : app.messages.ask({ roomId, seq: threadSeq });
}

/** Those who replied last in a message's thread, the latest first. */
export async function lastRepliers(app: App, { lastReplierIds }: LoggedMessage): Promise<User[]> {
  const users = await Promise.all(lastReplierIds.map((id) => app.users.ask(id)));
  return users.filter((user) => user !== null);
}

/** Who pinned a message; null where it is not pinned. */
export async function pinnedBy(app: App, { pinnedById }: LoggedMessage): Promise<User | null> {
  return pinnedById === null ? null : app.users.ask(pinnedById);
}
