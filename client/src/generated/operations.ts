/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** A reaction to be added. */
export type AddReactionInput = {
  /** One emoji of those that Unicode recommends. */
  emoji: string;
  /** The `id` of the message. */
  messageId: string | number;
};

/** A room to be made. */
export type CreateRoomInput = {
  /** Up to 80 characters; the slug where it is left out. */
  name?: string | null | undefined;
  /** Its address: up to 64 lower-case letters and digits of any script, with single hyphens or underscores between words. */
  slug: string;
  /** Up to 250 characters. */
  topic?: string | null | undefined;
  /** Who is to see it. */
  visibility?: RoomVisibility | null | undefined;
};

/** A message to be deleted. */
export type DeleteMessageInput = {
  /** The `id` of the message. */
  messageId: string | number;
};

/** A message’s other text. */
export type EditMessageInput = {
  /** Up to 8,000 characters that are not all blank. */
  body: string;
  /** The `id` of the message. */
  messageId: string | number;
};

/** A room to join. */
export type JoinRoomInput = {
  /** The `id` of the room. */
  roomId: string | number;
};

/** A room to leave. */
export type LeaveRoomInput = {
  /** The `id` of the room. */
  roomId: string | number;
};

/** Who wants to log in. */
export type LoginInput = {
  /** The password. */
  password: string;
  /** How the new session is to be carried. */
  session?: SessionKind | null | undefined;
  /** The username, in any case. */
  username: string;
};

/** A message to be pinned. */
export type PinMessageInput = {
  /** The `id` of the message. */
  messageId: string | number;
};

/** An account to be made. */
export type RegisterInput = {
  /** Up to 64 characters; the username where it is left out. */
  displayName?: string | null | undefined;
  /** The code of an invitation, where `Server.registration` is INVITE. */
  invitation?: string | null | undefined;
  /** 8 to 256 characters of any kind. */
  password: string;
  /** How the new session is to be carried. */
  session?: SessionKind | null | undefined;
  /** Up to 32 letters a to z, digits, “.”, “_” and “-”; its case makes no difference. */
  username: string;
};

/** A reaction to be taken back. */
export type RemoveReactionInput = {
  /** One emoji of those that Unicode recommends. */
  emoji: string;
  /** The `id` of the message. */
  messageId: string | number;
};

/** What a member is in a room. */
export type RoomRole =
  /** Reads and writes. */
  | 'MEMBER'
  /** Keeps order in it. */
  | 'MODERATOR'
  /** Has the last word in the room: made it, or was appointed. */
  | 'OWNER';

/** Who sees a room. */
export type RoomVisibility =
  /** Only members see it; to others it does not exist. */
  | 'PRIVATE'
  /** Everybody who is logged in may see, read and join it. */
  | 'PUBLIC'
  /** Everybody may know of it and ask to join; only members see what is in it. */
  | 'RESTRICTED';

/** A message to be posted. */
export type SendMessageInput = {
  /** Whether what goes in a thread is shown in the room, too. */
  alsoInRoom?: boolean | null | undefined;
  /** The `id`s of files that the viewer has uploaded for the room and not sent yet, in their order. */
  attachmentIds?: Array<string | number> | null | undefined;
  /** Up to 8,000 characters, which with attachments may all be blank. */
  body: string;
  /** Up to 100 characters, new for each message (such as a UUID) and the same for each retry. */
  idempotencyKey: string;
  /** The `id` of a message of the same room that it answers and quotes. */
  replyToId?: string | number | null | undefined;
  /** The `id` of the room. */
  roomId: string | number;
  /** The `id` of a message in whose thread it goes, or of any message of that thread. */
  threadId?: string | number | null | undefined;
};

/** What a user is on the whole server. */
export type ServerRole =
  /** Runs the server. */
  | 'ADMINISTRATOR'
  /** Uses it. */
  | 'MEMBER'
  /** Has the last word on it, and appoints administrators. */
  | 'OWNER';

/** How a session is carried. */
export type SessionKind =
  /** By a cookie that scripts cannot read: for browsers. */
  | 'COOKIE'
  /** By a token in the Authorization header: for programs. */
  | 'TOKEN';

/** A message whose pin goes. */
export type UnpinMessageInput = {
  /** The `id` of the message. */
  messageId: string | number;
};

