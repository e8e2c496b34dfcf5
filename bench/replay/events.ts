import { createClient } from 'graphql-ws';

/** How long the next event may take to come before those that are still due count as missing. */
const NEXT_EVENT_TIMEOUT_MS = 30_000;

const EVENTS = `subscription ($roomId: ID!, $after: String!) {
  roomEvents(roomId: $roomId, after: $after) {
    cursor
    node {
      ... on RoomLogEntry { actor { username } }
      ... on MemberJoined { kind: __typename }
      ... on MemberLeft { kind: __typename }
      ... on MessagePosted { kind: __typename message { body idempotencyKey } }
    }
  }
}`;

export interface FoundEvent {
  /** Missing for kinds that no replay causes. */
  kind?: 'MemberJoined' | 'MemberLeft' | 'MessagePosted';
  actor: { username: string };
  message?: { body: string; idempotencyKey: string };
}

/** The events of a room's log past one cursor and up to another, as a subscription replays them. */
export async function readEvents(
  url: string,
  token: string,
  roomId: string,
  { after, upTo }: { after: string; upTo: string },
): Promise<FoundEvent[]> {
  if (after === upTo) return [];
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 5,
  });
  const timeout = setTimeout(() => void client.dispose(), NEXT_EVENT_TIMEOUT_MS);
  // The client sends these variables again when it has to connect again: moved along, they resume.
  const variables = { roomId, after };
  const events: FoundEvent[] = [];
  try {
    type Data = { roomEvents: { cursor: string; node: FoundEvent } };
    for await (const { data } of client.iterate<Data>({ query: EVENTS, variables })) {
      const { cursor, node } = data!.roomEvents;
      timeout.refresh();
      variables.after = cursor;
      events.push(node);
      if (cursor === upTo) break;
    }
  } finally {
    clearTimeout(timeout);
    await client.dispose();
  }
  return events;
}
