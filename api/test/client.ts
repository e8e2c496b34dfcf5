/** A client of the API as an integrator would write one: fetch, and `graphql-ws` from npm. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface Answer<Data = Record<string, any>> {
  data: Data | null;
  errors?: { message: string; extensions?: { code?: string; [key: string]: unknown } }[];
}

/** Runs an operation; refusals are in `errors`. */
export async function ask<Data = Record<string, any>>(
  url: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<Answer<Data> & { headers: Headers; status: number }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as Answer<Data>;
  return { ...answer, headers: response.headers, status: response.status };
}

/** Runs an operation that must not be refused. */
export async function run<Data = Record<string, any>>(
  url: string,
  query: string,
  variables: object = {},
  token?: string,
): Promise<Data> {
  const answer = await ask<Data>(url, query, variables, token ? bearer(token) : {});
  if (answer.errors || !answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/**
 * A WebSocket client that never gives up; `sockets` are those it has opened. A `url` that is a
 * function is asked for each.
 */
export function connect(
  url: string | (() => string),
  token?: string,
): Client & { sockets: WebSocket[] } {
  const sockets: WebSocket[] = [];
  class Socket extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol);
      sockets.push(this);
    }
  }
  const client = createClient({
    url: () => `${(typeof url === 'string' ? url : url()).replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: Socket,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => sleep(retryMs(retries)),
    shouldRetry: () => true,
    ...(token && { connectionParams: bearer(token) }),
  });
  return Object.assign(client, { sockets });
}

/** How long a client waits before it comes back: at once, and longer where that did not help. */
export const retryMs = (retries: number) => 5 + Math.random() * 20 + Math.min(retries, 10) * 15;
