import type pg from 'pg';
import { loggedIn, type Person, type Viewer, visibleRooms } from '../access.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { countCharacters } from '../input.ts';
import type { LoggedMessage } from '../live/log.ts';
import { decodePosition, encodePosition, type Position } from './position.ts';
import { parseQuery, type SearchQuery, type SearchWord } from './query.ts';
import { findScope } from './scope.ts';
import { type AgedPlace, findStatement, type Place, type Sought } from './statement.ts';
import { compileWords } from './words.ts';

export const QUERY_MAX_LENGTH = 500;
export const SEARCH_PAGE_MAX_SIZE = 100;
const PAGE_SIZE = 20;
/** So many of the newest matches are ranked among each other; the next block follows as a whole. */
const BLOCK_SIZE = 100;
const TIMEOUT_MS = 2_000;

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
  const places = await inTime(app.db.pool, (client) =>
    findPlaces(client, person, query, position, limit),
  );
  const messages = await readMessages(app, viewer, places.slice(0, limit));
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

/** Compiling a plan, or starting workers for it, takes longer than any of these should. */
const SETTINGS = `
  BEGIN READ ONLY;
  SET LOCAL jit = off;
  SET LOCAL max_parallel_workers_per_gather = 0;
  SET LOCAL statement_timeout = ${TIMEOUT_MS}`;

/** Reads with a limit of its own: what takes too long is to be given up, and not to be queued for. */
async function inTime<T>(pool: pg.Pool, read: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(SETTINGS);
    return await read(client);
  } catch (error) {
    if ((error as { code?: string }).code !== '57014') throw error;
    throw new Refusal('UNAVAILABLE', 'The search took too long: say more, or name a room.');
  } finally {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
}

type PlacedPosition = Place & { position: Position & { until: Place } };

/** As many as are wanted past the position, and one more where there is one. */
async function findPlaces(
  client: pg.ClientBase,
  person: Person,
  query: SearchQuery,
  after: Position | null,
  limit: number,
): Promise<PlacedPosition[]> {
  const scope = await findScope(client, person, query);
  if (!scope) return [];
  const words = await compileWords(client, query.words);
  if (words.isFutile) return [];
  const sought = { person, query, words, scope, limit: BLOCK_SIZE };
  const places: PlacedPosition[] = [];
  let { until, index }: Position = after ?? { until: null, index: -1 };
  for (;;) {
    const block = await findBlock(client, { ...sought, until });
    if (block.length === 0) return places;
    const oldest = block.find(({ age }) => age === block.length)!;
    // What is posted meanwhile does not move what has been read.
    const top = until ?? block.find(({ age }) => age === 1)!;
    const rest = block.slice(index + 1);
    places.push(
      ...rest.map((place, at) => ({
        ...place,
        position: { until: top, index: index + 1 + at },
      })),
    );
    if (places.length > limit || block.length < BLOCK_SIZE) return places.slice(0, limit + 1);
    until = { ...oldest, seq: oldest.seq - 1 };
    index = -1;
  }
}

async function findBlock(client: pg.ClientBase, sought: Sought): Promise<AgedPlace[]> {
  const walked = await client.query<AgedPlace>(findStatement(sought, 'walk'));
  if (walked.rows.length === sought.limit) return walked.rows;
  return (await client.query<AgedPlace>(findStatement(sought, 'index'))).rows;
}

/** Asked through the viewer once more: they may have left between the two questions. */
async function readMessages(
  app: App,
  viewer: Viewer,
  places: Place[],
): Promise<Map<string, LoggedMessage>> {
  if (places.length === 0) return new Map();
  const messages = await app.db.prisma.message.findMany({
    where: {
      OR: places.map(({ roomId, seq }) => ({ roomId, seq })),
      deletedAt: null,
      room: visibleRooms(viewer),
    },
    include: { author: true },
  });
  return new Map(messages.map((message) => [`${message.roomId}.${message.seq}`, message]));
}
