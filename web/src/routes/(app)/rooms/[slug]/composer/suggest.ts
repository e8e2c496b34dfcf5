/** What there is to complete with: members of the room, rooms, and emoji. */
import type { Client } from '@urql/core';
import { shortcodes } from '../../../../../../../text/emoji/table.ts';
import {
  MemberSuggestionsDocument,
  RoomSuggestionsDocument,
} from '#lib/graphql/generated/graphql.ts';
import type { Query } from './completion.ts';

export interface Suggestion {
  /** What takes the place of what was typed. */
  insert: string;
  name: string;
  detail: string;
  /** What stands before the name: a person's picture, a sign, or the emoji itself. */
  picture: { avatar: string; src: string | null } | { text: string };
}

export const MAX_SUGGESTIONS = 8;

const EVERYONE = [
  { word: 'here', detail: 'Everyone here who is online' },
  { word: 'all', detail: 'Everyone in this room' },
];

export async function suggest(client: Client, slug: string, query: Query): Promise<Suggestion[]> {
  const word = query.word.toLowerCase();
  const found = await { '@': people, '#': rooms, ':': emoji }[query.sign](client, slug, word);
  return found.slice(0, MAX_SUGGESTIONS);
}

async function people(client: Client, slug: string, word: string): Promise<Suggestion[]> {
  const { data } = await client.query(MemberSuggestionsDocument, { slug, search: word });
  const users = (data?.room?.members.edges ?? []).map(({ node }) => node.user);
  const everyone = EVERYONE.filter((one) => one.word.startsWith(word)).map((one) => ({
    ...{ insert: `@${one.word}`, name: `@${one.word}`, detail: one.detail },
    picture: { text: '@' },
  }));
  // Whose username begins so comes first: that is what is typed.
  const begins = ({ username }: { username: string }) => username.toLowerCase().startsWith(word);
  const members = users
    .toSorted((a, b) => Number(begins(b)) - Number(begins(a)))
    .slice(0, MAX_SUGGESTIONS - everyone.length)
    .map(({ username, displayName, avatarUrl }) => ({
      ...{ insert: `@${username}`, name: displayName, detail: `@${username}` },
      picture: { avatar: displayName, src: avatarUrl },
    }));
  return [...members, ...everyone];
}

async function rooms(client: Client, _slug: string, word: string): Promise<Suggestion[]> {
  const { data } = await client.query(RoomSuggestionsDocument, { search: word });
  const nodes = (data?.rooms.edges ?? []).map(({ node }) => node);
  const rank = ({ slug, name }: { slug: string; name: string }) => {
    if (slug.startsWith(word)) return 0;
    return [slug, name.toLowerCase()].some((text) => text.includes(word)) ? 1 : 2;
  };
  return nodes
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ slug, name }) => ({
      ...{ insert: `#${slug}`, name, detail: `#${slug}` },
      picture: { text: '#' },
    }));
}

type Describe = (emoji: string) => string[];

/** Words that describe emoji; they come later than the names, once. */
let describing: Promise<Describe> | undefined;

async function loadDescriptions(): Promise<Describe> {
  const { describedEmoji, plain } = await import('./emoji-descriptions.ts');
  const words = describedEmoji();
  return (character) => words.get(plain(character)) ?? [];
}

async function emoji(_client: Client, _slug: string, word: string): Promise<Suggestion[]> {
  // Without them, as when offline, emoji are found by name.
  describing ??= loadDescriptions().catch(() => () => []);
  const describe = await describing;
  const ranked = shortcodes().flatMap(({ emoji: character, names }) => {
    const name = names.find((one) => one.startsWith(word)) ?? names[0]!;
    const rank = rankOf(word, names, describe(character));
    return rank === null ? [] : [{ character, name, rank }];
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.name.length - b.name.length)
    .map(({ character, name }) => ({
      ...{ insert: character, name: `:${name}:`, detail: '' },
      picture: { text: character },
    }));
}

function rankOf(word: string, names: string[], described: string[]): number | null {
  if (names.includes(word)) return 0;
  if (names.some((name) => name.startsWith(word))) return 1;
  if (described.some((one) => one.startsWith(word))) return 2;
  return names.some((name) => name.includes(word)) ? 3 : null;
}
