/** What is being completed at the caret, and what accepting does to the text. */
import type { Edit, Writing } from './edits.ts';

export type Sign = '@' | '#' | ':';

export interface Query {
  sign: Sign;
  /** What was typed behind the sign. */
  word: string;
  /** Where the sign stands. */
  from: number;
  /** Where the caret stands. */
  to: number;
}

/** Behind nothing of a word; an emoji wants two letters, since `:D` and `:p` are faces already. */
const BEFORE = '(?<![\\p{L}\\p{N}_&/@#:.-])';
const QUERY = new RegExp(
  `${BEFORE}(?:(?<at>@)(?<name>[\\p{L}\\p{N}._-]{0,32})|(?<hash>#)(?<slug>[\\p{L}\\p{N}\\p{M}_-]{0,64})|` +
    '(?<colon>:)(?<shortcode>[a-z0-9_+-]{2,32}))$',
  'iu',
);
/** Longer than any query with its sign. */
const REACH = 80;

/** Null where the caret stands behind nothing that could be completed, or something is selected. */
export function queryAt({ text, start, end }: Writing): Query | null {
  if (start !== end) return null;
  const reach = Math.max(0, start - REACH);
  const match = QUERY.exec(text.slice(reach, start));
  if (!match?.groups) return null;
  const { at, hash, colon, name, slug, shortcode } = match.groups;
  const sign = (at ?? hash ?? colon) as Sign;
  const word = name ?? slug ?? shortcode ?? '';
  return { sign, word, from: reach + match.index, to: start };
}

/** Puts a completion in place of what was typed. What is behind the caret stays; where a word may follow, a space comes between. */
export function completed(text: string, { from, to }: Query, insert: string): Edit {
  const next = text[to];
  const after = next === ' ' || /[\p{P}]/u.test(next ?? '') ? '' : ' ';
  const caret = from + insert.length + (next === ' ' ? 1 : after.length);
  return { from, to, insert: insert + after, start: caret, end: caret };
}