export type UserFragment = { id: string, username: string, displayName: string, role: ServerRole };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, username: string, displayName: string, role: ServerRole } | null };

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type RegisterMutation = { register: { token: string | null, user: { id: string, username: string, displayName: string, role: ServerRole } } };

export type LoginMutationVariables = Exact<{
  input: LoginInput;
}>;


export type LoginMutation = { login: { token: string | null, user: { id: string, username: string, displayName: string, role: ServerRole } } };

export type LogoutMutationVariables = Exact<{ [key: string]: never; }>;


export type LogoutMutation = { logout: { ok: boolean } };

export type RoomCursorQueryVariables = Exact<{
  roomId: string | number;
}>;


export type RoomCursorQuery = { node:
    | { __typename: 'Export' }
    | { __typename: 'File' }
    | { __typename: 'Membership' }
    | { __typename: 'Message' }
    | { __typename: 'Report' }
    | { __typename: 'Room', cursor: string }
    | { __typename: 'Session' }
    | { __typename: 'User' }
   | null };

export type MessageAddedSubscriptionVariables = Exact<{
  roomId: string | number;
  after?: string | null | undefined;
}>;


export type MessageAddedSubscription = { messageAdded: { cursor: string, node: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } } };

export type RoomEventsSubscriptionVariables = Exact<{
  roomId: string | number;
  after?: string | null | undefined;
}>;


export type RoomEventsSubscription = { roomEvents: { cursor: string, node:
      | { __typename: 'MemberJoined', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string } }
      | { __typename: 'MemberLeft', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string } }
      | { __typename: 'MemberRemoved', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string } }
      | { __typename: 'MemberRoleChanged', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string } }
      | { __typename: 'MemberTimedOut', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string } }
      | { __typename: 'MessageDeleted', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string }, message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } }
      | { __typename: 'MessageEdited', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string }, message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } }
      | { __typename: 'MessagePinned', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string }, message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } }
      | { __typename: 'MessagePosted', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string }, message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } }
      | { __typename: 'MessageUnpinned', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string }, message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } }
      | { __typename: 'ReactionAdded', seq: number, createdAt: string, emoji: string, actor: { id: string, username: string, displayName: string }, message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } }
      | { __typename: 'ReactionRemoved', seq: number, createdAt: string, emoji: string, actor: { id: string, username: string, displayName: string }, message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } }
      | { __typename: 'RoomChanged', seq: number, createdAt: string, actor: { id: string, username: string, displayName: string } }
      | { __typename: 'RoomRenamed', seq: number, createdAt: string, name: string, previousName: string, actor: { id: string, username: string, displayName: string } }
      | { __typename: 'RoomTopicChanged', seq: number, createdAt: string, topic: string | null, previousTopic: string | null, actor: { id: string, username: string, displayName: string } }
     } };

export type MessageFragment = { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } };

export type PersonFragment = { id: string, username: string, displayName: string };

export type HistoryQueryVariables = Exact<{
  roomId: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type HistoryQuery = { node:
    | { __typename: 'Export' }
    | { __typename: 'File' }
    | { __typename: 'Membership' }
    | { __typename: 'Message' }
    | { __typename: 'Report' }
    | { __typename: 'Room', cursor: string, messages: { edges: Array<{ cursor: string, node: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } }>, pageInfo: { startCursor: string | null, endCursor: string | null, hasPreviousPage: boolean, hasNextPage: boolean } } }
    | { __typename: 'Session' }
    | { __typename: 'User' }
   | null };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { cursor: string, message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } } };

export type EditMessageMutationVariables = Exact<{
  input: EditMessageInput;
}>;


export type EditMessageMutation = { editMessage: { message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } } };

export type DeleteMessageMutationVariables = Exact<{
  input: DeleteMessageInput;
}>;


export type DeleteMessageMutation = { deleteMessage: { message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } } };

export type AddReactionMutationVariables = Exact<{
  input: AddReactionInput;
}>;


export type AddReactionMutation = { addReaction: { message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } } };

export type RemoveReactionMutationVariables = Exact<{
  input: RemoveReactionInput;
}>;


export type RemoveReactionMutation = { removeReaction: { message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } } };

