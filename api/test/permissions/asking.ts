/** How the operations and routes of the tables are asked for, and how what comes of it becomes a letter. */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Answer, ask } from '../client.ts';

const LETTERS: Record<string, string> = {
  FORBIDDEN: 'F',
  NOT_FOUND: 'N',
  UNAUTHENTICATED: 'U',
  CONFLICT: 'C',
  INVALID_INPUT: 'I',
};

/** What nobody's socket is closed with: a session that is over, and a cookie from a page of another origin. */
const CLOSED_TO_NOBODY = [4401, 4403];

export async function outcomeOfOperation(
  url: string,
  query: string,
  variables: object,
  headers: Record<string, string>,
): Promise<string> {
  const isLive = query.startsWith('subscription');
  return letterOf(await (isLive ? firstOf : ask)(url, query, variables, headers));
}

export function letterOf({ data, errors }: Pick<Answer, 'data' | 'errors'>): string {
  if (errors) return LETTERS[errors[0]!.extensions?.code ?? ''] ?? errors[0]!.message;
  return Object.values(data!).every(isNothing) ? '-' : '+';
}

/** Null, an empty list, or a connection without anything in it; a list of one's own may be empty. */
function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  const edges = (value as { edges?: unknown[]; pageInfo?: object } | null)?.edges;
  return value === null || (edges?.length === 0 && !(value as { pageInfo?: object }).pageInfo);
}

/** What a subscription gives first, over WebSocket. */
async function firstOf(
  url: string,
  query: string,
  variables: object,
  headers: Record<string, string>,
): Promise<Answer> {
  class Socket extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol, { headers });
    }
  }
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: Socket,
    retryAttempts: 0,
  });
  try {
    for await (const result of client.iterate({ query, variables: { ...variables } })) {
      return result as unknown as Answer;
    }
    return { data: null, errors: [{ message: 'ended' }] };
  } catch (error) {
    if (Array.isArray(error)) return { data: null, errors: error };
    const { code } = error as { code?: number };
    if (!CLOSED_TO_NOBODY.includes(code!)) throw error;
    const message = 'The socket was closed.';
    return { data: null, errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] };
  } finally {
    await client.dispose();
  }
}
