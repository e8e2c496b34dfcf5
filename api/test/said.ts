/** What was said in a room: sending it, reading it back from both ends, and comparing it. */
import { run } from './client.ts';
import type { Line } from './watch.ts';

/** The mutation of a message, given `input`. */
export const SEND = `
  mutation Send($input: SendMessageInput!) {
    sendMessage(input: $input) { message { id seq body idempotencyKey } cursor }
  }`;

export interface Said {
  url: string;
  token: string;
  roomId: string;
}

/** Sends a message and gives what the server acknowledged. */
export async function send(
  { url, token, roomId }: Said,
  body: string,
  idempotencyKey: string,
): Promise<Line> {
  const input = { roomId, body, idempotencyKey };
  const { sendMessage } = await run(url, SEND, { input }, token);
  return sendMessage.message;
}

/** Whether an operation failed on the way, or because the server could not serve it just then. */
export function isWorthRetrying(error: unknown): boolean {
  return error instanceof TypeError || /"code":"UNAVAILABLE"/.test((error as Error).message);
}

/** Where the room's log stands. */
export async function readCursor({ url, token, roomId }: Said): Promise<string> {
  const { node } = await run(url, ROOM_CURSOR, { roomId }, token);
  return node.cursor;
}

const ROOM_CURSOR = 'query ($roomId: ID!) { node(id: $roomId) { ... on Room { cursor } } }';

/** The whole history, paged from its beginning. */
export async function readForwards(room: Said): Promise<Line[]> {
  const lines: Line[] = [];
  for (let after: string | null = null; ;) {
    const { edges, pageInfo } = await readPage(room, { first: PAGE_SIZE, after });
    lines.push(...edges);
    if (!pageInfo.hasNextPage) return lines;
    after = pageInfo.endCursor;
  }
}

/** The whole history, paged from its end, oldest first. */
export async function readBackwards(room: Said): Promise<Line[]> {
  const lines: Line[] = [];
  for (let before: string | null = null; ;) {
    const { edges, pageInfo } = await readPage(room, { last: PAGE_SIZE, before });
    lines.unshift(...edges);
    if (!pageInfo.hasPreviousPage) return lines;
    before = pageInfo.startCursor;
  }
}

const PAGE_SIZE = 300;

async function readPage({ url, token, roomId }: Said, page: object) {
  const { node } = await run(url, PAGE, { roomId, ...page }, token);
  const { edges, pageInfo } = node.messages;
  return { edges: edges.map((edge: { node: Line }) => edge.node) as Line[], pageInfo };
}

const PAGE = `
  query ($roomId: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    node(id: $roomId) {
      ... on Room {
        messages(first: $first, after: $after, last: $last, before: $before) {
          edges { node { id seq body idempotencyKey } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
  }`;

/** How what a reader saw differs from what was said: all zero where they saw it all, once, in order. */
export function compare(seen: Line[], said: Line[]) {
  const ids = new Set(seen.map(({ id }) => id));
  let outOfOrder = 0;
  let newest = 0;
  for (const { seq } of seen) {
    if (seq < newest) outOfOrder++;
    newest = Math.max(newest, seq);
  }
  return {
    lost: said.filter(({ id }) => !ids.has(id)).length,
    double: seen.length - ids.size,
    outOfOrder,
  };
}

export const NOTHING_WRONG = { lost: 0, double: 0, outOfOrder: 0 };
