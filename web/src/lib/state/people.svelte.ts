/**
 * What the people who are on screen are called, how they look and what they are about, as it changes. Messages and
 * lists bring people as they were; whoever shows somebody asks here for what is newer. One subscription for all of
 * them, which is made anew only for somebody it does not know of.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Api } from '#lib/graphql/api.ts';
import { PeopleChangedDocument, type PersonPartsFragment } from '#lib/graphql/generated/graphql.ts';
import { keepSubscribed } from '#lib/graphql/keep-subscribed.ts';

const SETTLE_MS = 50;
/** As many as the server tells of at a time. */
const MOST_WATCHED = 500;
/** How exactly the ends of statuses are kept. */
const TICK_MS = 30_000;

export type CustomStatus = NonNullable<PersonPartsFragment['customStatus']>;

export class People {
  readonly #api: Api;
  readonly #known = new SvelteMap<string, PersonPartsFragment>();
  /** How many show each of them. */
  readonly #watched = new Map<string, number>();
  #asked = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop = () => {};
  #now = $state(Date.now());
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Somebody with what is known of them by now. */
  current<User extends { id: string }>(user: User): User & Partial<PersonPartsFragment> {
    const known = this.#known.get(user.id);
    return known ? { ...user, ...known } : user;
  }

  /** What somebody is about, until it is over. */
  statusOf(userId: string): CustomStatus | null {
    const status = this.#known.get(userId)?.customStatus;
    if (!status || (status.until && Date.parse(status.until) <= this.#now)) return null;
    return status;
  }

  /** Takes what the answer to a change says, before the news of it comes. */
  take(person: PersonPartsFragment): void {
    this.#known.set(person.id, person);
  }

  /** Keeps `current` up to date for these people. Gives the function that stops it. */
  watch(userIds: readonly string[]): () => void {
    for (const id of userIds) this.#watched.set(id, (this.#watched.get(id) ?? 0) + 1);
    if (userIds.some((id) => !this.#asked.has(id))) this.#settle();
    return () => {
      for (const id of userIds) {
        const count = this.#watched.get(id)! - 1;
        if (count > 0) this.#watched.set(id, count);
        else this.#watched.delete(id);
      }
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#ticking);
    this.#stop();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#subscribe(), SETTLE_MS);
  }

  #subscribe(): void {
    const userIds = [...this.#watched.keys()].slice(0, MOST_WATCHED);
    if (userIds.every((id) => this.#asked.has(id))) return;
    this.#asked = new Set(userIds);
    this.#ticking ??= setInterval(() => (this.#now = Date.now()), TICK_MS);
    const stop = this.#stop;
    this.#stop = keepSubscribed(
      this.#api,
      PeopleChangedDocument,
      { userIds },
      ({ peopleChanged }) => {
        this.#now = Date.now();
        for (const person of peopleChanged) this.#known.set(person.id, person);
      },
    );
    stop();
  }
}