export type PinMessageMutationVariables = Exact<{
  input: PinMessageInput;
}>;


export type PinMessageMutation = { pinMessage: { message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } } };

export type UnpinMessageMutationVariables = Exact<{
  input: UnpinMessageInput;
}>;


export type UnpinMessageMutation = { unpinMessage: { message: { id: string, seq: number, body: string, idempotencyKey: string, createdAt: string, editedAt: string | null, deletedAt: string | null, pinnedAt: string | null, isInRoom: boolean, replyCount: number, replyTo: { id: string } | null, thread: { id: string } | null, author: { id: string, username: string, displayName: string } } } };

export type RoomFragment = { id: string, slug: string, name: string, topic: string | null, visibility: RoomVisibility, memberCount: number, createdAt: string, cursor: string, viewerMembership: { role: RoomRole } | null };

export type RoomQueryVariables = Exact<{
  roomId: string | number;
}>;


export type RoomQuery = { node:
    | { __typename: 'Export' }
    | { __typename: 'File' }
    | { __typename: 'Membership' }
    | { __typename: 'Message' }
    | { __typename: 'Report' }
    | { __typename: 'Room', id: string, slug: string, name: string, topic: string | null, visibility: RoomVisibility, memberCount: number, createdAt: string, cursor: string, viewerMembership: { role: RoomRole } | null }
    | { __typename: 'Session' }
    | { __typename: 'User' }
   | null };

export type RoomBySlugQueryVariables = Exact<{
  slug: string;
}>;


export type RoomBySlugQuery = { room: { id: string, slug: string, name: string, topic: string | null, visibility: RoomVisibility, memberCount: number, createdAt: string, cursor: string, viewerMembership: { role: RoomRole } | null } | null };

export type RoomsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  joined?: boolean | null | undefined;
  search?: string | null | undefined;
}>;


export type RoomsQuery = { rooms: { edges: Array<{ cursor: string, node: { id: string, slug: string, name: string, topic: string | null, visibility: RoomVisibility, memberCount: number, createdAt: string, cursor: string, viewerMembership: { role: RoomRole } | null } }>, pageInfo: { startCursor: string | null, endCursor: string | null, hasPreviousPage: boolean, hasNextPage: boolean } } };

export type PageInfoFragment = { startCursor: string | null, endCursor: string | null, hasPreviousPage: boolean, hasNextPage: boolean };

export type CreateRoomMutationVariables = Exact<{
  input: CreateRoomInput;
}>;


export type CreateRoomMutation = { createRoom: { room: { id: string, slug: string, name: string, topic: string | null, visibility: RoomVisibility, memberCount: number, createdAt: string, cursor: string, viewerMembership: { role: RoomRole } | null } } };

export type JoinRoomMutationVariables = Exact<{
  input: JoinRoomInput;
}>;


export type JoinRoomMutation = { joinRoom: { room: { id: string, slug: string, name: string, topic: string | null, visibility: RoomVisibility, memberCount: number, createdAt: string, cursor: string, viewerMembership: { role: RoomRole } | null } } };

export type LeaveRoomMutationVariables = Exact<{
  input: LeaveRoomInput;
}>;


