/**
 * One room's conversation as this tab holds it. It owns the window of messages, the position in the room's log and
 * the subscription that moves it. Invariants: `edges` is contiguous; while `hasNewer` is false it reaches the newest
 * message and live ones are appended; otherwise they are only counted. `cursor` never passes an event that was not
 * taken in. The subscription lives from `follow()` to the function that it gives.
 */
import type { OperationResult } from '@urql/core';
import { backoffMs } from '../../../../client/src/backoff.ts';
import {
  LatestMessagesDocument,
  NewerMessagesDocument,
  OlderMessagesDocument,
  RoomEventsDocument,
  type AroundPageFragment,
  type LatestMessagesFragment,
  type RoomEventsSubscription,
} from '#lib/graphql/generated/graphql.ts';
import type { Api } from '#lib/graphql/api.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { keepNewest, keepOldest, merge, type Edge } from './window.ts';

/** A burst of events is taken in at once: one rendering for all that came within a frame. */
const FRAME_MS = 16;
const MAX_TAIL = 500;

/** Where a reader stood in a room: a message and how far below the top edge it was, or the end. */
export type ReadingPosition = { key: string; offset: number } | 'end';

type RoomOf<Data extends { node: unknown }> = Extract<Data['node'], { __typename: 'Room' }>;

export class Timeline {
  edges: readonly Edge[] = $state.raw([]);
  hasOlder = $state(false);
  hasNewer = $state(false);
  loading: 'older' | 'newer' | 'latest' | null = $state(null);
  /** The last attempt to page did not get through. */
  failed = $state(false);
  /** Messages of others that arrived below what is being read. */
  unseenCount = $state(0);
  /** Kept for the way back into the room. */
  position: ReadingPosition = 'end';

  readonly #api: Api;
  readonly #viewerId: string;
  readonly #roomId: string;
  #cursor: string;
  #atEnd = true;
  #arrived: Edge[] = [];
  #frame: ReturnType<typeof setTimeout> | undefined;
  /** What arrives while a page is under way that may turn out to be the last one. */
  #tail: Edge[] | null = null;
  /** Counts the logs that this was of: a page of an earlier one is not taken in. */
  #history = 0;

  constructor(api: Api, viewerId: string, room: LatestMessagesFragment) {
    this.#api = api;
    this.#viewerId = viewerId;
    this.#roomId = room.id;
    this.#cursor = room.cursor;
    this.edges = room.messages.edges;
    this.hasOlder = room.messages.pageInfo.hasPreviousPage;
  }

  /** The position in the room's log up to which all is taken in. */
  get cursor(): string {
    return this.#cursor;
  }

  /** Whether the message of that number lies in the window. */
  holds(seq: number): boolean {
    return (
      seq >= (this.edges[0]?.node.seq ?? Infinity) && seq <= (this.edges.at(-1)?.node.seq ?? 0)
    );
  }

  /** Shows what was said around a message, wherever the window was. */
  show({ edges, pageInfo }: AroundPageFragment): void {
    this.#history++;
    this.#tail = null;
    this.loading = null;
    this.edges = edges;
    this.hasOlder = pageInfo.hasPreviousPage;
    this.hasNewer = pageInfo.hasNextPage;
    this.unseenCount = 0;
  }

  /** The view says whether its reader is at the end; there, nothing is unseen and the window may lose its top. */
  set atEnd(atEnd: boolean) {
    this.#atEnd = atEnd;
    if (atEnd && !this.hasNewer) this.unseenCount = 0;
  }

