import { loggedIn, type Viewer } from '../viewer.ts';
import { readableRooms } from '../visibility.ts';
import type { App } from '../app.ts';
import { searchPattern } from '../input.ts';
import { FLAGS } from './query.ts';

/** What the end of a search may become. */
export interface SearchSuggestion {
  /** The whole search with it. */
  query: string;
  /** Whom or what it stands for. */
  label: string;
}

const MAX_SUGGESTIONS = 8;
const LONGEST_NAME = 100;

/** Operators that take a value, and those that are whole. */
const OPERATORS: [string, string][] = [
  ['from:', 'Messages of one person'],
  ['in:', 'Messages in one room'],
  ['after:', 'From a day on, such as 2026-11-21'],
  ['before:', 'Before a day, such as 2026-11-21'],
  ['has:link', 'Messages with a link'],
  ['has:image', 'Messages with a picture'],
  ['has:file', 'Messages with a file of any kind'],
  ['is:pinned', 'Pinned messages'],
  ['mentions:me', 'Messages that mention you'],
];

/**
 * How a search that is being typed may go on: operators, people's names, and rooms that the viewer sees.
 * @throws Refusal UNAUTHENTICATED
 */
export async function suggestSearches(
  app: App,
  viewer: Viewer,
  { query }: { query: string },
): Promise<SearchSuggestion[]> {
  loggedIn(viewer);
  const [, before = '', last = ''] = /^(.*?)(\S*)$/su.exec(query)!;
  const [, operator = '', name = ''] = /^(from|in):[@#]?(.*)$/isu.exec(last) ?? [];
  const complete = (text: string, label: string) => ({ query: before + text, label });
  if (name.length > LONGEST_NAME) return [];
  const beginning = searchPattern(name) ?? '';
  switch (operator.toLowerCase()) {
    case 'from':
      return (await findPeople(app, beginning)).map(({ username, displayName }) =>
        complete(`from:${username} `, displayName),
      );
    case 'in':
      return (await findRooms(app, viewer, beginning)).map((room) =>
        complete(`in:${room.slug} `, room.name),
      );
    default:
      return OPERATORS.filter(
        ([text]) => text !== last.toLowerCase() && text.startsWith(last.toLowerCase()),
      ).map(([text, label]) =>
        complete((FLAGS as readonly string[]).includes(text) ? `${text} ` : text, label),
      );
  }
}

function findPeople(app: App, name: string) {
  return app.db.prisma.user.findMany({
    where: {
      erasedAt: null,
      OR: [
        { usernameKey: { startsWith: name.toLowerCase() } },
        { displayName: { startsWith: name, mode: 'insensitive' } },
      ],
    },
    orderBy: { usernameKey: 'asc' },
    take: MAX_SUGGESTIONS,
  });
}

function findRooms(app: App, viewer: Viewer, name: string) {
  const begins = { startsWith: name, mode: 'insensitive' } as const;
  return app.db.prisma.room.findMany({
    where: {
      kind: 'ROOM',
      AND: [readableRooms(viewer), { OR: [{ slug: begins }, { name: begins }] }],
    },
    orderBy: { slug: 'asc' },
    take: MAX_SUGGESTIONS,
  });
}
