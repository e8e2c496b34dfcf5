import type { Client } from '@urql/core';
import { type Query, queryAt } from './completion.ts';
import type { Writing } from './edits.ts';
import { type Suggestion, suggest } from './suggest.ts';

/** So long typing must pause before the server is asked. */
const PAUSE_MS = 90;

/**
 * The list in which one of a room's composers completes `@`, `#` and `:`. It never offers what does not match what stands
 * there now: what it had is narrowed at once, and answers that come after the text has changed are dropped. Esc keeps it
 * away until another sign is typed. Its owner closes it.
 */
export class Completer {
  query: Query | null = $state.raw(null);
  suggestions: Suggestion[] = $state.raw([]);
  active = $state(0);

  readonly #client: Client;
  readonly #slug: string;
  /** Where the sign stands that was refused by Esc, or is completed. */
  #refused: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, slug: string) {
    this.#client = client;
    this.#slug = slug;
  }

  get isOpen(): boolean {
    return this.suggestions.length > 0;
  }

  /** To be told of every change of the text, of the selection, and of the focus (null: none). */
  follow(writing: Writing | null): void {
    const query = writing && queryAt(writing);
    if (query?.from !== this.#refused) this.#refused = null;
    if (!query || query.from === this.#refused) return this.close();
    const before = this.query;
    const goesOn = before?.sign === query.sign && before.from === query.from;
    if (goesOn && before.word === query.word) return;
    this.query = query;
    this.#show(goesOn ? this.suggestions.filter((one) => mentions(one, query.word)) : []);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(query), goesOn ? PAUSE_MS : 0);
  }

  async #ask(query: Query): Promise<void> {
    const suggestions = await suggest(this.#client, this.#slug, query);
    if (this.query === query) this.#show(suggestions);
  }

  #show(suggestions: Suggestion[]): void {
    const chosen = this.active > 0 ? this.suggestions[this.active]?.insert : undefined;
    this.suggestions = suggestions;
    this.active = Math.max(
      0,
      suggestions.findIndex(({ insert }) => insert === chosen),
    );
  }

  /** Does what a key means in the list. Gives whether it means anything there. */
  press(event: KeyboardEvent, accept: (suggestion: Suggestion) => void): boolean {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (!this.isOpen || shiftKey || ctrlKey || metaKey || altKey) return false;
    if (key === 'Escape') this.refuse();
    else if (key === 'ArrowUp' || key === 'ArrowDown') this.#move(key === 'ArrowUp' ? -1 : 1);
    else if (key === 'Tab' || key === 'Enter') accept(this.suggestions[this.active]!);
    else return false;
    return true;
  }

  #move(step: 1 | -1): void {
    const { length } = this.suggestions;
    this.active = (this.active + step + length) % length;
  }

  /** Until another sign is typed. */
  refuse(): void {
    this.#refused = this.query?.from ?? null;
    this.close();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.query = null;
    this.suggestions = [];
    this.active = 0;
  }
}

const mentions = ({ insert, name }: Suggestion, word: string) =>
  `${insert} ${name}`.toLowerCase().includes(word.toLowerCase());
