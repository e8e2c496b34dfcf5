/** What can be followed of a room: its messages, and all of its log. */
import { builder } from '../builder.ts';
import { encodeCursor } from '../live/cursor.ts';
import { nodeKey } from '../node-id.ts';
import { RoomEventUnion } from './event-schema.ts';
import type { EventOf } from './log-entry-schema.ts';
import { followMessages, followRoom } from './following.ts';
import { MessageEdge } from './schema.ts';

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
