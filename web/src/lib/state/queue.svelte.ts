/**
 * What this account has done and the server has not confirmed. It owns the store, the attempts and their order.
 * Invariants: one attempt at a time over all tabs (a Web Lock, where the browser has them; a double attempt must be
 * harmless where not); an item leaves only when it was delivered or discarded. `close()` ends the attempts and
 * leaves the store for the next page.
 */
import type { CombinedError } from '@urql/core';
import { backoffMs } from '../../../../client/src/backoff.ts';
import { newIdempotencyKey } from '../../../../client/src/idempotency-key.ts';
import type { Api } from '#lib/graphql/api.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { drain, type Delivery } from './drain.ts';
import { QueueStore, type Queued } from './queue-store.ts';

const ATTEMPT_MS = 15_000;
/** A fault of the server's own is tried this often before its author is asked. */
const MAX_FAULTS = 4;

/** What the server said to an attempt: nothing wrong, or an error. */
export type Attempt = { error: CombinedError | null };

export class Queue<Item extends Queued> {
  items: readonly Item[] = $state.raw([]);
  /** The last attempt did not get through. */
  waiting = $state(false);

  readonly #api: Api;
  readonly #name: string;
  readonly #attempt: (item: Item) => Promise<Attempt>;
  readonly #abort = new AbortController();
  #store: QueueStore<Item> | undefined;
  #draining = false;
  #lastMadeMs = 0;
  #faults = 0;

  /**
   * @param name tells the queues of an account apart
   * @param attempt sends an item; once it resolves without an error, the item is gone
   */
  constructor(api: Api, name: string, attempt: (item: Item) => Promise<Attempt>) {
    this.#api = api;
    this.#name = name;
    this.#attempt = attempt;
  }

  /** Takes up what earlier pages left and what other tabs do. Call in the browser, once. */
  open(userId: string): void {
    this.#store = new QueueStore(localStorage, this.#name, userId);
    const { prefix } = this.#store;
    window.addEventListener(
      'storage',
      ({ key }) => (key === null || key.startsWith(prefix)) && this.#refresh(),
      { signal: this.#abort.signal },
    );
    this.#refresh();
    void this.#send();
  }

  close(): void {
    this.#abort.abort();
  }

  /** Queues something, and takes out what it makes pointless. */
  add(item: Omit<Item, keyof Queued>, replaced: readonly Item[] = []): void {
    // Strictly increasing, since the time is also the place in the queue.
    this.#lastMadeMs = Math.max(Date.now(), this.#lastMadeMs + 1);
    for (const other of replaced) this.#store?.remove(other);
    this.#store?.put({
      idempotencyKey: newIdempotencyKey(),
      ...item,
      createdAt: new Date(this.#lastMadeMs).toISOString(),
      failure: null,
    } as Item);
    this.#refresh();
    void this.#send();
  }

  /** Tries something refused again, under the same key: had it arrived after all, it cannot double. */
  retry(item: Item): void {
    this.#faults = 0;
    this.#store?.update({ ...item, failure: null });
    this.#refresh();
    void this.#send();
  }

  discard(item: Item): void {
    this.#store?.remove(item);
    this.#refresh();
  }

  #refresh(): void {
    this.items = this.#store?.list() ?? [];
  }

  async #send(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let attempt = 0; !this.#abort.signal.aborted; attempt++) {
        const end = await this.#drainAlone();
        this.waiting = end.kind === 'later';
        if (end.kind !== 'later') return;
        // Waiting happens outside the lock, lest a throttled background tab hold up the one that is used.
        await this.#api.wakeup?.sleep(end.afterMs ?? backoffMs(attempt));
      }
    } finally {
      this.#draining = false;
      if (this.#isPending()) void this.#send();
    }
  }

  #isPending(): boolean {
    if (this.#abort.signal.aborted || this.#api.connection.sessionEnded) return false;
    return this.#store?.list().some(({ failure }) => failure === null) ?? false;
  }

  async #drainAlone(): Promise<Delivery> {
    const store = this.#store!;
    const run = () =>
      drain(
        store,
        (item) => this.#deliver(item),
        () => this.#refresh(),
      );
    if (!('locks' in navigator)) return run();
    try {
      return await navigator.locks.request(store.prefix, { signal: this.#abort.signal }, run);
    } catch (error) {
      if (this.#abort.signal.aborted) return { kind: 'delivered' };
      throw error;
    }
  }

  async #deliver(item: Item): Promise<Delivery> {
    if (this.#abort.signal.aborted) return { kind: 'later' };
    const answer = await Promise.race([
      this.#attempt(item),
      new Promise<null>((resolve) => setTimeout(resolve, ATTEMPT_MS, null)),
    ]);
    if (!answer) return { kind: 'later' };
    if (!answer.error) {
      this.#faults = 0;
      return { kind: 'delivered' };
    }
    const refusal = refusalOf(answer.error);
    switch (refusal.code) {
      case 'UNAUTHENTICATED':
        return { kind: 'session-over' };
      case 'OFFLINE':
      case 'UNAVAILABLE':
      case 'RATE_LIMITED':
        return { kind: 'later', afterMs: refusal.retryAfterMs };
      case 'INTERNAL':
        if (++this.#faults < MAX_FAULTS) return { kind: 'later' };
        this.#faults = 0;
    }
    return { kind: 'refused', reason: refusal.message };
  }
}
