import type { Api } from '#lib/graphql/api.ts';
import {
  ThreadsDocument,
  type ThreadCardFragment,
  type ThreadsQuery,
} from '#lib/graphql/generated/graphql.ts';

export const PAGE_SIZE = 20;
/** What comes within a moment is read once. */
const GATHER_MS = 500;
/** The most that the server gives at once. */
const MOST_READ_AGAIN = 100;

/** The threads that the viewer follows as the list of them shows them. */
export class FollowedThreads {
  threads: readonly ThreadCardFragment[] = $state.raw([]);
  hasMore = $state(false);
  loading = $state(false);
  /** The last attempt to read more did not get through. */
  failed = $state(false);
  #end: string | null = null;
  readonly #api: Api;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, opened: ThreadsQuery['threads']) {
    this.#api = api;
    this.#take(opened, []);
  }

  async loadMore(): Promise<void> {
    if (this.loading || !this.hasMore) return;
    await this.#read(PAGE_SIZE, this.#end);
  }

  /** Something was said in one of them, or was read: they may stand in another order. */
  refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.loading) return this.refreshSoon();
      const count = Math.max(PAGE_SIZE, this.threads.length);
      void this.#read(Math.min(count, MOST_READ_AGAIN), null);
    }, GATHER_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async #read(first: number, after: string | null): Promise<void> {
    this.loading = true;
    const { data } = await this.#api.client.query(
      ThreadsDocument,
      { first, after },
      { requestPolicy: 'network-only' },
    );
    this.loading = false;
    this.failed = !data;
    if (data) this.#take(data.threads, after === null ? [] : this.threads);
  }

  #take({ edges, pageInfo }: ThreadsQuery['threads'], before: readonly ThreadCardFragment[]): void {
    const read = edges.map(({ node }) => node);
    const ids = new Set(read.map(({ message }) => message.id));
    // What was read on the way has moved down, past the end of the page before.
    this.threads = [...before.filter(({ message }) => !ids.has(message.id)), ...read];
    this.hasMore = pageInfo.hasNextPage;
    this.#end = pageInfo.endCursor ?? null;
  }
}
