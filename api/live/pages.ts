/**
 * Pages of one room's log that were read, for a crowd that comes back at once: whoever asks for a page
 * while others do is given what was read for them.
 */
import type { RoomEvent } from './log.ts';

/** A page that nobody has asked for so long is forgotten. */
const IDLE_MS = 1_000;
/** And one that is asked for all the time, after so many times IDLE_MS: messages may be edited. */
const MOST_ROUNDS = 60;
/** A crowd from all over a long log must not hold all of it. */
const MOST_PAGES = 64;

interface Page {
  events: Promise<RoomEvent[]>;
  isAskedFor: boolean;
  rounds: number;
}

export class Pages {
  readonly #pages = new Map<string, Page>();

  /** The page of that name, read by `read` where it is not known. */
  take(name: string, read: () => Promise<RoomEvent[]>): Promise<RoomEvent[]> {
    const known = this.#pages.get(name);
    if (known) {
      known.isAskedFor = true;
      return known.events;
    }
    const page: Page = { events: read(), isAskedFor: false, rounds: 0 };
    this.#pages.set(name, page);
    if (this.#pages.size > MOST_PAGES) this.#pages.delete(this.#pages.keys().next().value!);
    page.events.then(
      () => this.#keep(name, page),
      () => this.#forget(name, page),
    );
    return page.events;
  }

  #keep(name: string, page: Page): void {
    setTimeout(() => {
      if (!page.isAskedFor || ++page.rounds === MOST_ROUNDS) return this.#forget(name, page);
      page.isAskedFor = false;
      this.#keep(name, page);
    }, IDLE_MS).unref();
  }

  #forget(name: string, page: Page): void {
    if (this.#pages.get(name) === page) this.#pages.delete(name);
  }
}
