import { cacheExchange, type Cache } from '@urql/exchange-graphcache';

/** What has no identity of its own and is kept within its parent. */
export const EMBEDDED = [
  'Server',
  'Administration',
  'AdministrationUsersConnection',
  'AdministrationUsersConnectionEdge',
  'AdministrationSessionsConnection',
  'AdministrationSessionsConnectionEdge',
  'AdministrationRoomsConnection',
  'AdministrationRoomsConnectionEdge',
  'AdministrationMembershipsConnection',
  'AdministrationMembershipsConnectionEdge',
  'AdministrationMessagesConnection',
  'AdministrationMessagesConnectionEdge',
  'AdministrationFilesConnection',
  'AdministrationFilesConnectionEdge',
  'AdministrationInvitationsConnection',
  'AdministrationInvitationsConnectionEdge',
  'AdministrationRoomLinksConnection',
  'AdministrationRoomLinksConnectionEdge',
  'AdministrationRoomBansConnection',
  'AdministrationRoomBansConnectionEdge',
  'ServerLimits',
  'ServerSettings',
  'ServerHealth',
  'DatabaseHealth',
  'RedisHealth',
  'Statistics',
  'StatisticsPoint',
  'InboxState',
  'InboxRoom',
  'InboxOpened',
  'InboxRoomChanged',
  'InboxRoomRemoved',
  'InboxThreadChanged',
  'InboxDraftChanged',
  'InboxPendingChanged',
  'RoomInvitation',
  'RoomPreview',
  'JoinRequest',
  'RoomDeletionPreview',
  'FollowedThread',
  'ThreadConnection',
  'ThreadEdge',
  'Draft',
  'RoomAbilities',
  'NamedUser',
  'CustomStatus',
  'PageInfo',
  'Presence',
  'Typing',
  'QueryRoomsConnection',
  'QueryRoomsConnectionEdge',
  'QuerySessionsConnection',
  'QuerySessionsConnectionEdge',
  'RoomMembersConnection',
  'RoomMembersConnectionEdge',
  'RoomBan',
  'RoomBansConnection',
  'RoomBansConnectionEdge',
  'RoomReportsConnection',
  'RoomReportsConnectionEdge',
  'QueryReportsConnection',
  'QueryReportsConnectionEdge',
  'ServerBan',
  'QueryServerBansConnection',
  'QueryServerBansConnectionEdge',
  'AuditChange',
  'QueryAuditLogConnection',
  'QueryAuditLogConnectionEdge',
  'RoomAuditLogConnection',
  'RoomAuditLogConnectionEdge',
  'RoomMessagesConnection',
  'MessageEdge',
  'DeniedAbility',
  'ContentBlock',
  'ContentContainer',
  'ContentSpan',
  'ContentMention',
  'SearchConnection',
  'SearchEdge',
  'ExcerptSegment',
  'SearchSuggestion',
  'RoomEventEdge',
  'MessagePosted',
  'MemberJoined',
  'MemberLeft',
  'MemberRemoved',
  'MemberRoleChanged',
  'MemberTimedOut',
  'RoomChanged',
  'RoomRenamed',
  'RoomTopicChanged',
  'MessageEdited',
  'MessageDeleted',
  'MessagePinned',
  'MessageUnpinned',
  'ReactionAdded',
  'ReactionRemoved',
  'ReactionGroup',
  'MessageRevision',
  'MessageRevisionsConnection',
  'MessageRevisionsConnectionEdge',
];

/** What happens to messages, by its type. */
const MESSAGE_EVENTS = [
  'MessageDeleted',
  'MessageEdited',
  'MessagePinned',
  'MessagePosted',
  'MessageUnpinned',
  'ReactionAdded',
  'ReactionRemoved',
];

/** What happens in a room. */
const ROOM_EVENTS = [
  'MemberJoined',
  'MemberLeft',
  'MemberRemoved',
  'MemberRoleChanged',
  'MemberTimedOut',
  ...MESSAGE_EVENTS,
  'RoomChanged',
  'RoomRenamed',
  'RoomTopicChanged',
];

/** The members of each union and interface, without which matching a fragment is guesswork. */
export const POSSIBLE_TYPES = {
  Node: ['Export', 'File', 'Membership', 'Message', 'Report', 'Room', 'Session', 'User'],
  MessageEvent: MESSAGE_EVENTS,
  InboxEvent: [
    'InboxDraftChanged',
    'InboxOpened',
    'InboxPendingChanged',
    'InboxRoomChanged',
    'InboxRoomRemoved',
    'InboxThreadChanged',
  ],
  RoomEvent: ROOM_EVENTS,
  RoomLogEntry: ROOM_EVENTS,
};

/**
 * The normalized cache. What a room's events change in it (name, topic, number of members) arrives as fields of the
 * room itself and needs no rule; what moves rooms between lists does.
 */
export function normalizedCache() {
  return cacheExchange({
    possibleTypes: POSSIBLE_TYPES,
    keys: Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
    updates: {
      Mutation: {
        createRoom: (_result, _args, cache) => forgetRoomLists(cache),
        joinRoom: (_result, _args, cache) => forgetRoomLists(cache, { joined: true }),
        joinByLink: (_result, _args, cache) => forgetRoomLists(cache),
        acceptRoomInvitation: (_result, _args, cache) => forgetRoomLists(cache),
        archiveRoom: (_result, _args, cache) => forgetRoomLists(cache),
        unarchiveRoom: (_result, _args, cache) => forgetRoomLists(cache),
        deleteRoom: (_result, _args, cache) => forgetRoomLists(cache),
        leaveRoom: (_result, _args, cache) => forgetRoomLists(cache, { joined: true }),
        renameRoom: (_result, _args, cache) => forgetRoomLists(cache, { joined: true }),
        revokeSession: (_result, _args, cache) => cache.invalidate('Query', 'sessions'),
        revokeOtherSessions: (_result, _args, cache) => cache.invalidate('Query', 'sessions'),
      },
    },
  });
}

/** Pages of rooms that a change may have reordered or grown; those on screen are asked for again. */
function forgetRoomLists(cache: Cache, only?: { joined: boolean }): void {
  for (const field of cache.inspectFields('Query')) {
    if (field.fieldName !== 'rooms') continue;
    if (only && field.arguments?.joined !== only.joined) continue;
    cache.invalidate('Query', 'rooms', field.arguments);
  }
}
