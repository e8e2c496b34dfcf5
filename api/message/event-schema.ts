/** The kinds of events that a room's log tells. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type { LoggedMessage, RoomEvent } from '../live/log.ts';
import { RoomRole } from '../room/membership-schema.ts';
import { type EventOf, RoomLogEntry } from './log-entry-schema.ts';
import { RoomChanged, RoomRenamed, RoomTopicChanged } from './room-event-schema.ts';
import { Message } from './schema.ts';

type MessageEventKind = Extract<RoomEvent, { message: LoggedMessage }>['kind'];

/** Events that show a message as it is by the time they are read. */
const MessageEvent = builder.interfaceRef<EventOf<MessageEventKind>>('MessageEvent').implement({
  description: 'What all events have that are about one message.',
  interfaces: [RoomLogEntry],
  fields: (t) => ({
    message: t.field({
      shared: true,
      type: Message,
      description: 'The message as it is now.',
      resolve: ({ message }) => message,
    }),
  }),
});

const messageEvent = <Kind extends MessageEventKind>(name: string, description: string) =>
  builder
    .objectRef<EventOf<Kind>>(name)
    .implement({ description, interfaces: [RoomLogEntry, MessageEvent as never] });

const memberCount = 'How many belong to the room after it.';

const MessagePosted = messageEvent<'MESSAGE_POSTED'>('MessagePosted', 'Somebody posted a message.');
const MessageEdited = messageEvent<'MESSAGE_EDITED'>('MessageEdited', 'Its author edited it.');
const MessageDeleted = messageEvent<'MESSAGE_DELETED'>('MessageDeleted', 'A message was deleted.');
const MessagePinned = messageEvent<'MESSAGE_PINNED'>('MessagePinned', 'A message was pinned.');
const MessageUnpinned = messageEvent<'MESSAGE_UNPINNED'>('MessageUnpinned', 'A pin was taken off.');
const ReactionAdded = messageEvent<'REACTION_ADDED'>('ReactionAdded', 'The actor reacted.');
const ReactionRemoved = messageEvent<'REACTION_REMOVED'>(
  'ReactionRemoved',
  'The actor took a reaction back.',
);

for (const reaction of [ReactionAdded, ReactionRemoved]) {
  builder.objectField(reaction, 'emoji', (t) =>
    t.string({
      shared: true,
      description: 'With what.',
      resolve: ({ data }) => data.emoji,
    }),
  );
}

const MemberJoined = builder.objectRef<EventOf<'MEMBER_JOINED'>>('MemberJoined').implement({
  description: 'The actor became a member.',
  interfaces: [RoomLogEntry],
  fields: (t) => ({
    memberCount: t.int({
      shared: true,
      description: memberCount,
      resolve: ({ data }) => data.memberCount,
    }),
    timedOutUntil: t.field({
      shared: true,
      type: 'DateTime',
      nullable: true,
      description:
        'Until when moderators have them write nothing since before they left; null for those who may write.',
      resolve: ({ data: { timedOutUntil } }) => (timedOutUntil ? new Date(timedOutUntil) : null),
    }),
  }),
});

const MemberLeft = builder.objectRef<EventOf<'MEMBER_LEFT'>>('MemberLeft').implement({
  description: 'The actor is no member any more; the last event of their own subscriptions.',
  interfaces: [RoomLogEntry],
  fields: (t) => ({
    memberCount: t.int({
      shared: true,
      description: memberCount,
      resolve: ({ data }) => data.memberCount,
    }),
  }),
});

type MemberEventKind = 'MEMBER_REMOVED' | 'MEMBER_TIMED_OUT' | 'MEMBER_ROLE_CHANGED';

const memberEvent = <Kind extends MemberEventKind>(name: string, description: string) => {
  const ref = builder
    .objectRef<EventOf<Kind>>(name)
    .implement({ description, interfaces: [RoomLogEntry] });
  builder.objectField(ref, 'member', (t) =>
    t.field({
      shared: true,
      type: User,
      description: 'To whom the actor did it.',
      resolve: (event) => (event as EventOf<MemberEventKind>).subject,
    }),
  );
  return ref;
};

const MemberRemoved = memberEvent<'MEMBER_REMOVED'>(
  'MemberRemoved',
  'The actor ended somebody’s membership; the last event of their subscriptions.',
);
builder.objectField(MemberRemoved, 'memberCount', (t) =>
  t.int({
    shared: true,
    description: memberCount,
    resolve: ({ data }) => data.memberCount,
  }),
);

const MemberTimedOut = memberEvent<'MEMBER_TIMED_OUT'>(
  'MemberTimedOut',
  'The actor has a member write nothing for a time, or took that back.',
);
builder.objectField(MemberTimedOut, 'until', (t) =>
  t.field({
    shared: true,
    type: 'DateTime',
    nullable: true,
    description: 'Until when; null where they may write again.',
    resolve: ({ data: { until } }) => (until === null ? null : new Date(until)),
  }),
);

const MemberRoleChanged = memberEvent<'MEMBER_ROLE_CHANGED'>(
  'MemberRoleChanged',
  'The actor gave a member another role.',
);
builder.objectFields(MemberRoleChanged, (t) => ({
  role: t.field({
    shared: true,
    type: RoomRole,
    description: 'What they are now.',
    resolve: ({ data }) => data.role,
  }),
  previousRole: t.field({
    shared: true,
    type: RoomRole,
    description: 'What they were before.',
    resolve: ({ data }) => data.previousRole,
  }),
}));

const EVENT_TYPES = {
  MESSAGE_POSTED: MessagePosted,
  MESSAGE_EDITED: MessageEdited,
  MESSAGE_DELETED: MessageDeleted,
  MESSAGE_PINNED: MessagePinned,
  MESSAGE_UNPINNED: MessageUnpinned,
  REACTION_ADDED: ReactionAdded,
  REACTION_REMOVED: ReactionRemoved,
  MEMBER_JOINED: MemberJoined,
  MEMBER_LEFT: MemberLeft,
  MEMBER_REMOVED: MemberRemoved,
  MEMBER_TIMED_OUT: MemberTimedOut,
  MEMBER_ROLE_CHANGED: MemberRoleChanged,
  ROOM_RENAMED: RoomRenamed,
  TOPIC_CHANGED: RoomTopicChanged,
  ROOM_CHANGED: RoomChanged,
} as const satisfies Record<RoomEvent['kind'], unknown>;

export const RoomEventUnion = builder.unionType('RoomEvent', {
  description:
    'Anything that a room’s log tells. More kinds may come: pass over what you do not know.',
  types: Object.values(EVENT_TYPES),
  resolveType: (event) => EVENT_TYPES[(event as RoomEvent).kind],
});
