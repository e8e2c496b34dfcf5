/**
 * What the author of a text should know before it is sent: that it names somebody who is not in the room, and how many
 * it calls on. Names are looked up while the typing pauses; a text that is sent sooner does not wait for that, and its author is
 * told afterwards.
 */
import { SvelteSet } from 'svelte/reactivity';
import { parseContent } from '../../../../../../../text/content.ts';
import { mentionsIn } from '../../../../../../../text/plain.ts';
import type { RoomHeaderFragment } from '#lib/graphql/generated/graphql.ts';
import type { PeopleNames } from '#lib/state/names.svelte.ts';
import { callOf } from './everyone.ts';

const PAUSE_MS = 100;
/** More people are called on only once their number has been seen. */
const CALLED_UNASKED = 10;

export class Warnings {
  /** The text was sent, and waits for its author to say that they mean it. */
  asking = $state(false);
  readonly #people: PeopleNames;
  readonly #room: () => RoomHeaderFragment;
  readonly #text: () => string;
  /** The names that were looked up for this text. */
  readonly #asked = new SvelteSet<string>();
  readonly #names: readonly string[] = $derived.by(() => namesIn(this.#text()));
  readonly #call = $derived.by(() => callOf(this.#text()));
  /** Display names of those who will not be told. */
  readonly outsiders: readonly string[] = $derived.by(() =>
    // What an earlier text found may be old.
    this.#outsidersOf(this.#names.filter((name) => this.#asked.has(name))),
  );

  constructor(people: PeopleNames, room: () => RoomHeaderFragment, text: () => string) {
    this.#people = people;
    this.#room = room;
    this.#text = text;
  }

  /** How the text calls on everybody, and whether that means anything here. */
  get call(): { sign: '@all' | '@here'; count: number; isHeard: boolean } | null {
    if (!this.#call) return null;
    const { memberCount, viewerCan } = this.#room();
    return { sign: this.#call, count: memberCount, isHeard: viewerCan.mentionAll };
  }

  /** Whether the author is to be asked first. */
  get question(): boolean {
    const { call } = this;
    return this.outsiders.length > 0 || Boolean(call?.isHeard && call.count > CALLED_UNASKED);
  }

  /** Whether some of the names are not known yet. */
  get unchecked(): boolean {
    return this.#names.some(
      (name) => !this.#asked.has(name) || this.#people.find(name) === undefined,
    );
  }

  /** Looks names up once the typing pauses. Call in an effect; gives what ends it. */
  follow(): (() => void) | undefined {
    const names = this.#names;
    if (names.length === 0) return undefined;
    const timer = setTimeout(() => void this.#ask(names), PAUSE_MS);
    return () => clearTimeout(timer);
  }

  /** Looks the names of this text up. Resolves with the display names of those who are not told. */
  async lookUp(): Promise<string[]> {
    const names = this.#names;
    await this.#ask(names);
    return this.#outsidersOf(names);
  }

  /** The text was sent, and the next one begins. */
  sent(): void {
    this.asking = false;
    this.#asked.clear();
  }

  #outsidersOf(names: readonly string[]): string[] {
    return names.flatMap((name) => {
      const found = this.#people.find(name);
      return found && !found.isMember ? [found.user.displayName] : [];
    });
  }

  /** Who was no member when an earlier text named them may be one by now. */
  #ask(names: readonly string[]): Promise<void> {
    const added = names.filter((name) => !this.#asked.has(name));
    this.#people.forgetStrangers(added);
    for (const name of added) this.#asked.add(name);
    return this.#people.want(names);
  }
}

/** `Ann and Bob are`. */
export function areOrIs(names: readonly string[], [one, many] = ['is', 'are']): string {
  return `${new Intl.ListFormat('en-GB').format(names)} ${names.length === 1 ? one : many}`;
}

/** The usernames that a text mentions, in lower case, each once. */
function namesIn(text: string): string[] {
  if (!text.includes('@')) return [];
  const people = mentionsIn(parseContent(text)).filter(({ kind }) => kind === 'USER');
  return [...new Set(people.map(({ name }) => name.toLowerCase()))];
}
