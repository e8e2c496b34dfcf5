/** What of a message is shown where it was found, with what was searched for marked in it. */
import type { SearchWord } from './query.ts';

export interface ExcerptSegment {
  text: string;
  /** Whether it is what was searched for. */
  isMatch: boolean;
}

const EXCERPT_LENGTH = 240;
/** How much stands before the first match of a longer message. */
const LEAD_LENGTH = 60;
/** Shorter words are marked where they stand alone only, as they are found. */
const PART_MIN_BYTES = 3;
const ELLIPSIS = '…';

/** Letters that are others with a stroke or two in one, as PostgreSQL's unaccent takes them. */
const LIGATURES: Record<string, string> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i', þ: 'th', ħ: 'h', ŧ: 't' },
};
const LETTER = /[\p{L}\p{N}\p{M}]/u;
/** Of languages that put no spaces. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The text in order and without gaps but at its ends, where an ellipsis says that there is more. */
export function excerptOf(body: string, words: readonly SearchWord[]): ExcerptSegment[] {
  const text = foldedText(body);
  const matches = joined(words.flatMap((word) => matchesOf(text, word)));
  const { start, end } = frameOf(body, matches[0]?.start ?? 0);
  const segments: ExcerptSegment[] = [];
  const add = (piece: string, isMatch: boolean) => {
    if (piece) segments.push({ text: piece, isMatch });
  };
  let at = start;
  if (start > 0) add(ELLIPSIS, false);
  for (const match of matches) {
    if (match.start >= end) break;
    add(body.slice(at, match.start), false);
    add(body.slice(match.start, Math.min(match.end, end)), true);
    at = Math.min(match.end, end);
  }
  add(body.slice(at, end), false);
  if (end < body.length) add(ELLIPSIS, false);
  return segments;
}

interface Folded {
  text: string;
  /** For each place in `text` where in the original the character begins that it comes from. */
  origins: number[];
  length: number;
}

interface Range {
  start: number;
  end: number;
}

function foldedText(original: string): Folded {
  let text = '';
  const origins: number[] = [];
  let at = 0;
  for (const character of original) {
    const folded = fold(character);
    for (let unit = 0; unit < folded.length; unit++) origins.push(at);
    text += folded;
    at += character.length;
  }
  return { text, origins, length: original.length };
}

/** Lower case without accents: as `search_text` in the database, near enough to mark what it found. */
function fold(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[ßæœøđðłıþħŧ]/g, (letter) => LIGATURES[letter]!);
}

function matchesOf(
  { text, origins, length }: Folded,
  { text: typed, isPhrase }: SearchWord,
): Range[] {
  const parts = fold(typed).match(/[\p{L}\p{N}]+|\p{Extended_Pictographic}/gu);
  if (!parts) return [];
  const sought = new RegExp(parts.join('[^\\p{L}\\p{N}]*'), 'gu');
  const isWhole =
    isPhrase ||
    (parts.length === 1 && Buffer.byteLength(parts[0]!) < PART_MIN_BYTES && LETTER.test(parts[0]!));
  const ranges: Range[] = [];
  for (const { 0: found, index } of text.matchAll(sought)) {
    const after = index + found.length;
    if (isWhole && !UNSPACED.test(found)) {
      if (LETTER.test(text[index - 1] ?? '') || LETTER.test(text[after] ?? '')) continue;
    }
    const start = origins[index]!;
    const last = origins[after - 1]!;
    // To the end of the last character, with the accents that were left out of it.
    const next = origins.findIndex((origin, place) => place >= after && origin > last);
    ranges.push({ start, end: next === -1 ? length : origins[next]! });
  }
  return ranges;
}

/** In order, and those that touch as one. */
function joined(ranges: Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else result.push({ ...range });
  }
  return result;
}

/** Which part of a long text is shown: from a space near the first match on. */
function frameOf(body: string, firstMatch: number): Range {
  if (body.length <= EXCERPT_LENGTH) return { start: 0, end: body.length };
  let start = Math.max(0, firstMatch - LEAD_LENGTH);
  if (start > 0) {
    const space = body.indexOf(' ', start);
    start = space !== -1 && space < firstMatch ? space + 1 : start;
  }
  return {
    start: whole(body, start),
    end: whole(body, Math.min(body.length, start + EXCERPT_LENGTH)),
  };
}

/** Never between the two halves of a character. */
function whole(body: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(body[at] ?? '') ? at - 1 : at;
}
