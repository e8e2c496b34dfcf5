/**
 * What the viewer is changing of messages that were sent: shown at once, and settled when the server answers. It owns
 * the requests under way. Invariants: for one message and emoji, and for one message's text, there is one request at a
 * time, and the last wish wins. A change that fails is taken back, or stays beside the message for its author to retry.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { CombinedError, OperationResult } from '@urql/core';
import { backoffMs } from '../../../../client/src/backoff.ts';
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
import type { Timeline } from './timeline.svelte.ts';

/** A text that the server has not taken yet. */
export interface PendingEdit {
  body: string;
  /** The server is not reached; it is tried again. */
  waiting: boolean;
  /** Why it was refused; null while it is on its way. */
  failure: string | null;
}

interface Target {
  roomId: string;
  messageId: string;
}

export class Changing {
  /** By message and emoji, see `reactionKey`: whether the viewer wants the reaction. */
  readonly wanted = new SvelteMap<string, boolean>();
  /** By message. */
  readonly edits = new SvelteMap<string, PendingEdit>();
  readonly #api: Api;
  readonly #timelineOf: (roomId: string) => Timeline | undefined;

  constructor(api: Api, timelineOf: (roomId: string) => Timeline | undefined) {
    this.#api = api;
    this.#timelineOf = timelineOf;
  }

  /** Adds a reaction, or takes it back. Gives why it could not be, or null. */
  async react(target: Target, emoji: string, on: boolean): Promise<string | null> {
    const key = reactionKey(target.messageId, emoji);
    const isUnderWay = this.wanted.has(key);
    this.wanted.set(key, on);
    if (isUnderWay) return null;
    try {
      for (let done: boolean | undefined; this.wanted.get(key) !== done;) {
        done = this.wanted.get(key);
        const input = { messageId: target.messageId, emoji };
        const error = await this.#settle(target, async () =>
          done
            ? answer(await this.#api.client.mutation(AddReactionDocument, { input }), 'addReaction')
            : answer(
                await this.#api.client.mutation(RemoveReactionDocument, { input }),
                'removeReaction',
              ),
        );
        if (error) return refusalOf(error).message;
      }
      return null;
    } finally {
      this.wanted.delete(key);
    }
  }

  /** Gives a message another text, however long the server takes to be reached. */
  async edit(target: Target, body: string): Promise<void> {
    const edit: PendingEdit = { body, waiting: false, failure: null };
    this.edits.set(target.messageId, edit);
    const isCurrent = () => this.edits.get(target.messageId)?.body === body;
    for (let attempt = 0; isCurrent(); attempt++) {
      const input = { messageId: target.messageId, body };
      const error = await this.#settle(target, async () =>
        answer(await this.#api.client.mutation(EditMessageDocument, { input }), 'editMessage'),
      );
      if (!isCurrent()) return;
      if (!error) return this.discardEdit(target.messageId);
      const { code, message, retryAfterMs } = refusalOf(error);
      if (!['OFFLINE', 'UNAVAILABLE', 'RATE_LIMITED'].includes(code)) {
        this.edits.set(target.messageId, { ...edit, failure: message });
        return;
      }
      this.edits.set(target.messageId, { ...edit, waiting: true });
      await this.#api.wakeup?.sleep(retryAfterMs ?? backoffMs(attempt));
    }
  }

  discardEdit(messageId: string): void {
    this.edits.delete(messageId);
  }

  /** Deletes a message. Gives why it could not be, or null. */
  async delete(target: Target): Promise<string | null> {
    const input = { messageId: target.messageId };
    const error = await this.#settle(target, async () =>
      answer(await this.#api.client.mutation(DeleteMessageDocument, { input }), 'deleteMessage'),
    );
    if (!error) this.discardEdit(target.messageId);
    return error && refusalOf(error).message;
  }

  /** Pins a message, or takes the pin off. Gives why it could not be, or null. */
  async pin(target: Target, on: boolean): Promise<string | null> {
    const input = { messageId: target.messageId };
    const error = await this.#settle(target, async () =>
      on
        ? answer(await this.#api.client.mutation(PinMessageDocument, { input }), 'pinMessage')
        : answer(await this.#api.client.mutation(UnpinMessageDocument, { input }), 'unpinMessage'),
    );
    return error && refusalOf(error).message;
  }

  async #settle(
    { roomId, messageId }: Target,
    request: () => Promise<Answer>,
  ): Promise<CombinedError | null> {
    const since = this.#timelineOf(roomId)?.recent.of(messageId);
    const { message, error } = await request();
    if (message) this.#timelineOf(roomId)?.replace(message, since);
    return error;
  }
}

export const reactionKey = (messageId: string, emoji: string): string => `${messageId} ${emoji}`;

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
