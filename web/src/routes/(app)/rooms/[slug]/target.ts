import type { AroundPageFragment } from '#lib/graphql/generated/graphql.ts';
import type { ReadingPosition } from '#lib/state/reading-position.ts';

/** A message that an address names, with what was said around it. */
export interface Target {
  id: string;
  /** What the room's history has of it: itself, or the first message of its thread. */
  shownId: string;
  /** The thread to be opened, where it was said in a thread only. */
  threadId: string | null;
  around: AroundPageFragment;
}

/** Where a reader was in a room. The message is by what it is found again once it is no longer held. */
export interface Place {
  position: ReadingPosition;
  messageId: string | null;
}

export function permalink({ slug }: { slug: string }, messageId: string): string {
  return `/rooms/${slug}/m/${encodeURIComponent(messageId)}`;
}