export type LeaveRoomMutation = { leaveRoom: { room: { id: string, slug: string, name: string, topic: string | null, visibility: RoomVisibility, memberCount: number, createdAt: string, cursor: string, viewerMembership: { role: RoomRole } | null } } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const UserFragmentDoc = new TypedDocumentString(`
    fragment User on User {
  id
  username
  displayName
  role
}
    `, {"fragmentName":"User"}) as unknown as TypedDocumentString<UserFragment, unknown>;
export const PersonFragmentDoc = new TypedDocumentString(`
    fragment Person on User {
  id
  username
  displayName
}
    `, {"fragmentName":"Person"}) as unknown as TypedDocumentString<PersonFragment, unknown>;
export const MessageFragmentDoc = new TypedDocumentString(`
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
    fragment Person on User {
  id
  username
  displayName
}`, {"fragmentName":"Message"}) as unknown as TypedDocumentString<MessageFragment, unknown>;
export const RoomFragmentDoc = new TypedDocumentString(`
    fragment Room on Room {
  id
  slug
  name
  topic
  visibility
  memberCount
  createdAt
  cursor
  viewerMembership {
    role
  }
}
    `, {"fragmentName":"Room"}) as unknown as TypedDocumentString<RoomFragment, unknown>;
export const PageInfoFragmentDoc = new TypedDocumentString(`
    fragment PageInfo on PageInfo {
  startCursor
  endCursor
  hasPreviousPage
  hasNextPage
}
    `, {"fragmentName":"PageInfo"}) as unknown as TypedDocumentString<PageInfoFragment, unknown>;
export const MeDocument = new TypedDocumentString(`
    query Me {
  me {
    ...User
  }
}
    fragment User on User {
  id
  username
  displayName
  role
}`) as unknown as TypedDocumentString<MeQuery, MeQueryVariables>;
export const RegisterDocument = new TypedDocumentString(`
    mutation Register($input: RegisterInput!) {
  register(input: $input) {
    token
    user {
      ...User
    }
  }
}
    fragment User on User {
  id
  username
  displayName
  role
}`) as unknown as TypedDocumentString<RegisterMutation, RegisterMutationVariables>;
export const LoginDocument = new TypedDocumentString(`
    mutation Login($input: LoginInput!) {
  login(input: $input) {
    token
    user {
      ...User
    }
  }
}
    fragment User on User {
  id
  username
  displayName
  role
}`) as unknown as TypedDocumentString<LoginMutation, LoginMutationVariables>;
export const LogoutDocument = new TypedDocumentString(`
    mutation Logout {
  logout {
    ok
  }
}
    `) as unknown as TypedDocumentString<LogoutMutation, LogoutMutationVariables>;
export const RoomCursorDocument = new TypedDocumentString(`
    query RoomCursor($roomId: ID!) {
  node(id: $roomId) {
    __typename
    ... on Room {
      cursor
    }
  }
}
    `) as unknown as TypedDocumentString<RoomCursorQuery, RoomCursorQueryVariables>;
export const MessageAddedDocument = new TypedDocumentString(`
    subscription MessageAdded($roomId: ID!, $after: String) {
  messageAdded(roomId: $roomId, after: $after) {
    cursor
    node {
      ...Message
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<MessageAddedSubscription, MessageAddedSubscriptionVariables>;
export const RoomEventsDocument = new TypedDocumentString(`
    subscription RoomEvents($roomId: ID!, $after: String) {
  roomEvents(roomId: $roomId, after: $after) {
    cursor
    node {
      __typename
      ... on RoomLogEntry {
        seq
        createdAt
        actor {
          ...Person
        }
      }
      ... on MessageEvent {
        message {
          ...Message
        }
      }
      ... on ReactionAdded {
        emoji
      }
      ... on ReactionRemoved {
        emoji
      }
      ... on RoomRenamed {
        name
        previousName
      }
      ... on RoomTopicChanged {
        topic
        previousTopic
      }
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<RoomEventsSubscription, RoomEventsSubscriptionVariables>;
export const HistoryDocument = new TypedDocumentString(`
    query History($roomId: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $roomId) {
    __typename
    ... on Room {
      cursor
      messages(first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            ...Message
          }
        }
        pageInfo {
          ...PageInfo
        }
      }
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}
fragment PageInfo on PageInfo {
  startCursor
  endCursor
  hasPreviousPage
  hasNextPage
}`) as unknown as TypedDocumentString<HistoryQuery, HistoryQueryVariables>;
export const SendMessageDocument = new TypedDocumentString(`
    mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    cursor
    message {
      ...Message
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const EditMessageDocument = new TypedDocumentString(`
    mutation EditMessage($input: EditMessageInput!) {
  editMessage(input: $input) {
    message {
      ...Message
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<EditMessageMutation, EditMessageMutationVariables>;
export const DeleteMessageDocument = new TypedDocumentString(`
    mutation DeleteMessage($input: DeleteMessageInput!) {
  deleteMessage(input: $input) {
    message {
      ...Message
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<DeleteMessageMutation, DeleteMessageMutationVariables>;
export const AddReactionDocument = new TypedDocumentString(`
    mutation AddReaction($input: AddReactionInput!) {
  addReaction(input: $input) {
    message {
      ...Message
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<AddReactionMutation, AddReactionMutationVariables>;
export const RemoveReactionDocument = new TypedDocumentString(`
    mutation RemoveReaction($input: RemoveReactionInput!) {
  removeReaction(input: $input) {
    message {
      ...Message
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<RemoveReactionMutation, RemoveReactionMutationVariables>;
export const PinMessageDocument = new TypedDocumentString(`
    mutation PinMessage($input: PinMessageInput!) {
  pinMessage(input: $input) {
    message {
      ...Message
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<PinMessageMutation, PinMessageMutationVariables>;
export const UnpinMessageDocument = new TypedDocumentString(`
    mutation UnpinMessage($input: UnpinMessageInput!) {
  unpinMessage(input: $input) {
    message {
      ...Message
    }
  }
}
    fragment Message on Message {
  id
  seq
  body
  idempotencyKey
  createdAt
  editedAt
  deletedAt
  pinnedAt
  isInRoom
  replyCount
  replyTo {
    id
  }
  thread {
    id
  }
  author {
    ...Person
  }
}
fragment Person on User {
  id
  username
  displayName
}`) as unknown as TypedDocumentString<UnpinMessageMutation, UnpinMessageMutationVariables>;
export const RoomDocument = new TypedDocumentString(`
    query Room($roomId: ID!) {
  node(id: $roomId) {
    __typename
    ...Room
  }
}
    fragment Room on Room {
  id
  slug
  name
  topic
  visibility
  memberCount
  createdAt
  cursor
  viewerMembership {
    role
  }
}`) as unknown as TypedDocumentString<RoomQuery, RoomQueryVariables>;
export const RoomBySlugDocument = new TypedDocumentString(`
    query RoomBySlug($slug: String!) {
  room(slug: $slug) {
    ...Room
  }
}
    fragment Room on Room {
  id
  slug
  name
  topic
  visibility
  memberCount
  createdAt
  cursor
  viewerMembership {
    role
  }
}`) as unknown as TypedDocumentString<RoomBySlugQuery, RoomBySlugQueryVariables>;
export const RoomsDocument = new TypedDocumentString(`
    query Rooms($first: Int, $after: String, $last: Int, $before: String, $joined: Boolean, $search: String) {
  rooms(
    first: $first
    after: $after
    last: $last
    before: $before
    joined: $joined
    search: $search
  ) {
    edges {
      cursor
      node {
        ...Room
      }
    }
    pageInfo {
      ...PageInfo
    }
  }
}
    fragment Room on Room {
  id
  slug
  name
  topic
  visibility
  memberCount
  createdAt
  cursor
  viewerMembership {
    role
  }
}
fragment PageInfo on PageInfo {
  startCursor
  endCursor
  hasPreviousPage
  hasNextPage
}`) as unknown as TypedDocumentString<RoomsQuery, RoomsQueryVariables>;
export const CreateRoomDocument = new TypedDocumentString(`
    mutation CreateRoom($input: CreateRoomInput!) {
  createRoom(input: $input) {
    room {
      ...Room
    }
  }
}
    fragment Room on Room {
  id
  slug
  name
  topic
  visibility
  memberCount
  createdAt
  cursor
  viewerMembership {
    role
  }
}`) as unknown as TypedDocumentString<CreateRoomMutation, CreateRoomMutationVariables>;
export const JoinRoomDocument = new TypedDocumentString(`
    mutation JoinRoom($input: JoinRoomInput!) {
  joinRoom(input: $input) {
    room {
      ...Room
    }
  }
}
    fragment Room on Room {
  id
  slug
  name
  topic
  visibility
  memberCount
  createdAt
  cursor
  viewerMembership {
    role
  }
}`) as unknown as TypedDocumentString<JoinRoomMutation, JoinRoomMutationVariables>;
export const LeaveRoomDocument = new TypedDocumentString(`
    mutation LeaveRoom($input: LeaveRoomInput!) {
  leaveRoom(input: $input) {
    room {
      ...Room
    }
  }
}
    fragment Room on Room {
  id
  slug
  name
  topic
  visibility
  memberCount
  createdAt
  cursor
  viewerMembership {
    role
  }
}`) as unknown as TypedDocumentString<LeaveRoomMutation, LeaveRoomMutationVariables>;