import type { Component } from 'svelte';
import type { InboxRoomFragment } from '#lib/graphql/generated/graphql.ts';
import { match } from './matching.ts';
import type { Uses } from './uses.svelte.ts';

/** Where the palette can lead, or what it can do. */
export interface Entry {
  /** By which its uses are counted. */
  key: string;
  title: string;
  /** What it is, in a word or a few. */
  detail: string;
  picture: { icon: Component<{ size?: number; 'aria-hidden'?: 'true' }> } | { avatar: string };
  /** Further names by which it is found. */
  names?: readonly string[];
  /** The keys that do the same. */
  keys?: readonly string[];
  /** Where it is a room of the viewer's. */
  inbox?: InboxRoomFragment;
  act: () => unknown;
}

export const MAX_SHOWN = 10;

/**
 * The entries that answer to what was typed: by how well, by what is unread, and by how much they are used; those
 * that are equal in this in the order in which they come.
 */
export function rank(entries: readonly Entry[], typed: string, uses: Uses): Entry[] {
  return entries
    .flatMap((entry) => {
      const score = match(typed, [entry.title, ...(entry.names ?? [])]);
      return score === null ? [] : [{ entry, score: score + attraction(entry, uses) }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_SHOWN)
    .map(({ entry }) => entry);
}

/** A name that matches well outweighs most of it. */
function attraction({ key, inbox }: Entry, uses: Uses): number {
  const used = uses.weightOf(key);
  const unread = inbox ? (inbox.mentionCount > 0 ? 0.3 : inbox.unreadCount > 0 ? 0.15 : 0.02) : 0;
  return unread + 0.25 * (used / (used + 4));
}
