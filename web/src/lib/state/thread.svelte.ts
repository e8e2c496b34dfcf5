/**
 * One thread as it is open: its first message and its replies, kept up to date by the room's feed. Invariants: `edges`
 * is contiguous and reaches the newest reply; `root` is null until the first page is here. It lives from `open()` to
 * the function that it gives.
 */
import type { Api } from '#lib/graphql/api.ts';
import {
  FollowThreadDocument,
  ThreadDocument,
  UnfollowThreadDocument,
  type TimelineMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { asSeen, reviseMessage, revise, type Change } from './changes.ts';
import type { Timeline } from './timeline.svelte.ts';
import { merge, type Edge } from './window.ts';

export class Thread {
  root: TimelineMessageFragment | null = $state.raw(null);
  edges: readonly Edge[] = $state.raw([]);
  hasOlder = $state(false);
  loading = $state(false);
  /** The last attempt to read a page did not get through, or there is no such thread. */
  status: 'loading' | 'ready' | 'failed' | 'missing' = $state('loading');
  isFollowed = $state(false);
  /** The oldest reply that was unread when the thread was opened. */
  firstUnread: { id: string; seq: number } | null = null;

  readonly id: string;
  readonly #api: Api;
  readonly #timeline: Timeline;
  readonly #viewerId: string;
  /** What happens while the first page is under way. */
  #early: Change[] = [];

  constructor(api: Api, timeline: Timeline, viewerId: string, id: string) {
    this.#api = api;
    this.#timeline = timeline;
    this.#viewerId = viewerId;
    this.id = id;
  }

  /** Listens and reads. Gives the function that stops it. */
  open(): () => void {
    const stop = this.#timeline.listen((changes) => this.#take(changes));
    void this.load();
    return stop;
  }

  /** Reads the newest page, or the one before those that are held. */
  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    const before = this.edges[0]?.cursor ?? null;
    const { data, error } = await this.#api.client.query(
      ThreadDocument,
      { messageId: this.id, before },
      { requestPolicy: 'network-only' },
    );
    this.loading = false;
    if (error || data?.node?.__typename !== 'Message') {
      this.status = error ? 'failed' : 'missing';
      return;
    }
    const { replies, viewerThread, ...root } = data.node;
    if (!this.root) this.firstUnread = viewerThread?.firstUnread ?? null;
    this.isFollowed = viewerThread !== null;
    this.status = 'ready';
    this.hasOlder = replies.pageInfo.hasPreviousPage;
    this.edges = merge(this.edges, this.#timeline.recent.applyTo(replies.edges));
    if (this.root) return;
    const [own] = this.#timeline.recent.applyTo([{ cursor: root.cursor, node: root }]);
    this.root = own?.node ?? root;
    this.#take(this.#early);
    this.#early = [];
  }

  /** Follows the thread, or follows it no more. Gives why that failed. */
  async follow(isFollowed: boolean): Promise<string | null> {
    this.isFollowed = isFollowed;
    const document = isFollowed ? FollowThreadDocument : UnfollowThreadDocument;
    const input = { messageId: this.id };
    const { error } = await this.#api.client.mutation(document, { input }).toPromise();
    if (!error) return null;
    this.isFollowed = !isFollowed;
    return refusalOf(error).message;
  }

  #take(changes: readonly Change[]): void {
    if (!this.root) return void this.#early.push(...changes);
    for (const change of changes) this.root = reviseMessage(this.root, change, this.#viewerId);
    const posted = changes
      .filter((change) => change.posted && change.message.thread?.id === this.id)
      .map((change) => asSeen(change, this.#viewerId));
    // Whoever replies follows.
    if (posted.some(({ author }) => author.id === this.#viewerId)) this.isFollowed = true;
    const edges = merge(
      this.edges,
      posted.map((node) => ({ cursor: node.cursor, node })),
    );
    this.edges = revise(edges, changes, this.#viewerId);
  }
}
