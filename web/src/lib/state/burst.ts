/** So long things are gathered. */
const FRAME_MS = 16;

/** What comes within a frame is handed on at once: one rendering for all of it. */
export class Burst<Item> {
  #items: Item[] = [];
  #frame: ReturnType<typeof setTimeout> | undefined;
  readonly #take: (items: readonly Item[]) => void;

  /** @param take is given one or more items, in their order */
  constructor(take: (items: readonly Item[]) => void) {
    this.#take = take;
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#frame ??= setTimeout(() => this.flush(), FRAME_MS);
  }

  /** Hands on what there is. */
  flush(): void {
    const items = this.#items;
    this.drop();
    if (items.length > 0) this.#take(items);
  }

  /** Forgets what there is. */
  drop(): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    this.#items = [];
  }
}
