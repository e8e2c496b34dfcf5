/**
 * The reading of one room by one tab: where its divider stands, and up to where it has been seen. What is on
 * screen is marked as read while the page is visible and has the focus, at most every MARK_EVERY_MS. Marking as unread holds
 * that back until the room is opened again. Lives as long as the room is on screen: `follow()` to the function that it gives.
 */
import type { Api } from '#lib/graphql/api.ts';
import {
  MarkReadDocument,
  MarkUnreadDocument,
  type FirstUnreadQuery,
} from '#lib/graphql/generated/graphql.ts';
import type { Inbox } from '#lib/state/inbox.svelte.ts';
import type { Edge } from '#lib/state/window.ts';

const MARK_EVERY_MS = 1_000;

export type FirstUnread = NonNullable<NonNullable<FirstUnreadQuery['room']>['firstUnread']>;

/** What of a room has been on screen: a message, and the position up to which it was all seen. */
export interface Seen {
  seq: number;
  cursor: string;
}

export class Reading {
  /** The number of the first message below the divider; it stays until the room is left. */
  dividerSeq: number | null = $state(null);
  #attentive = $state(false);
  #seen: Seen | null = $state.raw(null);
  #held = $state(false);
  #opened = $state(false);
  #markedCursor = '';
  #pause: ReturnType<typeof setTimeout> | undefined;
  readonly #api: Api;
  readonly #inbox: Inbox;
  readonly #roomId: string;

  constructor(api: Api, inbox: Inbox, roomId: string, firstUnread: FirstUnread | null) {
    this.#api = api;
    this.#inbox = inbox;
    this.#roomId = roomId;
    this.dividerSeq = firstUnread?.seq ?? null;
  }

  /** From here on what is on screen has been seen: the room stands where it was to be opened. */
  open(): void {
    this.#opened = true;
  }

  /** This is on screen, and all that lies before it in the room. */
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
    await this.#api.client.mutation(MarkUnreadDocument, { input: { messageId: id } });
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
    const entry = this.#inbox.room(this.#roomId);
    const seen = this.#seen;
    if (!this.#attentive || !this.#opened || this.#held || !seen || !entry) return;
    if (entry.unreadCount + entry.mentionCount === 0 || seen.cursor === this.#markedCursor) return;
    if (this.#pause !== undefined) return;
    this.#mark(seen.cursor);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.settle();
    }, MARK_EVERY_MS);
  }

  #mark(cursor: string): void {
    this.#markedCursor = cursor;
    const input = { roomId: this.#roomId, cursor };
    void this.#api.client
      .mutation(MarkReadDocument, { input })
      .toPromise()
      .then(({ error }) => {
        // The next pause tries again.
        if (error && this.#markedCursor === cursor) this.#markedCursor = '';
      });
  }
}