  /** Follows the room from the cursor on, across any interruption. Gives the function that stops it. */
  follow(): () => void {
    let stopped = false;
    let attempt = 0;
    let subscription: { unsubscribe(): void } | undefined;
    const start = () => {
      if (stopped) return;
      subscription = this.#api.client
        .subscription(RoomEventsDocument, { roomId: this.#roomId, after: this.#cursor })
        .subscribe(({ data, error }) => {
          if (error) void recover(refusalOf(error).code);
          else if (data) {
            attempt = 0;
            this.#take(data.roomEvents);
          }
        });
    };
    const recover = async (code: string) => {
      subscription?.unsubscribe();
      if (['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'].includes(code)) return;
      if (code === 'RESYNC_REQUIRED') {
        const room = await this.#resync();
        if (room) return start();
        // Loaded, and there is no such room in this history.
        if (!this.failed) return;
      }
      await this.#api.wakeup?.sleep(backoffMs(attempt++));
      start();
    };
    start();
    return () => {
      stopped = true;
      subscription?.unsubscribe();
      this.#takeIn();
    };
  }

  /** A message of one's own, as the mutation answered; the live event may have been faster. */
  deliver(edge: Edge): void {
    this.#arrived.push(edge);
    this.#takeIn();
  }

  async loadOlder(): Promise<void> {
    const first = this.edges[0];
    if (!first || !this.hasOlder || this.loading) return;
    const room = await this.#load('older', () =>
      this.#api.client.query(OlderMessagesDocument, { roomId: this.#roomId, before: first.cursor }),
    );
    if (!room) return;
    const edges = merge(this.edges, room.messages.edges);
    this.hasOlder = room.messages.pageInfo.hasPreviousPage;
    this.edges = keepOldest(edges);
    if (this.edges !== edges) this.hasNewer = true;
  }

  async loadNewer(): Promise<void> {
    const last = this.edges.at(-1);
    if (!last || !this.hasNewer || this.loading) return;
    this.#tail = [];
    const room = await this.#load('newer', () =>
      this.#api.client.query(
        NewerMessagesDocument,
        { roomId: this.#roomId, after: last.cursor },
        { requestPolicy: 'network-only' },
      ),
    );
    const tail = this.#tail ?? [];
    this.#tail = null;
    if (!room) return;
    const reachedEnd = !room.messages.pageInfo.hasNextPage && tail.length < MAX_TAIL;
    const edges = merge(merge(this.edges, room.messages.edges), reachedEnd ? tail : []);
    this.hasNewer = !reachedEnd;
    this.edges = keepNewest(edges);
    if (this.edges !== edges) this.hasOlder = true;
  }

  /** Shows the newest messages, wherever the window was. */
  async loadLatest(): Promise<void> {
    if (this.loading === 'latest') return;
    this.#tail = [];
    const room = await this.#load('latest', () =>
      this.#api.client.query(
        LatestMessagesDocument,
        { roomId: this.#roomId },
        { requestPolicy: 'network-only' },
      ),
    );
    const tail = this.#tail ?? [];
    this.#tail = null;
    if (room) this.#showLatest(room, tail);
  }

  /** The log is another one (a restored backup, say): what was held, or is under way, is worth nothing. */
  async #resync(): Promise<LatestMessagesFragment | null> {
    this.#history++;
    this.#arrived = [];
    this.#tail = null;
    const room = await this.#load('latest', () =>
      this.#api.client.query(
        LatestMessagesDocument,
        { roomId: this.#roomId },
        { requestPolicy: 'network-only' },
      ),
    );
    if (!room) return null;
    this.#cursor = room.cursor;
    this.#showLatest(room, []);
    return room;
  }

  #showLatest(room: LatestMessagesFragment, tail: readonly Edge[]): void {
    this.edges = merge(room.messages.edges, tail);
    this.hasOlder = room.messages.pageInfo.hasPreviousPage;
    this.hasNewer = false;
    this.unseenCount = 0;
  }

  async #load<Data extends { node: { __typename: string } | null }>(
    what: NonNullable<Timeline['loading']>,
    query: () => PromiseLike<OperationResult<Data>>,
  ): Promise<RoomOf<Data> | null> {
    this.loading = what;
    const history = this.#history;
    const { data, error } = await query();
    if (history !== this.#history) return null;
    this.loading = null;
    this.failed = Boolean(error);
    return data?.node?.__typename === 'Room' ? (data.node as RoomOf<Data>) : null;
  }

  #take({ cursor, node }: RoomEventsSubscription['roomEvents']): void {
    this.#cursor = cursor;
    if (node.__typename !== 'MessagePosted') return;
    this.#arrived.push({ cursor, node: node.message });
    this.#frame ??= setTimeout(() => this.#takeIn(), FRAME_MS);
  }

  #takeIn(): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    if (this.#arrived.length === 0) return;
    const arrived = this.#arrived;
    this.#arrived = [];
    this.#tail?.push(...arrived.slice(0, MAX_TAIL));

    if (!this.#atEnd || this.hasNewer) {
      const last = this.edges.at(-1)?.node.seq ?? -1;
      this.unseenCount += arrived.filter(
        ({ node }) => node.seq > last && node.author.id !== this.#viewerId,
      ).length;
    }
    if (this.hasNewer) return;
    const edges = merge(this.edges, arrived);
    if (this.#atEnd) {
      this.edges = keepNewest(edges);
      if (this.edges !== edges) this.hasOlder = true;
    } else {
      this.edges = keepOldest(edges, MAX_TAIL);
      if (this.edges !== edges) this.hasNewer = true;
    }
  }
}
