/** What can be followed of a room: its messages, and all of its log. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { encodeCursor } from '../live/cursor.ts';
import type { RoomEvent } from '../live/log.ts';
import { nodeKey } from '../node-id.ts';
import { roomOf } from '../room/room.ts';
import { Room } from '../room/schema.ts';
import { followMessages, followRoom } from './following.ts';
import { Message, MessageEdge } from './schema.ts';

type EventOf<Kind extends RoomEvent['kind']> = Extract<RoomEvent, { kind: Kind }>;

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

const memberCount = 'How many belong to the room after it.';

const MessagePosted = builder.objectRef<EventOf<'MESSAGE_POSTED'>>('MessagePosted').implement({
  description: 'Somebody posted a message.',
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
  MEMBER_JOINED: MemberJoined,
  MEMBER_LEFT: MemberLeft,
  ROOM_RENAMED: RoomRenamed,
  TOPIC_CHANGED: RoomTopicChanged,
} as const satisfies Record<RoomEvent['kind'], unknown>;

const RoomEventUnion = builder.unionType('RoomEvent', {
  description:
    'Anything that a room’s log tells. More kinds may come: pass over what you do not know.',
  types: Object.values(EVENT_TYPES),
  resolveType: (event) => EVENT_TYPES[(event as RoomEvent).kind],
});

const RoomEventEdge = builder.edgeObject({
  name: 'RoomEventEdge',
  description: 'An event with its position in the room’s log.',
  type: RoomEventUnion,
});

const followArguments = {
  roomId: { description: 'The `id` of a room that the viewer belongs to.' },
  after: {
    required: false,
    description:
      'A cursor of that room: everything past it is sent, in order, each once. Without one, ' +
      'what happens from now on.',
  },
} as const;

const refusals =
  'Refuses with NOT_FOUND, FORBIDDEN for those who are no members, INVALID_INPUT, or ' +
  'RESYNC_REQUIRED for a cursor of another history. Ends when the viewer leaves or is logged out.';

builder.subscriptionFields((t) => ({
  messageAdded: t.field({
    shared: true,
    type: MessageEdge,
    description: `The messages of a room: a connection that never ends. ${refusals}`,
    args: { roomId: t.arg.id(followArguments.roomId), after: t.arg.string(followArguments.after) },
    subscribe: (_root, { roomId, after }, { app, viewer }) =>
      followMessages(app, viewer, { roomId: nodeKey('Room', roomId), after: after ?? null }),
    resolve: (event, _args, { app }) => ({
      cursor: encodeCursor(app.db.epoch, event.seq),
      node: (event as EventOf<'MESSAGE_POSTED'>).message,
    }),
  }),
  roomEvents: t.field({
    shared: true,
    type: RoomEventEdge,
    description: `Everything that a room’s log tells. ${refusals}`,
    args: { roomId: t.arg.id(followArguments.roomId), after: t.arg.string(followArguments.after) },
    subscribe: (_root, { roomId, after }, { app, viewer }) =>
      followRoom(app, viewer, { roomId: nodeKey('Room', roomId), after: after ?? null }),
    resolve: (event, _args, { app }) => ({
      cursor: encodeCursor(app.db.epoch, event.seq),
      node: event,
    }),
  }),
}));
