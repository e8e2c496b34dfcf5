import { createMessageChanges, type MessageChanges } from './changes.ts';
import type { CallOptions, Context } from './context.ts';
import type { TypedDocument } from './document.ts';
import { ParleyError } from './error.ts';
import { Following, type FollowOptions } from './following.ts';
import {
  HistoryDocument,
  type HistoryQuery,
  JoinRoomDocument,
  LeaveRoomDocument,
  MessageAddedDocument,
  type MessageAddedSubscription,
  RoomCursorDocument,
  RoomDocument,
  RoomEventsDocument,
  type RoomEventsSubscription,
  type RoomFragment,
  SendMessageDocument,
} from './generated/operations.ts';
import { newIdempotencyKey } from './idempotency-key.ts';

export type Room = RoomFragment;
/** A message with its position in the room's log. */
export type MessageEdge = MessageAddedSubscription['messageAdded'];
/** An event with its position in the room's log. More kinds will come: pass over what you do not know. */
export type RoomEventEdge = RoomEventsSubscription['roomEvents'];
/** A page of messages, oldest first, and the cursor of the room's head when it was read. */
export type History = Omit<RoomOf<HistoryQuery>, '__typename'>;

/** Which part of the history; the server's default is 50 messages. */
export type Page =
  { first?: number; after?: string | null } | { last?: number; before?: string | null };

export interface SendOptions {
  /** Names this message among all that you ever send; made up where it is left out. */
  idempotencyKey?: string | undefined;
  /** The id of a message of the same room that it answers and quotes. */
  replyTo?: string | undefined;
  /** The id of a message in whose thread it goes, or of any message of that thread. */
  thread?: string | undefined;
  /** Whether what goes in a thread is shown in the room, too. */
  alsoInRoom?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** One room, whether the viewer belongs to it or not. */
export interface RoomClient extends MessageChanges {
  readonly id: string;
  /** The room as it is now. Refused with NOT_FOUND. */
  get(options?: CallOptions): Promise<Room>;
  /** Becomes a member; members stay what they are. */
  join(options?: CallOptions): Promise<Room>;
  leave(options?: CallOptions): Promise<Room>;
  /**
   * Posts a message, once: sent again under the same key, for ever, until the server has answered. Refused with
   * INVALID_INPUT, NOT_FOUND, FORBIDDEN for those who are no members, CONFLICT for a key of another message and for an answer to one that was
   * deleted.
   */
  send(body: string, options?: SendOptions): Promise<MessageEdge>;
  /** The last 50 messages, or the page that is asked for. */
  history(page?: Page, options?: CallOptions): Promise<History>;
  /**
   * The messages past a cursor, and then those to come; for members. Throws a ParleyError only where coming back would
   * not help: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT, RESYNC_REQUIRED. Ends when the viewer leaves.
   */
  messages(options?: FollowOptions): AsyncIterableIterator<MessageEdge, undefined>;
  /** The same for all that happens in the room. The viewer's own `MemberLeft` or `MemberRemoved` is the last. */
  events(options?: FollowOptions): AsyncIterableIterator<RoomEventEdge, undefined>;
}

export function createRoomClient(context: Context, id: string): RoomClient {
  const { ask, transport, wakeup, closing } = context;

  async function find<Data extends { node: { __typename: string } | null }, Variables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): Promise<RoomOf<Data>> {
    const { node } = await ask(document, variables, options);
    if (node?.__typename !== 'Room') throw new ParleyError('NOT_FOUND', 'There is no such room.');
    return node as RoomOf<Data>;
  }

  function follow<Data, Edge extends { cursor: string }>(
    document: TypedDocument<Data, never>,
    edgeOf: (data: Data) => Edge,
    options: FollowOptions,
  ): AsyncIterableIterator<Edge, undefined> {
    return new Following<Edge>(
      {
        transport,
        wakeup,
        query: document.toString(),
        variables: { roomId: id },
        edgeOf: (data) => edgeOf(data as Data),
        readHead: async (signal) =>
          (await find(RoomCursorDocument, { roomId: id }, { signal })).cursor,
      },
      options,
      options.signal ? [closing, options.signal] : [closing],
    );
  }

  return {
    id,
    ...createMessageChanges(context),
    async get(options) {
      const { __typename, ...room } = await find(RoomDocument, { roomId: id }, options);
      return room;
    },
    async join(options) {
      return (await ask(JoinRoomDocument, { input: { roomId: id } }, options)).joinRoom.room;
    },
    async leave(options) {
      return (await ask(LeaveRoomDocument, { input: { roomId: id } }, options)).leaveRoom.room;
    },
    async send(body, { idempotencyKey = newIdempotencyKey(), signal, ...place } = {}) {
      const { replyTo: replyToId, thread: threadId, alsoInRoom } = place;
      const input = { roomId: id, body, idempotencyKey, replyToId, threadId, alsoInRoom };
      const { sendMessage } = await ask(SendMessageDocument, { input }, { signal, retry: true });
      return { cursor: sendMessage.cursor, node: sendMessage.message };
    },
    async history(page = { last: 50 }, options) {
      const { cursor, messages } = await find(HistoryDocument, { roomId: id, ...page }, options);
      return { cursor, messages };
    },
    messages: (options = {}) =>
      follow(MessageAddedDocument, ({ messageAdded }) => messageAdded, options),
    events: (options = {}) => follow(RoomEventsDocument, ({ roomEvents }) => roomEvents, options),
  };
}

type RoomOf<Data extends { node: unknown }> = Extract<Data['node'], { __typename: 'Room' }>;
