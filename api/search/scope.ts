/** Where is searched, and by whom something may have been said. */
import type pg from 'pg';
import type { Person } from '../viewer.ts';
import { isBannedSql, readableRoomSql } from '../visibility.ts';
import { bearersSql } from '../account/username.ts';
import { unsized } from '../db.ts';
import type { SearchQuery } from './query.ts';

/** So many rooms are named one by one; of more, each message is asked whether its room is seen. */
const MAX_NAMED_ROOMS = 256;

export interface Scope {
  /** Null where there are more than can be named. */
  roomIds: string[] | null;
  /** Null for everybody. */
  authorIds: string[] | null;
}

/** @returns null where nothing can be found, since there is no such room or nobody of that name. */
export async function findScope(
  client: pg.ClientBase,
  { user }: Person,
  query: SearchQuery,
): Promise<Scope | null> {
  const rooms = await client.query<{ id: string }>({
    ...(query.in.length > 0
      ? { name: 'find-searched-rooms', text: NAMED_ROOMS, values: [user.id, query.in] }
      : { name: 'find-visible-rooms', text: VISIBLE_ROOMS, values: [user.id] }),
  });
  if (rooms.rows.length === 0) return null;
  const isNamed = rooms.rows.length <= MAX_NAMED_ROOMS;
  const roomIds = isNamed ? rooms.rows.map(({ id }) => id) : null;
  if (query.from.length === 0) return { roomIds, authorIds: null };
  const names = query.from.map((name) => (name === 'me' ? user.usernameKey : name));
  const authors = await client.query<{ id: string }>({
    name: 'find-searched-authors',
    text: `SELECT id FROM ${bearersSql('$1::text[]')} bearer`,
    values: [names],
  });
  return authors.rows.length > 0 ? { roomIds, authorIds: authors.rows.map(({ id }) => id) } : null;
}

const NAMED_ROOMS = `
  SELECT id FROM room WHERE slug = ANY(${unsized('$2::text[]')}) AND ${readableRoomSql('$1')}
  LIMIT ${MAX_NAMED_ROOMS + 1}`;

/** Those that `readableRoomSql` gives, by the index of each. */
const VISIBLE_ROOMS = `
  SELECT room_id AS id FROM membership WHERE user_id = $1
  UNION (
    SELECT id FROM room WHERE visibility = 'PUBLIC' AND NOT ${isBannedSql('$1')}
    LIMIT ${MAX_NAMED_ROOMS + 1}
  )
  LIMIT ${MAX_NAMED_ROOMS + 1}`;
