import { SvelteMap } from 'svelte/reactivity';

/**
 * Answers by key, each asked for once: what is wanted within one turn is asked for together. What could not be asked is
 * asked for again when it is next wanted.
 */
export class Lookup<Value> {
  readonly #known = new SvelteMap<string, Value | null>();
  readonly #asked = new Map<string, Promise<void>>();
  #wanted: Set<string> | null = null;
  #turn: Promise<void> = Promise.resolve();
  readonly #ask: (keys: string[]) => Promise<ReadonlyMap<string, Value> | null>;
  readonly #size: number;

  /**
   * @param ask gives what it found, by key; null where the server was not reached
   * @param size how many are asked for at once
   */
  constructor(ask: (keys: string[]) => Promise<ReadonlyMap<string, Value> | null>, size: number) {
    this.#ask = ask;
    this.#size = size;
  }

  /** What is known of a key: null where there is nothing, undefined where it is not known yet. */
  get(key: string): Value | null | undefined {
    return this.#known.get(key);
  }

  /** Asks for what is not known yet. Resolves once it is, or could not be asked. */
  async want(keys: Iterable<string>): Promise<void> {
    const waits: Promise<void>[] = [];
    for (const key of keys) {
      if (this.#known.has(key)) continue;
      const asked = this.#asked.get(key) ?? this.#queue(key);
      waits.push(asked);
    }
    await Promise.all(waits);
  }

  /** What was known of a key may be otherwise by now. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  #queue(key: string): Promise<void> {
    if (!this.#wanted) {
      this.#wanted = new Set();
      this.#turn = Promise.resolve().then(() => this.#askAll());
    }
    this.#wanted.add(key);
    this.#asked.set(key, this.#turn);
    return this.#turn;
  }

  async #askAll(): Promise<void> {
    const keys = [...(this.#wanted ?? [])];
    this.#wanted = null;
    for (let from = 0; from < keys.length; from += this.#size) {
      const asked = keys.slice(from, from + this.#size);
      const found = await this.#ask(asked);
      for (const key of asked) {
        this.#asked.delete(key);
        if (found) this.#known.set(key, found.get(key) ?? null);
      }
    }
  }
}
