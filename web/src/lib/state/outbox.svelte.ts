/** The messages that this account has written and the server has not confirmed, in the order of writing. */
import type { Api } from '#lib/graphql/api.ts';
import {
  SendMessageDocument,
  type TimelineMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import { isShownIn, type Outgoing, type Place } from './outgoing.ts';
import { Queue, type Attempt } from './queue.svelte.ts';

export class Outbox {
  readonly #api: Api;
  readonly #delivered: (roomId: string, message: TimelineMessageFragment) => void;
  readonly #queue: Queue<Outgoing>;

  constructor(api: Api, delivered: (roomId: string, message: TimelineMessageFragment) => void) {
    this.#api = api;
    this.#delivered = delivered;
    this.#queue = new Queue(api, 'outbox', (outgoing) => this.#attempt(outgoing));
  }

  get items(): readonly Outgoing[] {
    return this.#queue.items;
  }

  /** The last attempt did not get through. */
  get waiting(): boolean {
    return this.#queue.waiting;
  }

  /** Takes up what earlier pages left and what other tabs write. Call in the browser, once. */
  open(userId: string): void {
    this.#queue.open(userId);
  }

  close(): void {
    this.#queue.close();
  }

  /** What is to be shown in a room, or in a thread of it. */
  of(roomId: string, threadId: string | null = null): Outgoing[] {
    return this.items.filter((outgoing) => isShownIn(outgoing, roomId, threadId));
  }

  write(roomId: string, body: string, place: Place = {}): void {
    this.#queue.add({ roomId, body, ...place });
  }

  retry(outgoing: Outgoing): void {
    this.#queue.retry(outgoing);
  }

  discard(outgoing: Outgoing): void {
    this.#queue.discard(outgoing);
  }

  async #attempt(outgoing: Outgoing): Promise<Attempt> {
    const { roomId, body, idempotencyKey, replyTo, threadId, alsoInRoom } = outgoing;
    const attachmentIds = outgoing.attachments?.map(({ id }) => id);
    const place = { replyToId: replyTo?.id, threadId, alsoInRoom, attachmentIds };
    const { data, error } = await this.#api.client.mutation(SendMessageDocument, {
      input: { roomId, body, idempotencyKey, ...place },
    });
    if (data) this.#delivered(roomId, data.sendMessage.message);
    return { error: data ? null : (error ?? null) };
  }
}
