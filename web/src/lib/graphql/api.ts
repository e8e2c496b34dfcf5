import { Client, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core';
import { createTransport } from '../../../../client/src/transport.ts';
import { Wakeup } from '../../../../client/src/wakeup.ts';
import { Connection } from '#lib/state/connection.svelte.ts';
import { normalizedCache } from './cache.ts';
import { forwardTo } from './live.ts';
import { refusalOf } from './refusal.ts';

/** One visitor's way to the API: on the server for one request, in the browser until the session changes. */
export interface Api {
  client: Client;
  connection: Connection;
  /** Absent on the server, where nothing waits. */
  wakeup: Wakeup | undefined;
  close(): void;
}

/** @param fetch the one of a `load`, so that what the server fetched is not fetched again at hydration */
export function createApi(fetch: typeof globalThis.fetch, browser: boolean): Api {
  const connection = new Connection();
  const wakeup = browser ? new Wakeup() : undefined;
  const transport =
    wakeup &&
    createTransport({
      url: () => new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
      wakeup,
      onStateChange: (state) => connection.follow(state),
    });
  const client = new Client({
    url: '/graphql',
    fetch,
    preferGetMethod: false,
    exchanges: [
      mapExchange({
        onError(error) {
          if (refusalOf(error).code === 'UNAUTHENTICATED') connection.refused();
        },
      }),
      normalizedCache(),
      fetchExchange,
      ...(transport ? [subscriptionExchange({ forwardSubscription: forwardTo(transport) })] : []),
    ],
  });
  return {
    client,
    connection,
    wakeup,
    close() {
      transport?.close();
      wakeup?.close();
    },
  };
}
