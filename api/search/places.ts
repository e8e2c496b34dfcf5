/** Where what was searched for stands, in blocks of the newest, each ranked among itself. */
import type pg from 'pg';
import type { Person } from '../access.ts';
import type { Position } from './position.ts';
import type { SearchQuery } from './query.ts';
import { findScope } from './scope.ts';
import { type AgedPlace, findStatement, type Place, type Sought, WALK_SIZE } from './statement.ts';
import { compileWords } from './words.ts';

/** So many of the newest matches are ranked among each other; the next block follows as a whole. */
const BLOCK_SIZE = 100;

/** With what a cursor says of it. */
export type PlacedPosition = Place & { position: Position & { until: Place } };

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
  const { mostMessages } = sought.scope;
  const isWhole = mostMessages !== null && mostMessages <= WALK_SIZE;
  if (isWhole || walked.rows.length === sought.limit) return walked.rows;
  return (await client.query<AgedPlace>(findStatement(sought, 'index'))).rows;
}
