import { loggedIn, type Person, type Viewer } from '../viewer.ts';
import { readableRoomSql } from '../visibility.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { MESSAGE, select, take, USER } from '../columns.ts';
import { unsized } from '../db.ts';
import type { Message, User } from '../generated/prisma/client.ts';
import { countCharacters } from '../input.ts';
import type { LoggedMessage } from '../live/log.ts';
import { findPlaces } from './places.ts';
import { decodePosition, encodePosition } from './position.ts';
import { parseQuery, type SearchQuery, type SearchWord } from './query.ts';
import type { FoundPlace } from './statement.ts';

const QUERY_MAX_LENGTH = 500;
export const SEARCH_PAGE_MAX_SIZE = 100;
const PAGE_SIZE = 20;

export interface SearchInput {
  query: string;
  /** By the IANA database, in which the days of `before:` and `after:` begin. */
  timeZone: string;
  first: number | null;
  after: string | null;
}

export interface Found {
  cursor: string;
  message: LoggedMessage;
  /** What was searched for, to be marked in it. */
  words: SearchWord[];
}

export interface SearchPage {
  found: Found[];
  hasNextPage: boolean;
  /** Whether it is the first page. */
  isFirst: boolean;
}

/**
 * Messages of the rooms that the viewer may see, the best of the newest first. Nothing is counted that
 * is not shown.
 * @throws Refusal UNAUTHENTICATED; INVALID_INPUT; RATE_LIMITED; UNAVAILABLE where it takes too long.
 */
export async function searchMessages(
  app: App,
  viewer: Viewer,
  input: SearchInput,
): Promise<SearchPage> {
  const person = loggedIn(viewer);
  const { typed, limit } = check(input);
  const query = parseQuery(typed, input.timeZone);
  const position = input.after === null ? null : decodePosition(input.after);
  if (isBlank(query) || limit === 0) return { found: [], hasNextPage: false, isFirst: true };
  await app.limits.take('search', person.user.id);
  const places = await app.searching.read((client) =>
    findPlaces(client, person, query, position, limit),
  );
  const messages = await readMessages(app, person, places.slice(0, limit), query);
  return {
    found: places.slice(0, limit).flatMap(({ position, roomId, seq }) => {
      const message = messages.get(`${roomId}.${seq}`);
      const words = query.words.filter(({ isExcluded }) => !isExcluded);
      return message ? [{ cursor: encodePosition(position), message, words }] : [];
    }),
    hasNextPage: places.length > limit,
    isFirst: position === null,
  };
}

function check({ query, first }: SearchInput): { typed: string; limit: number } {
  const refuse = (field: string, message: string) => {
    throw new Refusal('INVALID_INPUT', message, { field });
  };
  if (query.includes('\0') || !query.isWellFormed()) {
    refuse('query', 'The search has characters that are no text.');
  }
  if (query.length > QUERY_MAX_LENGTH && countCharacters(query) > QUERY_MAX_LENGTH) {
    refuse('query', `The search is longer than ${QUERY_MAX_LENGTH} characters.`);
  }
  if (first !== null && (first < 0 || first > SEARCH_PAGE_MAX_SIZE)) {
    refuse('first', `first is a number from 0 to ${SEARCH_PAGE_MAX_SIZE}.`);
  }
  return { typed: query, limit: first ?? PAGE_SIZE };
}

function isBlank({ words, from, in: rooms, after, before, flags }: SearchQuery): boolean {
  const filters = words.length + from.length + rooms.length + flags.size;
  return filters === 0 && !after && !before;
}

/**
 * Asked through the viewer once more: they may have left between the two questions. What was deleted, edited or taken
 * off the pins since it was collected is left out; where it is to be found now is known in a moment.
 */
async function readMessages(
  { db }: App,
  { user }: Person,
  places: FoundPlace[],
  { flags }: SearchQuery,
): Promise<Map<string, LoggedMessage>> {
  if (places.length === 0) return new Map();
  const { rows } = await db.pool.query<Record<string, unknown>>({
    name: 'read-found-messages',
    text: READ,
    values: [
      places.map(({ roomId }) => roomId),
      places.map(({ seq }) => seq),
      places.map(({ editedAt }) => editedAt),
      user.id,
      flags.has('is:pinned'),
    ],
  });
  return new Map(
    rows.map((row) => {
      const message = take<Message>(row, 'message', MESSAGE);
      const author = take<User>(row, 'author', USER);
      return [`${message.roomId}.${message.seq}`, { ...message, author }];
    }),
  );
}

const READ = `
  SELECT ${select('message', MESSAGE)}, ${select('author', USER)}
  FROM unnest(${unsized('$1::uuid[]')}, ${unsized('$2::int[]')}, ${unsized('$3::timestamptz[]')})
      AS place (room_id, seq, edited_at),
    LATERAL (
      SELECT * FROM message WHERE message.room_id = place.room_id AND message.seq = place.seq OFFSET 0
    ) AS message,
    LATERAL (SELECT * FROM "user" WHERE "user".id = message.author_id OFFSET 0) AS author,
    LATERAL (SELECT * FROM room WHERE room.id = place.room_id OFFSET 0) AS room
  WHERE deleted_at IS NULL AND message.edited_at IS NOT DISTINCT FROM place.edited_at
    AND (pinned_at IS NOT NULL OR NOT $5) AND ${readableRoomSql('$4')}`;
