/**
 * What the viewer is changing of messages that were sent: shown at once, kept across reloads, and sent in order once the
 * server can be reached. Of a message's text, of its being there and of each of its reactions the last wish counts. What is
 * refused stays beside the message until its author tries again or gives it up.
 */
import type { CombinedError, OperationResult } from '@urql/core';
import type { Api } from '#lib/graphql/api.ts';
import {
  AddReactionDocument,
  DeleteMessageDocument,
  EditMessageDocument,
  PinMessageDocument,
  RemoveReactionDocument,
  UnpinMessageDocument,
  type TimelineMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import {
  reactionKey,
  replaces,
  type PendingChange,
  type Target,
  type Wish,
} from './pending-change.ts';
import { Queue, type Attempt } from './queue.svelte.ts';
import type { Timeline } from './timeline.svelte.ts';

/** What was refused of messages that nobody looks at any more is not kept for ever. */
const REFUSED_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

export class Changing {
  readonly #api: Api;
  readonly #timelineOf: (roomId: string) => Timeline | undefined;
  readonly #queue: Queue<PendingChange>;
  /** By message and emoji, see `reactionKey`: whether the viewer wants the reaction. */
  readonly wanted: ReadonlyMap<string, boolean> = $derived.by(() => {
    const wanted = this.#queue.items.filter(({ failure }) => failure === null);
    return new Map(
      wanted.flatMap((change) =>
        change.kind === 'REACTION'
          ? [[reactionKey(change.messageId, change.emoji), change.on] as const]
          : [],
      ),
    );
  });
  /** By message. */
  readonly edits: ReadonlyMap<string, PendingChange<'EDIT'>> = $derived.by(
    () =>
      new Map(
        this.#queue.items.flatMap((change) =>
          change.kind === 'EDIT' ? [[change.messageId, change] as const] : [],
        ),
      ),
  );
  readonly #byMessage = $derived.by(() =>
    Map.groupBy(this.#queue.items, ({ messageId }) => messageId),
  );

  constructor(api: Api, timelineOf: (roomId: string) => Timeline | undefined) {
    this.#api = api;
    this.#timelineOf = timelineOf;
    this.#queue = new Queue(api, 'changes', (change) => this.#attempt(change));
  }

  /** Takes up what earlier pages left and what other tabs change. Call in the browser, once. */
  open(userId: string): void {
    this.#queue.open(userId);
    for (const change of this.#queue.items) {
      const isOld = Date.parse(change.createdAt) < Date.now() - REFUSED_KEPT_MS;
      if (change.failure !== null && isOld) this.#queue.discard(change);
    }
  }

  close(): void {
    this.#queue.close();
  }

  /** The last attempt did not get through. */
  get waiting(): boolean {
    return this.#queue.waiting;
  }

  /** What the server has not taken of a message's changes, in their order. */
  of(messageId: string): readonly PendingChange[] {
    return this.#byMessage.get(messageId) ?? [];
  }

  /** Changes a message, however long the server takes to be reached. */
  change(target: Target, wish: Wish): void {
    const earlier = this.of(target.messageId).filter((change) => replaces(wish, change));
    this.#queue.add({ ...target, ...wish }, earlier);
  }

  retry(change: PendingChange): void {
    this.#queue.retry(change);
  }

  discard(change: PendingChange): void {
    this.#queue.discard(change);
  }

  /** Pins a message, or takes the pin off. Gives why it could not be, or null. */
  async pin(target: Target, on: boolean): Promise<string | null> {
    const input = { messageId: target.messageId };
    const { error } = await this.#settle(target, async () =>
      on
        ? answer(await this.#api.client.mutation(PinMessageDocument, { input }), 'pinMessage')
        : answer(await this.#api.client.mutation(UnpinMessageDocument, { input }), 'unpinMessage'),
    );
    return error && refusalOf(error).message;
  }

  async #attempt(change: PendingChange): Promise<Attempt> {
    const { error } = await this.#settle(change, () => this.#request(change));
    // Deleted it is, by this attempt or one whose answer was lost.
    const isGone = change.kind === 'DELETE' && error && refusalOf(error).code === 'CONFLICT';
    return { error: isGone ? null : error };
  }

  async #request(change: PendingChange): Promise<Answer> {
    const { client } = this.#api;
    const { messageId } = change;
    switch (change.kind) {
      case 'EDIT': {
        const input = { messageId, body: change.body };
        return answer(await client.mutation(EditMessageDocument, { input }), 'editMessage');
      }
      case 'DELETE': {
        const input = { messageId };
        return answer(await client.mutation(DeleteMessageDocument, { input }), 'deleteMessage');
      }
      case 'REACTION': {
        const input = { messageId, emoji: change.emoji };
        return change.on
          ? answer(await client.mutation(AddReactionDocument, { input }), 'addReaction')
          : answer(await client.mutation(RemoveReactionDocument, { input }), 'removeReaction');
      }
    }
  }

  async #settle({ roomId, messageId }: Target, request: () => Promise<Answer>): Promise<Answer> {
    const since = this.#timelineOf(roomId)?.recent.of(messageId);
    const answered = await request();
    if (answered.message) this.#timelineOf(roomId)?.replace(answered.message, since);
    return answered;
  }
}

interface Answer {
  message: TimelineMessageFragment | undefined;
  error: CombinedError | null;
}

function answer<Field extends string>(
  { data, error }: OperationResult<{ [F in Field]: { message: TimelineMessageFragment } }>,
  field: Field,
): Answer {
  return { message: data?.[field].message, error: error ?? null };
}
