/** The kinds of events that a room's log tells. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type { LoggedMessage, RoomEvent } from '../live/log.ts';
import { roomOf } from '../room/room.ts';
import { Room } from '../room/schema.ts';
import { Message } from './schema.ts';

export type EventOf<Kind extends RoomEvent['kind']> = Extract<RoomEvent, { kind: Kind }>;

type MessageEventKind = Extract<RoomEvent, { message: LoggedMessage }>['kind'];

const RoomLogEntry = builder.interfaceRef<RoomEvent>('RoomLogEntry').implement({
  description: 'What all events of a room’s log have.',
  fields: (t) => ({
    room: t.prismaField({
      shared: true,
      type: Room,
      description: 'Where it happened.',
      resolve: (query, event, _args, { app }) => roomOf(app, event, query),
    }),
    seq: t.exposeInt('seq', {
      shared: true,
      description: 'Its number in the room’s log, without holes.',
    }),
    actor: t.field({
      shared: true,
      type: User,
      description: 'Who did it.',
      resolve: ({ actor }) => actor,
    }),
    createdAt: t.expose('createdAt', {
      shared: true,
      type: 'DateTime',
      description: 'When it happened.',
    }),
  }),
});

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

const RoomRenamed = builder.objectRef<EventOf<'ROOM_RENAMED'>>('RoomRenamed').implement({
  description: 'The room has a new name.',
  interfaces: [RoomLogEntry],
  fields: (t) => ({
    name: t.string({
      shared: true,
      description: 'The new name.',
      resolve: ({ data }) => data.name,
    }),
    previousName: t.string({
      shared: true,
      description: 'The name before.',
      resolve: ({ data }) => data.previousName,
    }),
  }),
});

const RoomTopicChanged = builder.objectRef<EventOf<'TOPIC_CHANGED'>>('RoomTopicChanged').implement({
  description: 'The room has a new topic, or none.',
  interfaces: [RoomLogEntry],
  fields: (t) => ({
    topic: t.string({
      shared: true,
      nullable: true,
      description: 'The new topic.',
      resolve: ({ data }) => data.topic,
    }),
    previousTopic: t.string({
      shared: true,
      nullable: true,
      description: 'The topic before.',
      resolve: ({ data }) => data.previousTopic,
    }),
  }),
});

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
  ROOM_RENAMED: RoomRenamed,
  TOPIC_CHANGED: RoomTopicChanged,
} as const satisfies Record<RoomEvent['kind'], unknown>;

export const RoomEventUnion = builder.unionType('RoomEvent', {
  description:
    'Anything that a room’s log tells. More kinds may come: pass over what you do not know.',
  types: Object.values(EVENT_TYPES),
  resolveType: (event) => EVENT_TYPES[(event as RoomEvent).kind],
});
