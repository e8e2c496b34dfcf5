const MAX_KEPT = 6;

/** What was searched for last, kept in this browser only. Storage that is full or forbidden only costs the keeping. */
export class RecentSearches {
  readonly #key: string;

  constructor(userId: string) {
    this.#key = `parley:searches:${userId}`;
  }

  /** The latest first. */
  read(): readonly string[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.#key) ?? '[]');
      return Array.isArray(kept) ? kept.filter((text) => typeof text === 'string') : [];
    } catch {
      return [];
    }
  }

  add(query: string): readonly string[] {
    const kept = [query, ...this.read().filter((text) => text !== query)].slice(0, MAX_KEPT);
    this.#write(kept);
    return kept;
  }

  clear(): readonly string[] {
    this.#write([]);
    return [];
  }

  #write(kept: readonly string[]): void {
    try {
      localStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // They are still on screen.
    }
  }
}
