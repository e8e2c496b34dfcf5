import { Pull } from './pull.ts';

/**
 * A stream of what something is now, for readers who want to know how it stands and not how it came to
 * that: between two reads any number of changes become one, so that there is no queue.
 */
export class Latest<Value> extends Pull<Value> {
  readonly #read: () => Value | null;
  readonly #gatherMs: number;
  #isStale = true;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param read what is to be told now, null for nothing; the first time at once.
   * @param gatherMs how long a change waits for others.
   */
  constructor(read: () => Value | null, gatherMs: number) {
    super();
    this.#read = read;
    this.#gatherMs = gatherMs;
    this.onEnd(() => this.#timer && clearTimeout(this.#timer));
  }

  /** What is read has changed. */
  touch(): void {
    if (this.isEnded || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#isStale = true;
      this.wake();
    }, this.#gatherMs).unref();
  }

  protected take(): Value | null {
    if (!this.#isStale) return null;
    this.#isStale = false;
    return this.#read();
  }
}
