/** Whom the viewer has blocked, and which of their messages the viewer wanted to see nevertheless, in this tab. */
import { SvelteSet } from 'svelte/reactivity';
import type { Api } from '#lib/graphql/api.ts';
import {
  BlockUserDocument,
  UnblockUserDocument,
  type BlockedUserFragment,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';

/** A message as far as it matters who wrote it. */
interface Written {
  id?: string;
  author: { id: string };
}

export class Blocks {
  #people: readonly BlockedUserFragment[] = $state.raw([]);
  readonly #ids = $derived(new Set(this.#people.map(({ id }) => id)));
  readonly #shown = new SvelteSet<string>();
  readonly #api: Api;

  constructor(api: Api, people: readonly BlockedUserFragment[]) {
    this.#api = api;
    this.#people = people;
  }

  /** The latest first. */
  get people(): readonly BlockedUserFragment[] {
    return this.#people;
  }

  has(userId: string): boolean {
    return this.#ids.has(userId);
  }

  /** Whether a message is folded away. */
  hides({ id, author }: Written): boolean {
    return this.has(author.id) && !(id && this.#shown.has(id));
  }

  /** Unfolds a message of somebody who is blocked. */
  show(messageId: string): void {
    this.#shown.add(messageId);
  }

  /** Gives what went wrong, in words; null where nothing did. */
  async block(user: BlockedUserFragment): Promise<string | null> {
    const input = { userId: user.id };
    const { error } = await this.#api.client.mutation(BlockUserDocument, { input });
    if (error) return refusalOf(error).message;
    this.#people = [user, ...this.#people.filter(({ id }) => id !== user.id)];
    this.#shown.clear();
    return null;
  }

  /** Likewise. */
  async unblock(userId: string): Promise<string | null> {
    const { error } = await this.#api.client.mutation(UnblockUserDocument, { input: { userId } });
    if (error) return refusalOf(error).message;
    this.#people = this.#people.filter(({ id }) => id !== userId);
    return null;
  }
}
