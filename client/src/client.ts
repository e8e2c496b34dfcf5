/** A client of Parley's API, for Node and for browsers. */
import type { CallOptions, Context } from './context.ts';
import type { TypedDocument, WithVariables } from './document.ts';
import { ParleyError } from './error.ts';
import {
  CreateRoomDocument,
  type CreateRoomInput,
  LoginDocument,
  type LoginInput,
  LogoutDocument,
  MeDocument,
  RegisterDocument,
  type RegisterInput,
  RoomBySlugDocument,
  RoomsDocument,
  type RoomsQuery,
  type RoomsQueryVariables,
  type UserFragment,
} from './generated/operations.ts';
import { persist } from './persist.ts';
import { type Http, request } from './request.ts';
import { createRoomClient, type Room, type RoomClient } from './room.ts';
import { type ConnectionState, createTransport, type WebSocketClass } from './transport.ts';
import { Wakeup } from './wakeup.ts';

export interface ClientOptions {
  /** The address of the server, such as `https://chat.example.org`. */
  url: string;
  /** Of a session that began earlier. */
  token?: string | undefined;
  /** What is used instead of the global ones. */
  fetch?: typeof globalThis.fetch | undefined;
  WebSocket?: WebSocketClass | undefined;
  /** Told whenever the socket's state has changed. */
  onStateChange?: ((state: ConnectionState) => void) | undefined;
  /** How long one answer may take, in milliseconds; 15,000 where it is left out. */
  timeoutMs?: number | undefined;
}

export type User = UserFragment;

/** Who is logged in now. `token` is null for a session by cookie. */
export interface LoggedIn {
  user: User;
  token: string | null;
}

export interface Client {
  /** Of the session, if it is carried by one: to be kept for the next start. */
  readonly token: string | undefined;
  /** Makes an account and logs it in: by token, unless `session` is COOKIE. */
  register(input: RegisterInput, options?: CallOptions): Promise<LoggedIn>;
  /** Logs in: by token, unless `session` is COOKIE, which only browsers on the server's own origin can carry. */
  login(input: LoginInput, options?: CallOptions): Promise<LoggedIn>;
  /** Ends the session. Whatever it follows throws UNAUTHENTICATED. */
  logout(options?: CallOptions): Promise<void>;
  /** Null while logged out. */
  me(options?: CallOptions): Promise<User | null>;
  /** A page of the rooms that the viewer may see, by name. */
  rooms(page?: RoomsQueryVariables, options?: CallOptions): Promise<RoomsQuery['rooms']>;
  /** The room at an address, null where the viewer sees none. */
  findRoom(slug: string, options?: CallOptions): Promise<Room | null>;
  createRoom(input: CreateRoomInput, options?: CallOptions): Promise<Room>;
  room(id: string): RoomClient;
  /** Runs a query or a mutation of one's own. Rejects with a ParleyError. */
  query<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    ...rest: WithVariables<Variables, CallOptions>
  ): Promise<Data>;
  /** Ends whatever is under way: iterations end, calls reject with CLOSED. */
  close(): void;
}

export function createClient(options: ClientOptions): Client {
  let { token } = options;
  const http: Http = {
    endpoint: new URL('/graphql', options.url).href,
    fetch: options.fetch ?? globalThis.fetch,
    token: () => token,
    timeoutMs: options.timeoutMs ?? 15_000,
  };
  const closing = new AbortController();
  const wakeup = new Wakeup();
  const transport = createTransport({
    url: () => http.endpoint.replace(/^http/, 'ws'),
    connectionParams: () => (token ? { authorization: `Bearer ${token}` } : {}),
    WebSocket: options.WebSocket,
    wakeup,
    onStateChange: options.onStateChange,
  });

  const ask: Context['ask'] = (document, variables, { signal, retry = false } = {}) => {
    const ending = signal ? AbortSignal.any([closing.signal, signal]) : closing.signal;
    const attempt = () => request(http, document, variables, ending);
    return retry ? persist(attempt, wakeup, ending) : attempt();
  };
  const context: Context = { ask, transport, wakeup, closing: closing.signal };

  function begin(session: LoggedIn): LoggedIn {
    token = session.token ?? undefined;
    // The socket is still the last session's.
    transport.reconnect();
    return session;
  }

  return {
    get token() {
      return token;
    },
    async register(input, options) {
      const variables = { input: { session: 'TOKEN' as const, ...input } };
      return begin((await ask(RegisterDocument, variables, options)).register);
    },
    async login(input, options) {
      const variables = { input: { session: 'TOKEN' as const, ...input } };
      return begin((await ask(LoginDocument, variables, options)).login);
    },
    async logout(options) {
      await ask(LogoutDocument, {}, options);
      token = undefined;
    },
    me: async (options) => (await ask(MeDocument, {}, options)).me,
    rooms: async (page = {}, options) => (await ask(RoomsDocument, page, options)).rooms,
    findRoom: async (slug, options) => (await ask(RoomBySlugDocument, { slug }, options)).room,
    createRoom: async (input, options) =>
      (await ask(CreateRoomDocument, { input }, options)).createRoom.room,
    room: (id) => createRoomClient(context, id),
    query: (document, ...[variables, options]) => ask(document, variables, options),
    close() {
      closing.abort(new ParleyError('CLOSED', 'The client was closed.'));
      transport.close();
      wakeup.close();
    },
  };
}

export { ParleyError, type ErrorCode, type ParleyErrorCode } from './error.ts';
export type { Message, MessageChanges } from './changes.ts';
export type { CallOptions } from './context.ts';
export type { TypedDocument } from './document.ts';
export type { FollowOptions } from './following.ts';
export type {
  History,
  MessageEdge,
  Page,
  Room,
  RoomClient,
  RoomEventEdge,
  SendOptions,
} from './room.ts';
export type { ConnectionState } from './transport.ts';
