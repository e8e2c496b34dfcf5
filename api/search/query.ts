import { Refusal } from '../errors.ts';
import { startOfDay } from './day.ts';

/** What has one of a few values, by operator and value. */
export const FLAGS = ['has:link', 'has:image', 'has:file', 'is:pinned', 'mentions:me'] as const;
export type Flag = (typeof FLAGS)[number];

export interface SearchWord {
  text: string;
  /** Typed in quotation marks: found as it stands, and not as part of other words. */
  isPhrase: boolean;
  /** What must not be there: it began with a hyphen. */
  isExcluded: boolean;
}

export interface SearchQuery {
  words: SearchWord[];
  /** Usernames in lower case; any of them, where there are some. */
  from: string[];
  /** Slugs in lower case; any of them, where there are some. */
  in: string[];
  /** Posted from then on. */
  after: Date | null;
  /** Posted earlier than then. */
  before: Date | null;
  flags: Set<Flag>;
}

/** `-`, an operator with its colon, and a value in quotation marks or up to the next space. */
const PART = /\s*(-)?(?:(\p{L}+):)?(?:"([^"]*)(?:"|$)|([^\s"]+))/uy;
/** An operator that is still being typed. */
const UNFINISHED = /^(from|in|before|after|has|is|mentions):[@#]?$/i;

/**
 * What was typed into a search, taken apart. An operator that is none is searched as the words that it
 * is, and so are the words of one that was excluded.
 * @param timeZone by the IANA database, in which days begin and end
 * @throws Refusal INVALID_INPUT for a date that is none, and for a time zone that is none.
 */
export function parseQuery(typed: string, timeZone: string): SearchQuery {
  const text = typed.replace(/[“”„]/g, '"');
  const query: SearchQuery = {
    ...{ words: [], from: [], in: [], after: null, before: null },
    flags: new Set(),
  };
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part; part = PART.exec(text)) {
    const [whole, hyphen, operator, quoted, bare] = part;
    const value = quoted ?? bare ?? '';
    const isExcluded = hyphen !== undefined;
    if (!isExcluded && operator && applyOperator(query, operator.toLowerCase(), value, timeZone))
      continue;
    if (value.trim() === '' || UNFINISHED.test(whole.trim())) continue;
    const isPhrase = quoted !== undefined && !operator;
    query.words.push({ text: operator ? `${operator}:${value}` : value, isPhrase, isExcluded });
  }
  return query;
}

/** Whether it is an operator with a value that it can have. */
function applyOperator(
  query: SearchQuery,
  operator: string,
  value: string,
  timeZone: string,
): boolean {
  switch (operator) {
    case 'from':
    case 'in': {
      const name = value.replace(/^[@#]/, '').trim().normalize('NFC').toLowerCase();
      if (name) query[operator].push(name);
      return name !== '';
    }
    case 'before':
    case 'after': {
      const start = startOfDay(value, timeZone);
      if (!start) {
        throw new Refusal('INVALID_INPUT', `${operator}: takes a day such as 2026-11-21.`, {
          field: 'query',
        });
      }
      query[operator] = start;
      return true;
    }
    default: {
      const flag = FLAGS.find((known) => known === `${operator}:${value.toLowerCase()}`);
      if (flag) query.flags.add(flag);
      return flag !== undefined;
    }
  }
}
