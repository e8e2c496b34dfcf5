/**
 * Screens: clients that do what `docs/api.md` asks of one that shows a room. Each loads a page with
 * the room's cursor, follows from there, comes back to where it was when it is cut off, and loads
 * afresh when it is told RESYNC_REQUIRED.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, bearer } from '../api/test/client.ts';
import { openSocket } from '../api/test/raw-socket.ts';
import { eventsOf, type Line } from '../api/test/watch.ts';

/** What a screen may hold; a page has no more. */
export const SCREEN_LINES = 500;
const RETRY_MS = 25;

export interface Shown {
  url: string;
  token: string;
  roomId: string;
  /** What else is asked of each message; a field of the viewer's own keeps it from being shared. */
  more?: string;
}

export interface Screen {
  /** What it shows, oldest first. */
  readonly lines: Line[];
  /** How often it was told to load afresh. */
  readonly resyncs: number;
  /** What it was answered that it should not have been. */
  readonly wrong: string[];
  /** Turns away from the room until it is asked back; what it shows and its cursor stay. */
  leave(): void;
  comeBack(): void;
  close(): void;
}

interface Edge {
  cursor: string;
  node: Line;
}

interface Result {
  data?: { messageAdded: Edge } | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** How a subscription ended: by itself, cut off, or with this code of an error. */
type End = string | null;
type Subscribe = (
  shown: Shown,
  query: string,
  variables: object,
  next: (result: Result) => void,
  signal: AbortSignal,
) => Promise<End>;

export const showOverSocket = (shown: Shown): Screen => show(shown, subscribeOverSocket);
export const showOverEvents = (shown: Shown): Screen => show(shown, subscribeOverEvents);

function show(shown: Shown, subscribe: Subscribe): Screen {
  const closing = new AbortController();
  let leaving = new AbortController();
  let back = Promise.withResolvers<void>();
  back.resolve();
  let cursor: string | null = null;
  const screen = {
    lines: [] as Line[],
    resyncs: 0,
    wrong: [] as string[],
    leave() {
      back = Promise.withResolvers();
      leaving.abort();
    },
    comeBack() {
      leaving = new AbortController();
      back.resolve();
    },
    close() {
      closing.abort();
      back.resolve();
    },
  };

  const take = ({ data }: Result) => {
    if (!data) return;
    cursor = data.messageAdded.cursor;
    screen.lines.push(data.messageAdded.node);
  };
  const query = `subscription ($roomId: ID!, $after: String) {
    messageAdded(roomId: $roomId, after: $after) {
      cursor node { id seq body idempotencyKey ${shown.more ?? ''} }
    }
  }`;

  async function live(): Promise<void> {
    while (!closing.signal.aborted) {
      await back.promise;
      if (cursor === null) {
        const page = await load(shown).catch(() => null);
        if (page) ({ cursor } = page);
        if (page) screen.lines = page.lines;
        else await sleep(RETRY_MS);
        continue;
      }
      const signal = AbortSignal.any([leaving.signal, closing.signal]);
      const variables = { roomId: shown.roomId, after: cursor };
      const code = await subscribe(shown, query, variables, take, signal);
      if (code === 'RESYNC_REQUIRED') {
        screen.resyncs++;
        cursor = null;
      } else if (code !== null && code !== 'UNAVAILABLE') {
        screen.wrong.push(`a subscription ended with ${code}`);
      }
      if (!signal.aborted) await sleep(RETRY_MS);
    }
  }
  void live();
  return screen;
}

const codeOf = ({ errors }: Result): End => errors?.[0]?.extensions?.code ?? 'an error';

/** A socket for each subscription, by hand: the cursor is kept by the screen. */
const subscribeOverSocket: Subscribe = async ({ url, token }, query, variables, next, signal) => {
  const connection = await openSocket(url, { params: bearer(token) }).catch(() => null);
  if (!connection) return null;
  const cut = () => connection.socket.terminate();
  signal.addEventListener('abort', cut);
  if (signal.aborted) cut();
  try {
    for (;;) {
      const frame = await connection.next();
      if (!frame || frame.type === 'complete') return null;
      if (frame.type === 'connection_ack') {
        connection.send({ type: 'subscribe', id: '1', payload: { query, variables } });
      }
      if (frame.type === 'error') return codeOf({ errors: frame.payload });
      if (frame.type !== 'next') continue;
      if (frame.payload.errors) return codeOf(frame.payload);
      next(frame.payload);
    }
  } finally {
    signal.removeEventListener('abort', cut);
    cut();
  }
};

const subscribeOverEvents: Subscribe = async ({ url, token }, query, variables, next, signal) => {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      signal,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...bearer(token),
      },
      body: JSON.stringify({ query, variables }),
    });
    for await (const result of eventsOf<Result>(response)) {
      if (result.errors) return codeOf(result);
      next(result);
    }
  } catch {
    // Cut off.
  }
  return null;
};

async function load({ url, token, roomId }: Shown) {
  const { data } = await ask(url, PAGE, { roomId, last: SCREEN_LINES }, bearer(token));
  if (!data?.['node']) return null;
  const { cursor, messages } = data['node'];
  return {
    cursor: cursor as string,
    lines: messages.edges.map(({ node }: Edge) => node) as Line[],
  };
}

const PAGE = `query ($roomId: ID!, $last: Int) {
  node(id: $roomId) {
    ... on Room { cursor messages(last: $last) { edges { node { id seq body idempotencyKey } } } }
  }
}`;
