/** What operators look for: marks that `search_document` gives a message beside its words. */
import type { Person } from '../viewer.ts';
import type { Flag, SearchQuery } from './query.ts';
import type { Scope } from './scope.ts';

type Marks = (person: Person) => string;

const FLAG_MARKS: Record<Flag, Marks> = {
  'has:link': () => "'has:link'",
  'has:image': () => "'has:image'",
  'has:file': () => "'has:file'",
  'is:pinned': () => "'is:pinned'",
  'mentions:me': ({ user: { id } }) => `('mentions:${id}' | 'mentions:all') & !'from:${id}'`,
};

/** What is looked for, as `tsquery`. */
export interface Documents {
  /** Words and operators; null where any message will do. */
  said: string | null;
  /** Rooms, where the index has them to be found by; null where each message that is found is asked for its own. */
  rooms: string | null;
}

/** @param words as `tsquery`; null without any */
export function findDocuments(
  person: Person,
  query: SearchQuery,
  scope: Scope,
  words: string | null,
): Documents {
  const parts = words ? [words] : [];
  if (scope.authorIds) parts.push(anyOf('from', scope.authorIds));
  for (const flag of query.flags) parts.push(FLAG_MARKS[flag](person));
  const said = parts.length > 0 ? parts.map((part) => `(${part})`).join(' & ') : null;
  // All rooms that one sees have most of the messages: looking them up would take longer than it spares.
  const isNarrow = query.in.length > 0 || said === null;
  return { said, rooms: scope.roomIds && isNarrow ? anyOf('in', scope.roomIds) : null };
}

function anyOf(operator: 'from' | 'in', ids: string[]): string {
  return ids.map((id) => `'${operator}:${id}'`).join(' | ');
}
