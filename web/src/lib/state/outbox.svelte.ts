/**
 * What this account has written and the server has not confirmed. It owns the store, the attempts and their order.
 * Invariants: one attempt at a time over all tabs (a Web Lock, where the browser has them; the idempotency keys make
 * a double attempt harmless where not); a message leaves only when it was delivered or deleted. `close()` ends the
 * attempts and leaves the store for the next page.
 */
import { backoffMs } from '../../../../client/src/backoff.ts';
import { newIdempotencyKey } from '../../../../client/src/idempotency-key.ts';
import type { Api } from '#lib/graphql/api.ts';
import {
  SendMessageDocument,
  type TimelineMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { drain, type Delivery } from './drain.ts';
import { OutboxStore } from './outbox-store.ts';
import { isShownIn, type Outgoing, type Place } from './outgoing.ts';

const ATTEMPT_MS = 15_000;
/** A fault of the server's own is tried this often before its author is asked. */
const MAX_FAULTS = 4;

export class Outbox {
  items: readonly Outgoing[] = $state.raw([]);
  /** The last attempt did not get through. */
  waiting = $state(false);

  readonly #api: Api;
  readonly #delivered: (roomId: string, message: TimelineMessageFragment) => void;
  readonly #abort = new AbortController();
  #store: OutboxStore | undefined;
  #draining = false;
  #lastWrittenMs = 0;
  #faults = 0;
  #lockName = '';

  constructor(api: Api, delivered: (roomId: string, message: TimelineMessageFragment) => void) {
    this.#api = api;
    this.#delivered = delivered;
  }

  /** Takes up what earlier pages left and what other tabs write. Call in the browser, once. */
  open(userId: string): void {
    this.#store = new OutboxStore(localStorage, userId);
    this.#lockName = this.#store.prefix;
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

  /** What is to be shown in a room, or in a thread of it. */
  of(roomId: string, threadId: string | null = null): Outgoing[] {
    return this.items.filter((outgoing) => isShownIn(outgoing, roomId, threadId));
  }

  write(roomId: string, body: string, place: Place = {}): void {
    // Strictly increasing, since the time of writing is also the place in the queue.
    this.#lastWrittenMs = Math.max(Date.now(), this.#lastWrittenMs + 1);
    this.#store?.put({
      idempotencyKey: newIdempotencyKey(),
      roomId,
      body,
      ...place,
      createdAt: new Date(this.#lastWrittenMs).toISOString(),
      failure: null,
    });
    this.#refresh();
    void this.#send();
  }

  /** Tries a refused message again, under the same key: had it arrived after all, it cannot double. */
  retry(outgoing: Outgoing): void {
    this.#faults = 0;
    this.#store?.update({ ...outgoing, failure: null });
    this.#refresh();
    void this.#send();
  }

  discard(outgoing: Outgoing): void {
    this.#store?.remove(outgoing);
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
        (outgoing) => this.#attempt(outgoing),
        () => this.#refresh(),
      );
    if (!('locks' in navigator)) return run();
    try {
      return await navigator.locks.request(this.#lockName, { signal: this.#abort.signal }, run);
    } catch (error) {
      if (this.#abort.signal.aborted) return { kind: 'delivered' };
      throw error;
    }
  }

  async #attempt(outgoing: Outgoing): Promise<Delivery> {
    if (this.#abort.signal.aborted) return { kind: 'later' };
    const { roomId, body, idempotencyKey, replyTo, threadId, alsoInRoom } = outgoing;
    const attachmentIds = outgoing.attachments?.map(({ id }) => id);
    const place = { replyToId: replyTo?.id, threadId, alsoInRoom, attachmentIds };
    const answer = await Promise.race([
      this.#api.client
        .mutation(SendMessageDocument, { input: { roomId, body, idempotencyKey, ...place } })
        .toPromise(),
      new Promise<null>((resolve) => setTimeout(resolve, ATTEMPT_MS, null)),
    ]);
    if (answer?.data) {
      this.#faults = 0;
      this.#delivered(roomId, answer.data.sendMessage.message);
      return { kind: 'delivered' };
    }
    if (!answer?.error) return { kind: 'later' };
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
