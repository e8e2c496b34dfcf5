import type { OperationResult } from '@urql/core';
import type { Api } from '#lib/graphql/api.ts';
import {
  LatestMessagesDocument,
  MessagesAroundDocument,
  NewerMessagesDocument,
  OlderMessagesDocument,
  type AroundPageFragment,
} from '#lib/graphql/generated/graphql.ts';

/** A page of a room: null where the room is not to be seen, or the server was not reached. */
export interface Answered<Room> {
  room: Room | null;
  failed: boolean;
}

type RoomOf<Data extends { node: unknown }> = Extract<Data['node'], { __typename: 'Room' }>;

const FRESH = { requestPolicy: 'network-only' } as const;

/** One room's history as the server has it, a page at a time. */
export class RoomPages {
  readonly #client: Api['client'];
  readonly #roomId: string;

  constructor({ client }: Api, roomId: string) {
    this.#client = client;
    this.#roomId = roomId;
  }

  latest() {
    return answered(this.#client.query(LatestMessagesDocument, { roomId: this.#roomId }, FRESH));
  }

  /** The messages before a cursor. */
  before(cursor: string) {
    const variables = { roomId: this.#roomId, before: cursor };
    return answered(this.#client.query(OlderMessagesDocument, variables));
  }

  /** The messages after a cursor. */
  after(cursor: string) {
    const variables = { roomId: this.#roomId, after: cursor };
    return answered(this.#client.query(NewerMessagesDocument, variables, FRESH));
  }

  /** What was said around a message; null where it can't be read. */
  async around(messageId: string): Promise<AroundPageFragment | null> {
    const { data } = await this.#client.query(MessagesAroundDocument, { messageId }, FRESH);
    return data?.node?.__typename === 'Message' ? data.node.around : null;
  }
}

async function answered<Data extends { node: { __typename: string } | null }>(
  query: PromiseLike<OperationResult<Data>>,
): Promise<Answered<RoomOf<Data>>> {
  const { data, error } = await query;
  const room = data?.node?.__typename === 'Room' ? (data.node as RoomOf<Data>) : null;
  return { room, failed: Boolean(error) };
}
