import type { ConnectionState } from '../../../../client/src/transport.ts';

const PATIENCE_MS = 5000;

/**
 * Whether live events arrive, as far as a person should know: an interruption is mentioned only once it has lasted
 * five seconds, since most are over before they matter.
 */
export class Connection {
  /** True from five seconds into an interruption to its end. */
  lost = $state(false);
  /** Ends the session in the interface: the server no longer knows it. */
  sessionEnded = $state(false);
  /** Set while the reader logs out here, who is on the way to the login page already. */
  loggingOut = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The server refused the session. */
  refused(): void {
    if (!this.loggingOut) this.sessionEnded = true;
  }

  /** The socket's state has changed. */
  follow(state: ConnectionState): void {
    if (state === 'connected') this.#opened();
    else if (state === 'unauthenticated') this.refused();
    else if (state !== 'idle') this.#interrupted();
  }

  #opened(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.lost = false;
  }

  #interrupted(): void {
    this.#timer ??= setTimeout(() => (this.lost = true), PATIENCE_MS);
  }
}
