/**
 * Finds sockets whose other end is gone: each is pinged once in a round, and terminated where the next
 * round finds the ping unanswered. One timer serves all sockets, a part of them at each of its ticks.
 */
import type { WebSocket } from 'ws';

const TICK_MS = 1_000;
/** A round: well below the minute after which proxies cut what is silent, and few enough pings to cost next to nothing. */
export const TICKS = 20;
/** A socket that has not said who it is by then is closed, as in the protocol. */
const GREETING_MS = 3_000;
const GREETING_TIMEOUT = 4408;

export class KeepAlive {
  readonly #parts = Array.from({ length: TICKS }, () => new Set<WebSocket>());
  readonly #unanswered = new Set<WebSocket>();
  /** Since when they have been silent, the oldest first. */
  readonly #silent = new Map<WebSocket, number>();
  readonly #answered: (this: WebSocket) => void;
  #timer: NodeJS.Timeout | null = null;
  #count = 0;
  #tick = 0;
  #added = 0;

  constructor() {
    const unanswered = this.#unanswered;
    this.#answered = function () {
      unanswered.delete(this);
    };
  }

  add(ws: WebSocket): void {
    this.#parts[this.#added++ % TICKS]!.add(ws);
    this.#silent.set(ws, performance.now());
    ws.on('pong', this.#answered);
    this.#count++;
    this.#timer ??= setInterval(() => this.#check(), TICK_MS).unref();
  }

  /** It has said who it is. */
  greeted(ws: WebSocket): void {
    this.#silent.delete(ws);
  }

  delete(ws: WebSocket): void {
    for (const part of this.#parts) part.delete(ws);
    this.#unanswered.delete(ws);
    this.#silent.delete(ws);
    if (--this.#count > 0) return;
    clearInterval(this.#timer!);
    this.#timer = null;
  }

  #check(): void {
    for (const [ws, since] of this.#silent) {
      if (performance.now() - since < GREETING_MS) break;
      this.#silent.delete(ws);
      ws.close(GREETING_TIMEOUT, 'Connection initialisation timeout');
    }
    for (const ws of this.#parts[this.#tick++ % TICKS]!) {
      if (this.#unanswered.has(ws)) ws.terminate();
      else {
        this.#unanswered.add(ws);
        if (ws.readyState === ws.OPEN) ws.ping();
      }
    }
  }
}
