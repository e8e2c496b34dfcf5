import { parseContent } from '../../text/content.ts';
import { User } from '../account/schema.ts';
import type { App } from '../app.ts';
import { builder } from '../builder.ts';
import { encodeCursor } from '../live/cursor.ts';
import type { LoggedMessage } from '../live/log.ts';
import { roomOf } from '../room/room.ts';
import { Room } from '../room/schema.ts';
import { ContentBlock } from './content-schema.ts';
import { findMessage, listAround, listMessages, type MessagePage } from './history.ts';
import { cursorAt } from './moment.ts';

export const Message = builder.objectRef<LoggedMessage>('Message');

builder.node(Message, {
  description: 'What somebody wrote in a room.',
  id: { resolve: ({ roomId, seq }) => `${roomId}.${seq}` },
  loadWithoutCache: (id, { app, viewer }) => {
    const [roomId, seq] = id.split('.') as [string, string];
    return findMessage(app, viewer, { roomId, seq: Number(seq) });
  },
  fields: (t) => ({
    room: t.prismaField({
      shared: true,
      type: Room,
      description: 'Where it was written.',
      resolve: (query, message, _args, { app }) => roomOf(app, message, query),
    }),
    seq: t.exposeInt('seq', {
      shared: true,
      description: 'Its number in the room’s log, which is what orders a room’s messages.',
    }),
    body: t.exposeString('body', {
      shared: true,
      description:
        'The text as typed, in the Markdown that the API guide describes; empty once it is deleted.',
    }),
    content: t.field({
      shared: true,
      type: [ContentBlock],
      description: 'What the body says, read once for all clients: its blocks in their order.',
      resolve: ({ body }) => parseContent(body),
    }),
    author: t.field({
      shared: true,
      type: User,
      description: 'Who wrote it.',
      resolve: ({ author }) => author,
    }),
    idempotencyKey: t.exposeString('idempotencyKey', {
      shared: true,
      description: 'The author’s own name for it, by which their client knows it again.',
    }),
    createdAt: t.expose('createdAt', {
      shared: true,
      type: 'DateTime',
      description: 'When it was posted.',
    }),
    cursor: t.string({
      shared: true,
      description:
        'Its position in the room’s log, where a connection or a subscription may begin.',
      resolve: ({ seq }, _args, { app }) => encodeCursor(app.db.epoch, seq),
    }),
    isInRoom: t.exposeBoolean('inRoom', {
      shared: true,
      description: 'Whether the room’s history has it; what was said in a thread only has not.',
    }),
    editedAt: t.expose('editedAt', {
      shared: true,
      type: 'DateTime',
      nullable: true,
      description: 'When it was last changed, null if never.',
    }),
    deletedAt: t.expose('deletedAt', {
      shared: true,
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted, null while it stands.',
    }),
  }),
});

export const MessageEdge = builder.edgeObject({
  name: 'MessageEdge',
  description: 'A message with its position in the room’s log.',
  type: Message,
});

const toEdge = (epoch: string, message: LoggedMessage) => ({
  cursor: encodeCursor(epoch, message.seq),
  node: message,
});

export const MessageConnection = builder.connectionObject(
  { type: Message, name: 'RoomMessagesConnection', description: 'A page of messages.' },
  MessageEdge,
);

/** A page as Relay has it. */
export function toConnection(app: App, page: MessagePage) {
  const { messages, hasNextPage, hasPreviousPage } = page;
  const edges = messages.map((message) => toEdge(app.db.epoch, message));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

builder.prismaObjectField(Room, 'messages', (t) =>
  t.connection(
    {
      type: Message,
      description:
        'The history, oldest first, without what was said in threads only; its cursors are those of ' +
        'subscriptions. Refuses with INVALID_INPUT, or RESYNC_REQUIRED for a cursor of another history.',
      resolve: async (room, args, { app, viewer }) =>
        toConnection(app, await listMessages(app, viewer, room, args)),
    },
    MessageConnection,
    MessageEdge,
  ),
);

builder.prismaObjectField(Room, 'cursorAt', (t) =>
  t.string({
    description:
      'Where the room stood at a time: `messages(after:)` begins with what came then. Refuses with FORBIDDEN for those ' +
      'who do not see what is in the room.',
    args: { time: t.arg({ type: 'DateTime', description: 'When.' }) },
    resolve: (room, { time }, { app, viewer }) => cursorAt(app, viewer, room, time),
  }),
);

builder.objectField(Message, 'around', (t) =>
  t.field({
    type: MessageConnection,
    description:
      'What was said before and after it, and itself between: in the room, or in its thread where it ' +
      'was said there only. Refuses with INVALID_INPUT.',
    args: {
      before: t.arg.int({ defaultValue: 25, description: 'How many before it; up to 500.' }),
      after: t.arg.int({ defaultValue: 25, description: 'How many after it; up to 500.' }),
    },
    resolve: async (message, args, { app, viewer }) =>
      toConnection(app, await listAround(app, viewer, message, args)),
  }),
);
