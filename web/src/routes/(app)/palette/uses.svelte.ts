/** What its person has gone to most and last, kept in this browser only. */

const MAX_KEPT = 200;
/** A use counts half as much after so long. */
const HALF_LIFE_MS = 5 * 24 * 60 * 60 * 1000;

interface Use {
  /** As of `at`. */
  weight: number;
  /** In milliseconds since 1970. */
  at: number;
}

export class Uses {
  #uses: ReadonlyMap<string, Use> = $state.raw(new Map());
  readonly #storageKey: string;

  constructor(userId: string) {
    this.#storageKey = `parley:uses:${userId}`;
  }

  /** Reads what only the browser knows. Call after hydration. */
  load(): void {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.#storageKey) ?? '[]');
      if (Array.isArray(kept)) this.#uses = new Map(kept.filter(isUse));
    } catch {
      // Nothing was used, then.
    }
  }

  /** Something was gone to. */
  add(key: string, now = Date.now()): void {
    const uses = new Map(this.#uses);
    uses.set(key, { weight: this.weightOf(key, now) + 1, at: now });
    if (uses.size > MAX_KEPT) {
      const least = [...uses.keys()].toSorted(
        (a, b) => this.weightOf(a, now) - this.weightOf(b, now),
      );
      uses.delete(least.find((one) => one !== key)!);
    }
    this.#uses = uses;
    try {
      localStorage.setItem(this.#storageKey, JSON.stringify([...uses]));
    } catch {
      // It counts for as long as the page lives.
    }
  }

  /** How much something is used: how often, and of late. 0 for never. */
  weightOf(key: string, now = Date.now()): number {
    const use = this.#uses.get(key);
    return use ? use.weight * 0.5 ** (Math.max(now - use.at, 0) / HALF_LIFE_MS) : 0;
  }
}

function isUse(entry: unknown): entry is [string, Use] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  const { weight, at } = (entry[1] ?? {}) as Partial<Use>;
  return Number.isFinite(weight) && Number.isFinite(at);
}
