/**
 * A stream of what something is now, for readers who want to know how it stands and not how it came to
 * that: between two reads any number of changes become one, so that there is no queue. `return` ends it
 * at once, also while a `next` waits, and so does `fail`.
 */
export class Latest<Value> implements AsyncIterableIterator<Value, undefined> {
  readonly #read: () => Value | null;
  readonly #gatherMs: number;
  readonly #endings: (() => void)[] = [];
  #isStale = true;
  #isEnded = false;
  #failure: Error | null = null;
  #timer: NodeJS.Timeout | null = null;
  #wake: () => void = () => {};

  /**
   * @param read what is to be told now, null for nothing; the first time at once.
   * @param gatherMs how long a change waits for others.
   */
  constructor(read: () => Value | null, gatherMs: number) {
    this.#read = read;
    this.#gatherMs = gatherMs;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** What is read has changed. */
  touch(): void {
    if (this.#isEnded || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#isStale = true;
      this.#wake();
    }, this.#gatherMs).unref();
  }

  async next(): Promise<IteratorResult<Value, undefined>> {
    while (!this.#isEnded) {
      if (this.#isStale) {
        this.#isStale = false;
        const value = this.#read();
        if (value !== null) return { done: false, value };
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
    const failure = this.#failure;
    this.#failure = null;
    if (failure) throw failure;
    return { done: true, value: undefined };
  }

  /** Ends it with an error, which `next` throws once. */
  fail(error: Error): void {
    if (this.#isEnded) return;
    this.#failure = error;
    this.#end();
  }

  async return(): Promise<IteratorResult<Value, undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** `act` is called when it ends, at once where it has ended. */
  onEnd(act: () => void): void {
    if (this.#isEnded) act();
    else this.#endings.push(act);
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#wake();
    for (const act of this.#endings) act();
  }
}
