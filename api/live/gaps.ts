import type { Topic } from './bus.ts';

/** Those who begin to listen at about the same time are asked about in one query. */
const GATHER_MS = 100;

/**
 * The topics of whose hints some may have been missed, since they are carried to this process from
 * now on only: whoever relies on hints asks the database about them.
 */
export class Gaps {
  readonly #asks = new Set<(topics: Iterable<Topic>) => void>();
  #topics = new Set<Topic>();
  #timer: NodeJS.Timeout | null = null;

  onGap(ask: (topics: Iterable<Topic>) => void): void {
    this.#asks.add(ask);
  }

  add(topic: Topic): void {
    this.#topics.add(topic);
    this.#timer ??= setTimeout(() => this.#tell(), GATHER_MS).unref();
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#asks.clear();
  }

  #tell(): void {
    const topics = this.#topics;
    this.#topics = new Set();
    this.#timer = null;
    for (const ask of this.#asks) ask(topics);
  }
}
