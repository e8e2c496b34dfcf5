/**
 * How the people who are on screen are present. One subscription for all of them: whoever shows somebody
 * watches them for as long, and what is watched is asked for together once it has settled.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Api } from '#lib/graphql/api.ts';
import {
  PresenceChangedDocument,
  type PresencePartsFragment,
} from '#lib/graphql/generated/graphql.ts';
import { keepSubscribed } from '#lib/graphql/keep-subscribed.ts';

const SETTLE_MS = 50;
/** As many as the server tells of at a time. */
const MOST_WATCHED = 500;

export class Presences {
  readonly #api: Api;
  readonly #isBlocked: (userId: string) => boolean;
  readonly #known = new SvelteMap<string, PresencePartsFragment>();
  /** How many show each of them. */
  readonly #watched = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = '';
  #stop = () => {};

  /** @param isBlocked whom nobody is watched for */
  constructor(api: Api, isBlocked: (userId: string) => boolean) {
    this.#api = api;
    this.#isBlocked = isBlocked;
  }

  /** Undefined while it is not known. */
  of(userId: string): PresencePartsFragment | undefined {
    return this.#known.get(userId);
  }

  /** Keeps `of` up to date for these people. Gives the function that stops it. */
  watch(userIds: readonly string[]): () => void {
    for (const id of userIds) this.#watched.set(id, (this.#watched.get(id) ?? 0) + 1);
    this.#settle();
    return () => {
      for (const id of userIds) {
        const count = this.#watched.get(id)! - 1;
        if (count > 0) this.#watched.set(id, count);
        else this.#watched.delete(id);
      }
      this.#settle();
    };
  }

  /** Others are blocked than were before. */
  blocksChanged(): void {
    this.#settle();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#subscribe(), SETTLE_MS);
  }

  #subscribe(): void {
    const userIds = [...this.#watched.keys()]
      .filter((id) => !this.#isBlocked(id))
      .slice(0, MOST_WATCHED)
      .sort();
    if (userIds.join() === this.#asked) return;
    this.#asked = userIds.join();
    for (const id of this.#known.keys()) if (!userIds.includes(id)) this.#known.delete(id);
    this.#stop();
    this.#stop = () => {};
    if (userIds.length === 0) return;
    this.#stop = keepSubscribed(
      this.#api,
      PresenceChangedDocument,
      { userIds },
      ({ presenceChanged }) => {
        for (const presence of presenceChanged) this.#known.set(presence.userId, presence);
      },
    );
  }
}
