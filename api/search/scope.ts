/** Where is searched, and by whom something may have been said. */
import type pg from 'pg';
import { type Person, visibleRoomSql } from '../access.ts';
import type { SearchQuery } from './query.ts';

/** So many rooms are named one by one; of more, each message is asked whether its room is seen. */
const MAX_NAMED_ROOMS = 256;

export interface Scope {
  /** Null where there are more than can be named. */
  roomIds: string[] | null;
  /** Where it is one room, no more messages than that are in it; else null. */
  mostMessages: number | null;
  /** Null for everybody. */
  authorIds: string[] | null;
}

/** @returns null where nothing can be found, since there is no such room or nobody of that name. */
export async function findScope(
  client: pg.ClientBase,
  { user }: Person,
  query: SearchQuery,
): Promise<Scope | null> {
  const rooms = await client.query<{ id: string; last_seq: number }>({
    name: 'find-searched-rooms',
    text: ROOMS,
    values: [user.id, query.in.length > 0 ? query.in : null],
  });
  if (rooms.rows.length === 0) return null;
  const isNamed = rooms.rows.length <= MAX_NAMED_ROOMS;
  const roomIds = isNamed ? rooms.rows.map(({ id }) => id) : null;
  const mostMessages = rooms.rows.length === 1 ? rooms.rows[0]!.last_seq : null;
  if (query.from.length === 0) return { roomIds, mostMessages, authorIds: null };
  const names = query.from.map((name) => (name === 'me' ? user.usernameKey : name));
  const authors = await client.query<{ id: string }>({
    name: 'find-searched-authors',
    text: 'SELECT id FROM "user" WHERE username_key = ANY($1)',
    values: [names],
  });
  return authors.rows.length > 0
    ? { roomIds, mostMessages, authorIds: authors.rows.map(({ id }) => id) }
    : null;
}

const ROOMS = `
  SELECT id, last_seq FROM room
  WHERE ${visibleRoomSql('$1')} AND ($2::text[] IS NULL OR slug = ANY($2))
  LIMIT ${MAX_NAMED_ROOMS + 1}`;
