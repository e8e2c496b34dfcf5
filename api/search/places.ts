/** Where what was searched for stands, in blocks of the newest, each ranked among itself. */
import type pg from 'pg';
import type { Person } from '../viewer.ts';
import { findDocuments } from './marks.ts';
import type { Position } from './position.ts';
import type { SearchQuery } from './query.ts';
import { findScope } from './scope.ts';
import {
  type FoundPlace,
  indexStatement,
  longWalkStatement,
  type Place,
  type Sought,
  type Walk,
  walkStatement,
} from './statement.ts';
import { compileWords } from './words.ts';

/** So many of the newest matches are ranked among each other; the next block follows as a whole. */
const BLOCK_SIZE = 100;
/** Messages that are walked through at first, and at most. */
const WALK_SIZE = 1_024;
const LONG_WALK_SIZE = 32_768;
/** How far back it is looked, as a multiple of what should do by the matches of the first walk; none count as so many. */
const RESERVE = 2;
const LEAST_MATCHES = 0.2;

/** With what a cursor says of it. */
export type PlacedPosition = FoundPlace & { position: Position & { until: Place } };

/** As many as are wanted past the position, and one more where there is one. */
export async function findPlaces(
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
  const documents = findDocuments(person, query, scope, words.broad);
  const ranking = words.exact;
  const sought = { person, query, scope, documents, ranking, limit: BLOCK_SIZE };
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

/**
 * The newest matches. A short walk tells how frequent they are: of what is frequent a longer one finds enough; what is
 * rare the index knows, asked for as far back as there should be enough, so that it has few to sort.
 */
async function findBlock(client: pg.ClientBase, sought: Sought): Promise<FoundPlace[]> {
  const isEnough = (places: FoundPlace[]) => places.length === sought.limit;
  const { places, passed, newest, oldest } = await takeWalk(client, sought);
  if (isEnough(places) || passed < WALK_SIZE) return places;
  const share = (RESERVE * sought.limit) / (places.length || LEAST_MATCHES);
  const isFrequent = share * WALK_SIZE <= LONG_WALK_SIZE;
  const since = Math.floor(newest! - (newest! - oldest!) * share);
  const recent = isFrequent
    ? longWalkStatement(sought, Math.ceil(share * WALK_SIZE))
    : indexStatement(sought, since);
  const { rows } = await client.query<FoundPlace>(recent);
  return isEnough(rows)
    ? rows
    : (await client.query<FoundPlace>(indexStatement(sought, null))).rows;
}

async function takeWalk(
  client: pg.ClientBase,
  sought: Sought,
): Promise<Walk & { places: FoundPlace[] }> {
  const { rows } = await client.query<Walk & FoundPlace>(walkStatement(sought, WALK_SIZE));
  return { ...rows[0]!, places: rows.filter(({ age }) => age !== null) };
}
