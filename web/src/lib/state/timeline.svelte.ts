/**
 * One room's conversation as this tab holds it. It owns the window of messages, and the feed of events that keeps it up
 * to date. Invariants: `edges` is contiguous; while `hasNewer` is false it reaches the newest message and live ones are
 * appended; otherwise they are only counted. A changed message is put in its place wherever it is held. The feed lives
 * from `follow()` to the function that it gives.
 */
import type {
  AroundPageFragment,
  LatestMessagesFragment,
  TimelineMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import type { Api } from '#lib/graphql/api.ts';
import { Burst } from './burst.ts';
import { asSeen, changeOf, RecentChanges, revise, type Change } from './changes.ts';
import { isSame, type ReadingPosition } from './reading-position.ts';
import { RoomFeed, type Resynced, type RoomEvent } from './room-feed.ts';
import { RoomPages, type Answered } from './room-pages.ts';
import { keepNewest, keepOldest, merge, type Edge } from './window.ts';

const MAX_TAIL = 500;

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
  readonly recent: RecentChanges;

  readonly #viewerId: string;
  readonly #pages: RoomPages;
  readonly #feed: RoomFeed;
  readonly #roomListeners = new Set<(event: RoomEvent) => void>();
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();
  #atEnd = true;
  readonly #arrived = new Burst<Change>((changes) => this.#takeIn(changes));
  /** What arrives while a page is under way that may turn out to be the last one. */
  #tail: Edge[] | null = null;
  /** The latest message of the room that is known of, whether it is held or not. */
  #newestSeq: number;
  /** Counts the windows and logs that this was of: a page of an earlier one is not taken in. */
  #history = 0;

  constructor(api: Api, viewerId: string, room: LatestMessagesFragment) {
    this.#viewerId = viewerId;
    this.#pages = new RoomPages(api, room.id);
    this.recent = new RecentChanges(viewerId);
    this.#feed = new RoomFeed(
      api,
      room,
      (event) => {
        const change = changeOf(event);
        if (change) this.#arrived.add(change);
        else for (const listener of this.#roomListeners) listener(event);
      },
      () => this.#resync(),
    );
    this.edges = room.messages.edges;
    this.#newestSeq = lastSeq(this.edges);
    this.hasOlder = room.messages.pageInfo.hasPreviousPage;
  }

  /** The position in the room's log up to which all is taken in. */
  get cursor(): string {
    return this.#feed.cursor;
  }

  /** The view says whether its reader is at the end; there, nothing is unseen and the window may lose its top. */
  set atEnd(atEnd: boolean) {
    this.#atEnd = atEnd;
    if (atEnd && !this.hasNewer) this.unseenCount = 0;
  }

  /** Follows the room across any interruption. Gives the function that stops it. */
  follow(): () => void {
    const stop = this.#feed.follow();
    return () => {
      stop();
      this.#arrived.flush();
    };
  }

  /** Tells of every change of the room's messages, also of those that are not held. Gives the function that stops it. */
  listen(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells of what happens in the room that is about no message. Gives the function that stops it. */
  listenToRoom(listener: (event: RoomEvent) => void): () => void {
    this.#roomListeners.add(listener);
    return () => this.#roomListeners.delete(listener);
  }

  /** A message of one's own, as the mutation answered; the live event may have been faster. */
  deliver(message: TimelineMessageFragment): void {
    if (!this.recent.of(message.id)) this.#arrived.add({ message, posted: true });
    this.#arrived.flush();
  }

  /**
   * A message as the mutation that changed it answered.
   * @param since its latest change when the mutation began: if there was another, the answer may be the older one
   */
  replace(message: TimelineMessageFragment, since: Change | undefined): void {
    if (this.recent.of(message.id) !== since) return;
    this.#arrived.add({ message, posted: false });
    this.#arrived.flush();
  }

  /** Shows what was said around a message, wherever the window was. */
  show({ edges, pageInfo }: AroundPageFragment): void {
    this.#history++;
    this.#tail = null;
    this.loading = null;
    this.edges = this.recent.applyTo(edges);
    this.hasOlder = pageInfo.hasPreviousPage;
    this.hasNewer = pageInfo.hasNextPage || lastSeq(edges) < this.#newestSeq;
    this.unseenCount = 0;
  }

  /** The same for a message that is known by its id only. Gives whether it shows: a reader who has moved on is left alone. */
  async loadAround(messageId: string): Promise<boolean> {
    const { position } = this;
    const history = this.#history;
    const around = await this.#pages.around(messageId);
    const stays = history === this.#history && isSame(position, this.position);
    if (!around || !stays) return false;
    this.show(around);
    return true;
  }

  holds(messageId: string): boolean {
    return this.edges.some(({ node }) => node.id === messageId);
  }

  async loadOlder(): Promise<void> {
    const first = this.edges[0];
    if (!first || !this.hasOlder || this.loading) return;
    const room = await this.#load('older', this.#pages.before(first.cursor));
    if (!room) return;
    const edges = merge(this.edges, this.recent.applyTo(room.messages.edges));
    this.hasOlder = room.messages.pageInfo.hasPreviousPage;
    this.edges = keepOldest(edges);
    if (this.edges !== edges) this.hasNewer = true;
  }

  async loadNewer(): Promise<void> {
    const last = this.edges.at(-1);
    if (!last || !this.hasNewer || this.loading) return;
    this.#tail = [];
    const room = await this.#load('newer', this.#pages.after(last.cursor));
    const tail = this.#tail ?? [];
    this.#tail = null;
    if (!room) return;
    const reachedEnd = !room.messages.pageInfo.hasNextPage && tail.length < MAX_TAIL;
    const page = this.recent.applyTo(room.messages.edges);
    const edges = merge(merge(this.edges, page), reachedEnd ? tail : []);
    this.hasNewer = !reachedEnd;
    this.edges = keepNewest(edges);
    if (this.edges !== edges) this.hasOlder = true;
  }

  /** Shows the newest messages, wherever the window was. */
  async loadLatest(): Promise<void> {
    if (this.loading === 'latest') return;
    // A page beside the window of until now would leave a hole.
    this.#history++;
    this.#tail = [];
    const room = await this.#load('latest', this.#pages.latest());
    const tail = this.#tail ?? [];
    this.#tail = null;
    if (room) this.#showLatest(room, tail);
  }

  /** The log is another one (a restored backup, say): what was held, or is under way, is worth nothing. */
  async #resync(): Promise<Resynced> {
    this.#history++;
    this.#arrived.drop();
    this.#tail = null;
    this.recent.forget();
    const room = await this.#load('latest', this.#pages.latest());
    if (!room) return this.failed ? 'failed' : 'gone';
    this.#newestSeq = -1;
    this.#showLatest(room, []);
    return { cursor: room.cursor };
  }

  #showLatest(room: LatestMessagesFragment, tail: readonly Edge[]): void {
    this.edges = merge(this.recent.applyTo(room.messages.edges), tail);
    this.#newestSeq = Math.max(this.#newestSeq, lastSeq(this.edges));
    this.hasOlder = room.messages.pageInfo.hasPreviousPage;
    this.hasNewer = false;
    this.unseenCount = 0;
  }

  async #load<Room>(
    what: NonNullable<Timeline['loading']>,
    page: Promise<Answered<Room>>,
  ): Promise<Room | null> {
    this.loading = what;
    const history = this.#history;
    const { room, failed } = await page;
    if (history !== this.#history) return null;
    this.loading = null;
    this.failed = failed;
    return room;
  }

  #takeIn(changes: readonly Change[]): void {
    for (const change of changes) this.recent.note(change);
    const posted = this.#revise(changes);
    for (const listener of this.#listeners) listener(changes);
    if (posted.length > 0) this.#append(posted);
  }

  /** Puts what has changed in its place, and gives what the room's history has grown by. */
  #revise(changes: readonly Change[]): Edge[] {
    const isAddition = ({ message, posted }: Change) => posted && message.isInRoom;
    const posted = changes.filter(isAddition).map((change) => {
      const node = asSeen(change, this.#viewerId);
      return { cursor: node.cursor, node };
    });
    // In one batch, a message may be posted and then changed.
    const revised = (edges: readonly Edge[]) => revise(edges, changes, this.#viewerId);
    this.edges = revised(this.edges);
    if (this.#tail) this.#tail = [...revised(this.#tail)];
    return [...revised(posted)];
  }

  #append(posted: readonly Edge[]): void {
    this.#newestSeq = Math.max(this.#newestSeq, lastSeq(posted));
    this.#tail?.push(...posted.slice(0, MAX_TAIL));
    if (!this.#atEnd || this.hasNewer) {
      const last = lastSeq(this.edges);
      this.unseenCount += posted.filter(
        ({ node }) => node.seq > last && node.author.id !== this.#viewerId,
      ).length;
    }
    if (this.hasNewer) return;
    const edges = merge(this.edges, posted);
    if (this.#atEnd) {
      this.edges = keepNewest(edges);
      if (this.edges !== edges) this.hasOlder = true;
    } else {
      this.edges = keepOldest(edges, MAX_TAIL);
      if (this.edges !== edges) this.hasNewer = true;
    }
  }
}

function lastSeq(edges: readonly Edge[]): number {
  return edges.at(-1)?.node.seq ?? -1;
}
