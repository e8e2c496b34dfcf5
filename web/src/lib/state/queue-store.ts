/** Something that waits to be sent. */
export interface Queued {
  idempotencyKey: string;
  /** When it was made, as ISO 8601; also its place in the queue. */
  createdAt: string;
  /** Why the server refused it; null while it is still to be sent. */
  failure: string | null;
}

type SharedStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * What one account has not sent, kept across reloads and shared by its tabs. Each item has a storage key of its own:
 * a tab never rewrites another's, so tabs that write at the same moment lose nothing. Where storage is full or
 * forbidden, items are kept for as long as the page lives.
 */
export class QueueStore<Item extends Queued> {
  readonly prefix: string;
  readonly #storage: SharedStorage;
  readonly #unsaved = new Map<string, Item>();

  /** @param name tells the queues of an account apart */
  constructor(storage: SharedStorage, name: string, userId: string) {
    this.#storage = storage;
    this.prefix = `parley:${name}:${userId}:`;
  }

  /** All of them, in the order in which they were made. */
  list(): Item[] {
    const found = new Map(this.#unsaved);
    for (let index = 0; index < this.#storage.length; index++) {
      const key = this.#storage.key(index);
      if (!key?.startsWith(this.prefix)) continue;
      const item = parse<Item>(this.#storage.getItem(key));
      if (item) found.set(key, item);
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  put(item: Item): void {
    const key = this.#keyOf(item);
    try {
      this.#storage.setItem(key, JSON.stringify(item));
      this.#unsaved.delete(key);
    } catch {
      this.#unsaved.set(key, item);
    }
  }

  /** Changes an item unless it is gone: sent by another tab, or taken back meanwhile. */
  update(item: Item): void {
    const key = this.#keyOf(item);
    if (this.#unsaved.has(key) || this.#storage.getItem(key) !== null) this.put(item);
  }

  remove(item: Item): void {
    const key = this.#keyOf(item);
    this.#unsaved.delete(key);
    this.#storage.removeItem(key);
  }

  #keyOf({ createdAt, idempotencyKey }: Item): string {
    return `${this.prefix}${createdAt}:${idempotencyKey}`;
  }
}

function parse<Item>(text: string | null): Item | null {
  try {
    return text === null ? null : (JSON.parse(text) as Item);
  } catch {
    return null;
  }
}
