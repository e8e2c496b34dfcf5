/**
 * A stream that holds nothing: each reading asks what there is to tell by then, and waits to be woken where
 * there is nothing. `return` ends it at once, also while a `next` waits, and so does `fail`.
 */
export abstract class Pull<Value> implements AsyncIterableIterator<Value, undefined> {
  readonly #endings: (() => void)[] = [];
  #isEnded = false;
  #failure: Error | null = null;
  #wake: () => void = () => {};

  /** What is to be told now; null for nothing. */
  protected abstract take(): Value | null;

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** There is something to take. */
  protected wake(): void {
    this.#wake();
  }

  async next(): Promise<IteratorResult<Value, undefined>> {
    while (!this.#isEnded) {
      const value = this.take();
      if (value !== null) return { done: false, value };
      await new Promise<void>((resolve) => (this.#wake = resolve));
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
    this.#wake();
    for (const act of this.#endings) act();
  }
}
