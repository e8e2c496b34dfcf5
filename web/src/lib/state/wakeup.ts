/**
 * Waits that end early when there is reason to think that the next try will succeed: the network came back, the page
 * is looked at again, the socket opened. One per API; `close()` ends every wait.
 */
export class Wakeup {
  #waiting = new Set<() => void>();
  #abort = new AbortController();

  constructor() {
    const { signal } = this.#abort;
    window.addEventListener('online', () => this.wake(), { signal });
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && this.wake(),
      { signal },
    );
  }

  /** Resolves after `ms`, or at the next sign of hope. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
    });
  }

  wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  close(): void {
    this.#abort.abort();
    this.wake();
  }
}
