/**
 * What somebody searches for in this tab, and what was found. It outlives the room in which it was opened, so
 * that results can be opened one after the other. Invariant: `found` belongs to `query`, which is what was asked
 * last; an answer to anything asked before is dropped.
 */
import {
  SearchMessagesDocument,
  type FoundMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import type { Api } from '#lib/graphql/api.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { RecentSearches } from './recent-searches.ts';

/** After the last key, so that what is typed is not asked letter by letter. */
const PAUSE_MS = 250;

export class Search {
  isOpen = $state(false);
  /** As it stands in the field. */
  text = $state('');
  /** What `found` was found by; empty for nothing. */
  query = $state('');
  found: readonly FoundMessageFragment[] = $state.raw([]);
  status: 'idle' | 'searching' | 'ready' | 'failed' = $state('idle');
  /** Why it failed, in words for people. */
  failure = $state('');
  hasMore = $state(false);
  loadingMore = $state(false);
  recent: readonly string[] = $state.raw([]);
  /** Takes the focus to the field; null while no panel is on screen. */
  focusField: (() => void) | null = null;

  readonly #api: Api;
  readonly #store: RecentSearches;
  #endCursor: string | null = null;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, viewerId: string) {
    this.#api = api;
    this.#store = new RecentSearches(viewerId);
  }

  open(): void {
    this.recent = this.#store.read();
    this.isOpen = true;
  }

  close(): void {
    clearTimeout(this.#pause);
    this.isOpen = false;
  }

  /** What is in the field has changed: it is searched for once the typing pauses. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.search(), PAUSE_MS);
  }

  /** Searches for what is in the field. */
  async search(): Promise<void> {
    clearTimeout(this.#pause);
    const query = this.text.trim();
    if (query === this.query && this.status !== 'failed') return;
    this.query = query;
    if (!query) {
      this.found = [];
      this.status = 'idle';
      return;
    }
    this.status = 'searching';
    await this.#load(null);
  }

  /** What was found is worth coming back to. */
  remember(): void {
    if (this.query) this.recent = this.#store.add(this.query);
  }

  forgetRecent(): void {
    this.recent = this.#store.clear();
  }

  async loadMore(): Promise<void> {
    if (!this.hasMore || this.loadingMore) return;
    this.loadingMore = true;
    await this.#load(this.#endCursor);
    this.loadingMore = false;
  }

  async #load(after: string | null): Promise<void> {
    const { query } = this;
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    const { data, error } = await this.#api.client.query(
      SearchMessagesDocument,
      { query, timeZone, after },
      { requestPolicy: 'network-only' },
    );
    if (query !== this.query) return;
    if (error || !data) {
      this.status = 'failed';
      this.hasMore = false;
      if (error) this.failure = refusalOf(error).message;
      return;
    }
    const { edges, pageInfo } = data.searchMessages;
    this.found = after ? [...this.found, ...edges] : edges;
    this.hasMore = pageInfo.hasNextPage;
    this.#endCursor = pageInfo.endCursor;
    this.status = 'ready';
  }
}
