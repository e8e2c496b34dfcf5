/**
 * Subscriptions over one WebSocket, which is opened for the first and closed a while after the last. It owns the socket,
 * the retries and the position of every subscription. Invariants: a subscription ends only by its reader, by the
 * server's `complete` or `error`, or with the session; every other loss is retried for ever, from the last cursor.
 * `close()` completes all of them.
 */
import { createClient } from 'graphql-ws/client';
import { backoffMs } from './backoff.ts';
import { surroundings } from './browser.ts';
import { type GraphQLFault, ParleyError, refusalOf } from './error.ts';
import { advance, resumable, type Resumable } from './resume.ts';
import type { Wakeup } from './wakeup.ts';

const IDLE_MS = 3000;
const PING_EVERY_MS = 12_000;
const PONG_TIMEOUT_MS = 5000;
const CONNECT_TIMEOUT_MS = 15_000;
/** A socket that was open for so long was well: its loss is a first one. */
const STEADY_MS = 10_000;

/** The only close codes that are final. */
const REFUSALS: Record<number, () => ParleyError> = {
  4401: () => new ParleyError('UNAUTHENTICATED', 'The session is over.'),
  4403: () => new ParleyError('FORBIDDEN', 'The server does not let this page connect.'),
};

/**
 * How things stand with the socket: `idle` while nothing needs it, `interrupted` while a lost one is being replaced, and
 * `unauthenticated` (4401) or `forbidden` (4403) after the server has refused it.
 */
export type ConnectionState =
  'idle' | 'connected' | 'interrupted' | 'unauthenticated' | 'forbidden';

/** A class of WebSockets, as browsers have it. */
// A class with a constructor to extend takes any arguments.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type WebSocketClass = new (...args: any[]) => {
  onmessage: unknown;
  addEventListener(type: 'error', listener: () => void): void;
};

export interface TransportOptions {
  /** The address for WebSockets; asked at each connection. */
  url: () => string;
  /** What is sent with each connection. */
  connectionParams?: () => Record<string, unknown>;
  /** The class to use where it is not the global one, such as that of `ws`. */
  WebSocket?: WebSocketClass | undefined;
  wakeup: Wakeup;
  onStateChange?: ((state: ConnectionState) => void) | undefined;
}

export interface Result {
  data?: unknown;
  errors?: readonly GraphQLFault[] | undefined;
}

export interface Sink {
  next(result: Result): void;
  /** The last: refused for good. */
  error(error: ParleyError): void;
  /** The last: ended by the server, or with the transport. */
  complete(): void;
}

export interface Transport {
  /** Runs a subscription, and gives the function that ends it. */
  subscribe(request: Resumable, sink: Sink): () => void;
  /** Replaces the socket, as by one of another session. */
  reconnect(): void;
  close(): void;
}

export function createTransport(options: TransportOptions): Transport {
  const { wakeup, onStateChange } = options;
  const closing = new AbortController();
  const endings = new Set<() => void>();
  let state: ConnectionState = 'idle';
  let losses = 0;
  let connectedAtMs = Infinity;
  let returning: Promise<void> | undefined;
  let pausing = new AbortController();
  let socket: InstanceType<WebSocketClass> | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;

  const tell = (next: ConnectionState) => {
    if (next === state) return;
    state = next;
    onStateChange?.(next);
  };
  // A socket can be dead without having been closed, after sleep above all: no answer means dead.
  const expectAnswer = (ms: number) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => client.terminate(), ms);
  };

  const adopt = (opened: InstanceType<WebSocketClass>) => (socket = opened);
  const { WebSocket: Base = globalThis.WebSocket as WebSocketClass } = options;
  class Socket extends Base {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    constructor(...args: any[]) {
      super(...args);
      adopt(this);
      // To one that is given up before it has opened nobody else listens; `ws` would end the process.
      this.addEventListener('error', () => {});
    }
  }

  const client = createClient({
    url: options.url,
    webSocketImpl: Socket,
    ...(options.connectionParams && { connectionParams: options.connectionParams }),
    lazyCloseTimeout: IDLE_MS,
    keepAlive: PING_EVERY_MS,
    // Coming back is ours: the library takes some codes for final that only mean a server in trouble.
    retryAttempts: 0,
    on: {
      connecting: () => expectAnswer(CONNECT_TIMEOUT_MS),
      connected: () => {
        clearTimeout(watchdog);
        connectedAtMs = performance.now();
        tell('connected');
        wakeup.wake();
      },
      ping: (received) => {
        if (!received) expectAnswer(PONG_TIMEOUT_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(watchdog);
      },
      closed: (event) => {
        clearTimeout(watchdog);
        if (performance.now() - connectedAtMs > STEADY_MS) losses = 0;
        connectedAtMs = Infinity;
        // One that was given up may still bring something.
        if (socket) socket.onmessage = null;
        const { code } = event as { code: number };
        if (code === 4401) tell('unauthenticated');
        else if (code === 4403) tell('forbidden');
        else tell(endings.size > 0 ? 'interrupted' : 'idle');
        // To 1000 the library would come back at once, and again and again.
        if (code === 1000 && endings.size > 0) client.terminate();
      },
    },
  });

  const goneOffline = () => {
    tell('interrupted');
    client.terminate();
  };
  surroundings.addEventListener?.('offline', goneOffline, { signal: closing.signal });

  /** One wait for all that were lost with the socket: they share the next one, and its fate. */
  function pause(): Promise<void> {
    if (!returning) {
      pausing = new AbortController();
      returning = wakeup.sleep(backoffMs(losses++), pausing.signal);
      void returning.then(() => (returning = undefined));
    }
    return returning;
  }

  function subscribe(request: Resumable, sink: Sink): () => void {
    const payload = resumable(request);
    let over = false;
    let dispose = () => {};

    const end = () => {
      over = true;
      endings.delete(complete);
      if (endings.size === 0) pausing.abort();
      dispose();
    };
    const complete = () => {
      end();
      sink.complete();
    };
    const follow = () => {
      dispose = client.subscribe(payload, {
        next(result) {
          if (over) return;
          losses = 0;
          advance(payload, result.data);
          sink.next(result);
        },
        error(cause) {
          if (over) return;
          const refusal = finalRefusal(cause);
          if (!refusal) return void pause().then(() => over || follow());
          end();
          sink.error(refusal);
        },
        complete() {
          if (!over) complete();
        },
      });
    };

    if (closing.signal.aborted) complete();
    else {
      endings.add(complete);
      follow();
    }
    return end;
  }

  return {
    subscribe,
    reconnect: () => client.terminate(),
    close() {
      closing.abort();
      for (const complete of [...endings]) complete();
      clearTimeout(watchdog);
      if (state === 'connected') void client.dispose();
      else client.terminate();
    },
  };
}

function finalRefusal(cause: unknown): ParleyError | undefined {
  if (Array.isArray(cause)) return refusalOf(cause as GraphQLFault[]);
  const { code } = (cause ?? {}) as { code?: number };
  return code === undefined ? undefined : REFUSALS[code]?.();
}
