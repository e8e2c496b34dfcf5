/**
 * Subscriptions over one WebSocket. It owns the socket, the retries and the position of every subscription.
 * Invariants: a subscription ends only by its reader, by the server's `complete` or `error`, or with the session;
 * every other loss is retried for ever, from the last cursor. `close()` ends all of it.
 */
import type { SubscriptionForwarder } from '@urql/core';
import { createClient, type Client } from 'graphql-ws';
import type { Connection } from '#lib/state/connection.svelte.ts';
import type { Wakeup } from '#lib/state/wakeup.ts';
import { backoffMs } from './backoff.ts';
import { advance, resumable } from './resume.ts';

const KEEP_ALIVE_MS = 12_000;
const PONG_TIMEOUT_MS = 5000;
const UNAUTHENTICATED = 4401;
const FORBIDDEN = 4403;

export interface Live {
  forward: SubscriptionForwarder;
  close(): void;
}

export function openLive(connection: Connection, wakeup: Wakeup): Live {
  let closed = false;
  let socket: WebSocket | undefined;
  let pongTimeout: ReturnType<typeof setTimeout> | undefined;

  const client: Client = createClient({
    url: () => new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
    lazyCloseTimeout: 3000,
    keepAlive: KEEP_ALIVE_MS,
    connectionAckWaitTimeout: 10_000,
    retryAttempts: Infinity,
    shouldRetry: () => !closed,
    retryWait: (retries) => wakeup.sleep(backoffMs(retries)),
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      connected: () => {
        connection.opened();
        wakeup.wake();
      },
      closed: (event) => {
        clearTimeout(pongTimeout);
        const { code } = event as CloseEvent;
        if (code === UNAUTHENTICATED) connection.refused();
        else if (code !== 1000 && !closed) connection.interrupted();
      },
      // A socket can be dead without having been closed, after sleep above all: no pong means dead.
      ping: (received) => {
        if (received) return;
        pongTimeout = setTimeout(() => client.terminate(), PONG_TIMEOUT_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimeout);
      },
    },
  });

  const goneOffline = () => {
    connection.interrupted();
    if (socket?.readyState === WebSocket.OPEN) client.terminate();
  };
  window.addEventListener('offline', goneOffline);

  const forward: SubscriptionForwarder = (request) => ({
    subscribe(sink) {
      const payload = resumable(request);
      let over = false;
      let dispose = () => {};
      const follow = (attempt: number) => {
        dispose = client.subscribe(payload, {
          next(result) {
            attempt = 0;
            advance(payload, result.data);
            sink.next(result as Parameters<typeof sink.next>[0]);
          },
          async error(error) {
            // graphql-ws takes some close codes for final that only mean a server in trouble.
            if (isClose(error) && !isFinal(error) && !closed) {
              connection.interrupted();
              await wakeup.sleep(backoffMs(attempt));
              if (!over) follow(attempt + 1);
            } else sink.error(error);
          },
          complete: () => sink.complete(),
        });
      };
      follow(0);
      return {
        unsubscribe() {
          over = true;
          dispose();
        },
      };
    },
  });

  return {
    forward,
    close() {
      closed = true;
      clearTimeout(pongTimeout);
      window.removeEventListener('offline', goneOffline);
      void client.dispose();
    },
  };
}

function isClose(error: unknown): error is CloseEvent | Event {
  return !Array.isArray(error);
}

function isFinal(error: CloseEvent | Event): boolean {
  return 'code' in error && (error.code === UNAUTHENTICATED || error.code === FORBIDDEN);
}
