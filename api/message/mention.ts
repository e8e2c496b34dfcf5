/** Whom a message mentions: members by `@username`, also a former one, and all of them by `@all` or `@here`. */
import { mayInRoom } from '../access.ts';
import { parseContent } from '../../text/content.ts';
import { mentionsIn } from '../../text/plain.ts';
import { bearersSql } from '../account/username.ts';
import type { App } from '../app.ts';
import { ROOM, select, take } from '../columns.ts';
import type { Membership, MentionScope, Room, User } from '../generated/prisma/client.ts';

/** Names that are looked up; further ones of the same message are text. */
const NAMES_LOOKED_UP = 50;

export interface Mentions {
  /** Members by name, without the author. */
  mentionedIds: string[];
  mentionScope: MentionScope | null;
}

export const NO_MENTIONS: Readonly<Mentions> = { mentionedIds: [], mentionScope: null };

/** The names that a text mentions, in lower case, each once; `all` and `here` among them. */
export function namesIn(body: string): Set<string> {
  if (!body.includes('@')) return new Set();
  const people = mentionsIn(parseContent(body)).filter(({ kind }) => kind !== 'ROOM');
  return new Set(people.map(({ kind, name }) => (kind === 'USER' ? name : kind).toLowerCase()));
}

/**
 * Whom a text of that author mentions in a room, in one query, and none where it names nobody. Who is no
 * member is not mentioned.
 */
export async function findMentions(
  { db }: App,
  { roomId, author, body }: { roomId: string; author: User; body: string },
): Promise<Mentions> {
  const names = namesIn(body);
  if (names.size === 0) return NO_MENTIONS;
  const { rows } = await db.pool.query<
    { role: Membership['role'] | null; timedOutUntil: Date | null; ids: string[] } & Record<
      string,
      unknown
    >
  >({
    name: 'find-mentions',
    text: `
      SELECT own.role, own.timed_out_until AS "timedOutUntil", ${select('room', ROOM)}, ARRAY(
        SELECT DISTINCT member.user_id
        FROM ${bearersSql('$3::text[]')} bearer
          JOIN membership member ON member.user_id = bearer.id AND member.room_id = room.id
        WHERE bearer.id <> $2
      ) AS ids
      FROM room LEFT JOIN membership own ON own.room_id = room.id AND own.user_id = $2
      WHERE room.id = $1`,
    values: [roomId, author.id, [...names].slice(0, NAMES_LOOKED_UP)],
  });
  const found = rows[0];
  if (!found?.role) return NO_MENTIONS;
  const { role, timedOutUntil, ids } = found;
  const standing = {
    user: author,
    room: take<Room>(found, 'room', ROOM),
    member: { role, timedOutUntil },
  };
  const mayAll = mayInRoom(standing, 'mentionAll');
  return { mentionedIds: ids, mentionScope: mayAll ? scopeOf(names) : null };
}

function scopeOf(names: Set<string>): MentionScope | null {
  if (names.has('all')) return 'ALL';
  return names.has('here') ? 'HERE' : null;
}

/** Whether a message mentions somebody, who has not written it. */
export function mentions(message: Mentions & { author: { id: string } }, userId: string): boolean {
  if (message.author.id === userId) return false;
  return message.mentionScope !== null || message.mentionedIds.includes(userId);
}

/** Those whom a message mentions by name; at once where it mentions nobody. */
export function mentionedUsers(app: App, { mentionedIds }: Mentions): User[] | Promise<User[]> {
  if (mentionedIds.length === 0) return [];
  return Promise.all(mentionedIds.map((id) => app.users.ask(id))).then((users) =>
    users.filter((user) => user !== null),
  );
}
