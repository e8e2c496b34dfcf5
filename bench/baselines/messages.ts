/** What every baseline serves: the messages of rooms, in memory, in the form that Parley gives them. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The part of Parley's schema that the bench uses. */
export const TYPE_DEFS = /* GraphQL */ `
  type Query {
    hello: String
  }
  type Mutation {
    sendMessage(input: SendMessageInput!): SendMessagePayload!
  }
  type Subscription {
    messageAdded(roomId: ID!): MessageEdge!
  }
  input SendMessageInput {
    roomId: ID!
    body: String!
    idempotencyKey: String!
  }
  type SendMessagePayload {
    message: Message!
  }
  type MessageEdge {
    cursor: String!
    node: Message!
  }
  type Message {
    id: ID!
    seq: Int!
    body: String!
    createdAt: String!
    author: User!
  }
  type User {
    id: ID!
    username: String!
    displayName: String!
  }
`;

export interface MessageEdge {
  cursor: string;
  node: {
    id: string;
    seq: number;
    body: string;
    createdAt: string;
    author: { id: string; username: string; displayName: string };
  };
}

const EPOCH = randomBytes(6).toString('base64url');
const AUTHOR = { id: globalId('User'), username: 'publisher', displayName: 'The Publisher' };
const lastSeqs = new Map<string, number>();

/** The next message of a room, which nothing keeps. */
export function postMessage(room: string, body: string): MessageEdge {
  const seq = (lastSeqs.get(room) ?? 0) + 1;
  lastSeqs.set(room, seq);
  const createdAt = new Date().toISOString();
  const node = { id: globalId('Message'), seq, body, createdAt, author: AUTHOR };
  return { cursor: `${EPOCH}.${seq}`, node };
}

/** Listens on a free port and says so, as Parley does. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    console.log(`Ready at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}

/** As long as Parley's: a type and a UUID in base64url. */
function globalId(type: string): string {
  return Buffer.from(`${type}:${crypto.randomUUID()}`).toString('base64url');
}
