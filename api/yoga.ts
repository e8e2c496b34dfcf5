/** GraphQL over HTTP and SSE, and GraphiQL. */
import type { ServerResponse } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { createYoga } from 'graphql-yoga';
import type { App } from './app.ts';
import { type Context, identify, readCaller, takeOperation } from './context.ts';
import { GRAPHIQL_EXAMPLE } from './graphiql-example.ts';
import type { Work } from './drain.ts';
import { maskError } from './masking.ts';
import { endAtOutage, tellFailure } from './outage.ts';
import { schema } from './schema.ts';

export const ENDPOINT = '/graphql';
/** A message of 8,000 characters takes at most 96 kB in JSON. */
const MAX_BODY_BYTES = 1024 * 1024;

/** What the server knows of a request and Yoga does not. */
export interface Arrival {
  address: string;
  /** Set-Cookie headers that the answer is to carry. */
  cookies: string[];
}

export type Yoga = ReturnType<typeof createGraphQL>;

export function createGraphQL(app: App, work: Work) {
  return createYoga<Arrival, Context>({
    schema,
    graphqlEndpoint: ENDPOINT,
    context: async ({ request, address, cookies }) => {
      const caller = readCaller(app, (name) => request.headers.get(name), address);
      const viewer = await identify(app, caller);
      await takeOperation(app, viewer);
      return { app, viewer, setCookie: (header) => cookies.push(header) };
    },
    maskedErrors: { maskError: (error) => maskError(error, app.log) },
    // Pages of other origins may use tokens, never the cookie.
    cors: { origin: '*', credentials: false },
    graphiql: {
      title: 'Parley · GraphiQL',
      favicon: '/favicon.svg',
      credentials: 'same-origin',
      subscriptionsProtocol: 'WS',
      defaultQuery: GRAPHIQL_EXAMPLE,
    },
    renderGraphiQL,
    landingPage: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    // What is worth a line is logged where it is masked.
    logging: false,
    plugins: [
      endAtOutage,
      tellFailure,
      work.plugin,
      {
        onResponse({ response, serverContext }) {
          const { cookies, res } = serverContext as unknown as Arrival & { res?: ServerResponse };
          for (const cookie of cookies) response.headers.append('set-cookie', cookie);
          // A page's own requests do not leave the process, and have none.
          const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
          if (isStream && res && !res.destroyed) res.once('close', app.counters.connect());
        },
      },
    ],
  });
}
