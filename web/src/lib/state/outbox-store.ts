import type { Outgoing } from './outgoing.ts';

type SharedStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * The unsent messages of one account, kept across reloads and shared by its tabs. Each has a storage key of its own:
 * a tab never rewrites another's, so tabs that write at the same moment lose nothing. Where storage is full or
 * forbidden, messages are kept for as long as the page lives.
 */
export class OutboxStore {
  readonly prefix: string;
  readonly #storage: SharedStorage;
  readonly #unsaved = new Map<string, Outgoing>();

  constructor(storage: SharedStorage, userId: string) {
    this.#storage = storage;
    this.prefix = `parley:outbox:${userId}:`;
  }

  /** All of them, in the order in which they were written. */
  list(): Outgoing[] {
    const found = new Map(this.#unsaved);
    for (let index = 0; index < this.#storage.length; index++) {
      const key = this.#storage.key(index);
      if (!key?.startsWith(this.prefix)) continue;
      const outgoing = parse(this.#storage.getItem(key));
      if (outgoing) found.set(key, outgoing);
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, outgoing]) => outgoing);
  }

  put(outgoing: Outgoing): void {
    const key = this.#keyOf(outgoing);
    try {
      this.#storage.setItem(key, JSON.stringify(outgoing));
      this.#unsaved.delete(key);
    } catch {
      this.#unsaved.set(key, outgoing);
    }
  }

  /** Changes a message unless it is gone: sent by another tab, or deleted by its author meanwhile. */
  update(outgoing: Outgoing): void {
    const key = this.#keyOf(outgoing);
    if (this.#unsaved.has(key) || this.#storage.getItem(key) !== null) this.put(outgoing);
  }

  remove(outgoing: Outgoing): void {
    const key = this.#keyOf(outgoing);
    this.#unsaved.delete(key);
    this.#storage.removeItem(key);
  }

  #keyOf({ createdAt, idempotencyKey }: Outgoing): string {
    return `${this.prefix}${createdAt}:${idempotencyKey}`;
  }
}

function parse(text: string | null): Outgoing | null {
  try {
    return text === null ? null : (JSON.parse(text) as Outgoing);
  } catch {
    return null;
  }
}
