/**
 * Waits that end early when there is reason to think that the next try will succeed: the network came back, the page
 * is looked at again, the socket opened. One per client; `close()` ends every wait.
 */
import { surroundings } from './browser.ts';

export class Wakeup {
  #waiting = new Set<() => void>();
  #abort = new AbortController();

  constructor() {
    const { signal } = this.#abort;
    const { document } = surroundings;
    surroundings.addEventListener?.('online', () => this.wake(), { signal });
    document?.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && this.wake(),
      { signal },
    );
  }

  /** Resolves after `ms`, at the next sign of hope, or when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
      signal?.addEventListener('abort', done);
      if (signal?.aborted || this.#abort.signal.aborted) done();
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
