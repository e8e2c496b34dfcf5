/**
 * The reading of one room or thread by one tab: where its divider stands, and up to where it has been seen. What is on
 * screen is marked as read while the page is visible and has the focus, at most every MARK_EVERY_MS. Marking as unread holds
 * that back until it is opened again. Lives as long as it is on screen: `follow()` to the function that it gives.
 */
import type { FirstUnreadQuery } from '#lib/graphql/generated/graphql.ts';
import type { Edge } from '#lib/state/window.ts';
import type { ReadingPlace } from './reading-place.ts';

const MARK_EVERY_MS = 1_000;

export type FirstUnread = NonNullable<NonNullable<FirstUnreadQuery['room']>['firstUnread']>;

/** What has been on screen: a message, and the position up to which it was all seen. */
export interface Seen {
  seq: number;
  cursor: string;
}

export class Reading {
  /** The number of the first message below the divider; it stays until they are left. */
  dividerSeq: number | null = $state(null);
  #attentive = $state(false);
  #seen: Seen | null = $state.raw(null);
  #held = $state(false);
  #opened = $state(false);
  #markedCursor = '';
  #pause: ReturnType<typeof setTimeout> | undefined;
  readonly #place: ReadingPlace;

  constructor(place: ReadingPlace, firstUnread: { seq: number } | null) {
    this.#place = place;
    this.dividerSeq = firstUnread?.seq ?? null;
  }

  /** From here on what is on screen has been seen: it stands where it was to be opened. */
  open(): void {
    this.#opened = true;
  }

  /** This is on screen, and all that lies before it. */
  see(seen: Seen): void {
    if (!this.#opened) return;
    const known = this.#seen;
    if (!known || seen.seq > known.seq || (seen.seq === known.seq && seen.cursor !== known.cursor))
      this.#seen = seen;
  }

  /** Others have written: where nobody looks, what they write is new to whoever comes back. */
  meet(edges: readonly Edge[], viewerId: string): void {
    if (this.#attentive || this.dividerSeq !== null || !this.#opened) return;
    const seen = this.#seen?.seq ?? Infinity;
    const first = edges.find(({ node }) => node.seq > seen && node.author.id !== viewerId);
    if (first) this.dividerSeq = first.node.seq;
  }

  /** Makes a message unread, with all that follows it. */
  async markUnread({ id, seq }: { id: string; seq: number }): Promise<void> {
    this.#held = true;
    this.dividerSeq = seq;
    await this.#place.markUnread(id);
  }

  /** Minds whether somebody looks. Gives the function that stops it. */
  follow(): () => void {
    const look = () => {
      this.#attentive = document.visibilityState === 'visible' && document.hasFocus();
    };
    look();
    window.addEventListener('focus', look);
    window.addEventListener('blur', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(this.#pause);
      window.removeEventListener('focus', look);
      window.removeEventListener('blur', look);
      document.removeEventListener('visibilitychange', look);
    };
  }

  /** Marks what has been seen, where there is something to mark. Call in an effect. */
  settle(): void {
    const { hasUnread } = this.#place;
    const seen = this.#seen;
    if (!this.#attentive || !this.#opened || this.#held || !seen || !hasUnread) return;
    if (seen.cursor === this.#markedCursor) return;
    if (this.#pause !== undefined) return;
    this.#mark(seen.cursor);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.settle();
    }, MARK_EVERY_MS);
  }

  #mark(cursor: string): void {
    this.#markedCursor = cursor;
    void this.#place.markRead(cursor).then((isMarked) => {
      // The next pause tries again.
      if (!isMarked && this.#markedCursor === cursor) this.#markedCursor = '';
    });
  }
}
