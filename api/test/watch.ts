/**
 * Readers of a room as an integrator would write them, over WebSocket and over SSE: each keeps the
 * cursor of what it saw last, comes back by itself when it is cut off, and goes on from there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloseEvent, WebSocket } from 'ws';
import { bearer, connect, retryMs } from './client.ts';
import { createSignals } from './signals.ts';

/** A message as the tests compare it. */
export interface Line {
  id: string;
  seq: number;
  body: string;
  idempotencyKey: string;
}

const messageAdded = (more: string) => `
  subscription MessageAdded($roomId: ID!, $after: String) {
    messageAdded(roomId: $roomId, after: $after) {
      cursor
      node { id seq body idempotencyKey ${more} }
    }
  }`;

export interface Watched {
  /** Of the server; a function is asked for each connection. */
  url: string | (() => string);
  token: string;
  roomId: string;
  after: string;
  /** What else is asked of each message. */
  more?: string;
}

export interface Watch {
  /** What came, in the order in which it came. */
  readonly lines: Line[];
  /** When each of them came, by `performance.now()`. */
  readonly arrivals: number[];
  /** Resolves once `count` messages have come. */
  counted(count: number): Promise<void>;
  /** Resolves once a message with this number, or a later one, has come. */
  reached(seq: number): Promise<void>;
  /** Resolves once the connection has ended so often, by whomever. */
  interrupted(times: number): Promise<void>;
  /** Cuts the connection off without a word, as soon as there is one. */
  cut(): Promise<void>;
  /** How often it was cut off. */
  readonly cuts: number;
  /** How each connection has ended: the codes of its sockets. */
  readonly closes: number[];
  /** When, by `performance.now()`. */
  readonly closedAt: number[];
  close(): void;
}

/** Watches over WebSocket. The client sends the same variables again, and so the newest cursor. */
export function watchSocket({ url, token, roomId, after, more = '' }: Watched): Watch {
  const { take, fail, ended, connection, ...gathered } = gather<WebSocket>();
  const variables = { roomId, after };
  const client = connect(url, token);
  client.on('connected', (socket) => connection.open(socket as WebSocket));
  client.on('closed', (event) => ended((event as CloseEvent).code));

  const close = client.subscribe<{ messageAdded: Edge }>(
    { query: messageAdded(more), variables },
    {
      next({ data, errors }) {
        if (!data || errors) return fail(new Error(JSON.stringify(errors)));
        variables.after = data.messageAdded.cursor;
        take(data.messageAdded.node);
      },
      error: fail,
      complete: () => fail(new Error('The subscription was completed by the server.')),
    },
  );
  const watch = {
    ...gathered,
    cuts: 0,
    async cut() {
      (await connection.opened()).terminate();
      connection.shut();
      watch.cuts++;
    },
    close,
  };
  return watch;
}

/** Watches over SSE, by the graphql-sse protocol's distinct connections. */
export function watchEvents({ url, token, roomId, after, more = '' }: Watched): Watch {
  const { take, fail, ended, connection, ...gathered } = gather<AbortController>();
  const variables = { roomId, after };
  const closing = new AbortController();

  let retries = 0;
  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      const aborting = new AbortController();
      const signal = AbortSignal.any([aborting.signal, closing.signal]);
      try {
        const response = await subscribe(
          addressOf(url),
          token,
          messageAdded(more),
          variables,
          signal,
        );
        connection.open(aborting);
        await takeAll(response);
      } catch (error) {
        // An error of fetch says that the connection went, rather than that the answer is wrong.
        if (!signal.aborted && !(error instanceof TypeError)) throw error;
      }
      ended(ABNORMAL);
      await sleep(retryMs(retries++));
    }
  }

  async function takeAll(response: Response): Promise<void> {
    for await (const { data, errors } of eventsOf(response)) {
      if (errors?.every(({ extensions }) => extensions?.code === 'UNAVAILABLE')) continue;
      if (!data || errors) throw new Error(JSON.stringify(errors));
      retries = 0;
      variables.after = data.messageAdded.cursor;
      take(data.messageAdded.node);
    }
  }
  follow().catch(fail);

  const watch = {
    ...gathered,
    cuts: 0,
    async cut() {
      (await connection.opened()).abort();
      connection.shut();
      watch.cuts++;
    },
    close: () => closing.abort(),
  };
  return watch;
}

/** RFC 6455, 7.4.1: there was no code. */
const ABNORMAL = 1006;

interface Edge {
  cursor: string;
  node: Line;
}

/** What came, and the connection on which it does, with those who wait for either. */
function gather<Connection>() {
  const lines: Line[] = [];
  const arrivals: number[] = [];
  const closes: number[] = [];
  const closedAt: number[] = [];
  let current: Connection | null = null;
  const { when, tell, fail } = createSignals();
  return {
    lines,
    arrivals,
    closes,
    closedAt,
    take(line: Line) {
      lines.push(line);
      arrivals.push(performance.now());
      tell();
    },
    fail,
    ended(code: number) {
      current = null;
      closes.push(code);
      closedAt.push(performance.now());
      tell();
    },
    connection: {
      open(connection: Connection) {
        current = connection;
        tell();
      },
      shut: () => (current = null),
      async opened(): Promise<Connection> {
        while (!current) await when(() => current !== null);
        return current;
      },
    },
    counted: (count: number) => when(() => lines.length >= count),
    reached: (seq: number) => when(() => (lines.at(-1)?.seq ?? 0) >= seq),
    interrupted: (times: number) => when(() => closes.length >= times),
  };
}

const addressOf = (url: Watched['url']) => (typeof url === 'string' ? url : url());

interface EventResult {
  data?: { messageAdded: Edge };
  errors?: { extensions?: { code?: string } }[];
}

function subscribe(
  url: string,
  token: string,
  query: string,
  variables: object,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...bearer(token),
    },
    body: JSON.stringify({ query, variables }),
    signal,
  });
}

/** The results that a text/event-stream carries, up to its `complete`. */
export async function* eventsOf<Result = EventResult>(response: Response): AsyncGenerator<Result> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (rest + chunk).split('\n\n');
    rest = events.pop()!;
    for (const event of events) {
      if (/^event: complete$/m.test(event)) return;
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data) yield JSON.parse(data) as Result;
    }
  }
}
