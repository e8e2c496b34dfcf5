import type { Duplex } from 'node:stream';
import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { type Caller, identify, readToken } from '../context.ts';
import { drained, isBacklogged } from './backlog.ts';

/** RFC 6455's registry: Try Again Later. */
export const TRY_AGAIN = 1013;

/** A session that was looked up so lately is not looked up again; one that is ended closes its sockets. */
const LOOKUP_TTL_MS = 1_000;

/** One WebSocket: what graphql-ws speaks through, and who is at its other end. */
export class Connection implements ProtocolSocket {
  readonly ws: WebSocket;
  /** What lies beneath. */
  readonly tcp: Duplex;
  readonly #app: App;
  #caller: Caller;
  #viewer: Viewer | null = null;
  #lookedUpAt = 0;

  constructor(app: App, ws: WebSocket, tcp: Duplex, caller: Caller) {
    this.#app = app;
    this.ws = ws;
    this.tcp = tcp;
    this.#caller = caller;
  }

  get protocol(): string {
    return this.ws.protocol;
  }

  /** Whether the page of another origin has it opened with the cookie. */
  get isForged(): boolean {
    return this.#caller.isForeign && this.#caller.cookie !== null;
  }

  /** Whether it claims to be somebody. */
  get hasCredentials(): boolean {
    return this.#caller.token !== null || this.#caller.cookie !== null;
  }

  /** Browsers can set no headers of a socket: the same goes into the first message. */
  authorize(authorization: unknown): void {
    if (typeof authorization !== 'string') return;
    this.#caller = { ...this.#caller, token: readToken(authorization) };
  }

  async viewer(): Promise<Viewer> {
    const now = performance.now();
    if (!this.#viewer || now - this.#lookedUpAt > LOOKUP_TTL_MS) {
      this.#viewer = await identify(this.#app, this.#caller);
      this.#lookedUpAt = now;
    }
    return this.#viewer;
  }

  /** Counts what a subscription was given by another way than `send`. */
  delivered(count: number): void {
    this.#app.counters.deliveries += count;
  }

  /** Resolves once the socket can take more, so that whatever is read for it waits. */
  send(data: string): Promise<void> | void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    // A result and its `complete` come one after the other, and go out in one write.
    if (this.tcp.writableCorked === 0) {
      this.tcp.cork();
      process.nextTick(() => this.tcp.uncork());
    }
    this.ws.send(data);
    if (isBacklogged(this.tcp)) return drained(this.tcp);
  }

  close(code: number, reason: string): void {
    this.ws.close(code, reason);
  }

  onMessage(take: (data: string) => Promise<void>): void {
    this.ws.on('message', (data) => {
      take(String(data)).catch((error) => this.fail(error));
    });
  }

  /** `act` is called when the socket closes, at once where it has closed. */
  onClosed(act: () => void): void {
    if (this.ws.readyState === this.ws.CLOSED) act();
    else this.ws.once('close', act);
  }

  /** graphql-ws would close it with 4500, after which clients never come back. */
  fail(error: unknown): void {
    this.#app.log.warn({ err: error }, 'A socket was asked to try again');
    this.close(TRY_AGAIN, 'Try again later');
  }
}
