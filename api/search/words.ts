/** The words of a search as PostgreSQL looks for them. */
import type pg from 'pg';
import type { SearchWord } from './query.ts';

/** Of how many words parts are looked for. */
const MAX_PARTS = 8;
/** How many known words with a part stand for it, the shortest first. */
const MAX_EXPANSIONS = 24;
/** A part of less would be in everything; in bytes, since two letters of Korean say as much as a word. */
const BEGINNING_MIN_BYTES = 3;
const PART_MIN_LENGTH = 3;

export interface WordConditions {
  /** As `tsquery`: messages with all words, or words with these parts. Null without any. */
  broad: string | null;
  /** The same of whole words; null where there is nothing but exclusions. */
  exact: string | null;
  /** Something was asked for that consists of nothing that is ever found, such as `!?`. */
  isFutile: boolean;
}

interface Compiled {
  exact: string;
  parts: string | null;
}

/** What the words mean, by the same function that makes the index. */
export async function compileWords(
  client: pg.ClientBase,
  words: SearchWord[],
): Promise<WordConditions> {
  if (words.length === 0) return { broad: null, exact: null, isFutile: false };
  const { rows } = await client.query<Compiled>({
    name: 'compile-words',
    text: COMPILE,
    values: [
      words.map(({ text }) => text),
      words.map(({ isPhrase, isExcluded }, place) => !isPhrase && !isExcluded && place < MAX_PARTS),
    ],
  });
  const meant = words.map((word, place) => ({ ...word, ...rows[place]! }));
  const said = meant.filter(({ exact }) => exact !== '');
  const wanted = said.filter(({ isExcluded }) => !isExcluded);
  const exclusions = said.filter(({ isExcluded }) => isExcluded).map(({ exact }) => `!(${exact})`);
  return {
    broad: and([...wanted.map(broadOf), ...exclusions]),
    exact: and(wanted.map(({ exact }) => exact)),
    isFutile: wanted.length === 0 && words.some(({ isExcluded }) => !isExcluded),
  };
}

/** What is left of a text are letters and digits, so that it can stand in a pattern and in quotes. */
const COMPILE = `
  SELECT whole::text AS exact, (
    SELECT string_agg('''' || word || '''', ' | ')
    FROM (
      SELECT word FROM search_word
      WHERE isPart AND numnode(whole) = 1 AND char_length(text) BETWEEN ${PART_MIN_LENGTH} AND 40
        AND word LIKE '_%' || text || '%' AND word NOT LIKE text || '%'
      ORDER BY char_length(word), word LIMIT ${MAX_EXPANSIONS}
    ) AS known
  ) AS parts
  FROM unnest($1::text[], $2::boolean[]) WITH ORDINALITY AS typed (typed, isPart, place),
       LATERAL (SELECT btrim(search_text(typed)) AS text) AS plain,
       LATERAL (SELECT phraseto_tsquery('pg_catalog.simple', text) AS whole) AS phrase
  ORDER BY place`;

function broadOf({ exact, parts, isPhrase }: SearchWord & Compiled): string {
  if (isPhrase) return exact;
  const [, last = ''] = /'([^']*)'$/.exec(exact) ?? [];
  const beginning = Buffer.byteLength(last) < BEGINNING_MIN_BYTES ? exact : `${exact}:*`;
  return parts ? `${beginning} | ${parts}` : beginning;
}

function and(conditions: string[]): string | null {
  return conditions.length > 0 ? conditions.map((one) => `(${one})`).join(' & ') : null;
}
