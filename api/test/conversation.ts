/**
 * A room's conversation as a screen holds it: loaded once, and then moved by every event, each of which
 * brings the message that it is about as it is by then. See "Following, without a gap" in docs/api.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, retryMs, run } from './client.ts';
import { createSignals } from './signals.ts';

const PERSON = 'id username displayName';
const STATE = `
  id seq cursor body editedAt deletedAt isInRoom pinnedAt pinnedBy { ${PERSON} } author { ${PERSON} }
  replyTo { id } reactions { emoji count users { ${PERSON} } }
  replyCount lastReplyAt lastRepliers { ${PERSON} }`;
/** Never other than they were sent: asked for once of each message. */
const FILES = 'attachments { id name alt }';
const FRAGMENT = `fragment State on Message { ${STATE} ${FILES} thread { ${STATE} } }`;
/** The events that are about a message. */
export const MESSAGE_EVENTS = [
  ...['MessagePosted', 'MessageEdited', 'MessageDeleted', 'MessagePinned', 'MessageUnpinned'],
  ...['ReactionAdded', 'ReactionRemoved'],
];
const follow = (events: string[]) => `subscription ($roomId: ID!, $after: String) {
  roomEvents(roomId: $roomId, after: $after) {
    cursor
    node { __typename ${events.map((type) => `... on ${type} { message { ...State } }`).join(' ')} }
  }
} ${FRAGMENT}`;

/** Of both: as much as one operation may ask for. */
const ROOTS = 5;
const REPLIES = 50;
const PAGE = `query ($roomId: ID!, $after: String) {
  node(id: $roomId) { ... on Room { cursor messages(first: ${ROOTS}, after: $after) {
    edges { node {
      ${STATE} ${FILES} thread { id }
      replies(first: ${REPLIES}) {
        edges { node { ${STATE} ${FILES} thread { id } } } pageInfo { hasNextPage }
      }
    } }
    pageInfo { hasNextPage endCursor }
  } } }
}`;

export interface Place {
  url: string | (() => string);
  token: string;
  roomId: string;
}

type Message = Record<string, any>;

/** Messages by their ids. */
export class Conversation extends Map<string, object> {
  /** Puts a message in the place of what was there. */
  show({ replies: _replies, thread, attachments, ...message }: Message): void {
    const held = this.get(message['id']) as Message | undefined;
    this.set(message['id'], {
      ...message,
      attachments: attachments ?? held?.['attachments'],
      thread: thread?.id ?? null,
    });
  }

  /** As two of them are compared. */
  get inOrder(): object[] {
    const seqOf = (message: object) => (message as { seq: number }).seq;
    return [...this.values()].sort((one, other) => seqOf(one) - seqOf(other));
  }
}

/** All of it as it is now, threads included. */
export async function loadConversation({ url, token, roomId }: Place) {
  const address = typeof url === 'string' ? url : url();
  const conversation = new Conversation();
  for (let after: string | null = null; ;) {
    const answer: Message = await run(address, PAGE, { roomId, after }, token);
    const { cursor, messages } = answer['node'];
    const { edges, pageInfo }: Message = messages;
    for (const { node: root } of edges) {
      conversation.show(root);
      if (root.replies.pageInfo.hasNextPage) throw new Error('A thread is longer than expected.');
      for (const reply of root.replies.edges) conversation.show(reply.node);
    }
    if (!pageInfo.hasNextPage) return { conversation, cursor: cursor as string };
    after = pageInfo.endCursor;
  }
}

export interface ConversationScreen {
  readonly conversation: Conversation;
  readonly cuts: number;
  /** Resolves once the event at that cursor has been taken in. */
  reached(cursor: string): Promise<void>;
  /** Cuts the connection off without a word. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Follows a conversation from a cursor on, for ever: whoever leaves the room comes back to where they were.
 * @param events the kinds that it takes in
 */
export function followConversation(
  place: Place,
  conversation: Conversation,
  cursor: string,
  events: string[] = MESSAGE_EVENTS,
): ConversationScreen {
  const { url, token, roomId } = place;
  const client = connect(url, token);
  const variables = { roomId, after: cursor };
  const query = follow(events);
  const { when, tell } = createSignals();
  const reached = new Set([cursor]);
  let isClosed = false;
  let cuts = 0;

  async function live(): Promise<void> {
    for (let retries = 0; !isClosed; await sleep(retryMs(retries++))) {
      for await (const { data } of client.iterate<Message>({ query, variables })) {
        if (!data) break;
        const { cursor: position, node } = data['roomEvents'];
        variables.after = position;
        if (node.message) conversation.show(node.message);
        // A reply changes what the first message of its thread tells.
        if (node.message?.thread) conversation.show(node.message.thread);
        reached.add(position);
        tell();
      }
    }
  }
  const lived = live();

  return {
    conversation,
    get cuts() {
      return cuts;
    },
    reached: (position) => when(() => reached.has(position)),
    cut() {
      const socket = client.sockets.at(-1);
      if (socket?.readyState !== socket?.OPEN) return;
      socket!.terminate();
      cuts++;
    },
    async close() {
      isClosed = true;
      await client.dispose();
      await lived;
    },
  };
}
