import { parseContent } from '../../text/content.ts';
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { encodeCursor } from '../live/cursor.ts';
import type { LoggedMessage } from '../live/log.ts';
import { nodeKey } from '../node-id.ts';
import { roomOf } from '../room/room.ts';
import { Room } from '../room/schema.ts';
import { ContentBlock } from './content-schema.ts';
import { findMessage, listMessages } from './history.ts';
import { postMessage } from './message.ts';

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
      description: 'The text as typed, in the Markdown that the API guide describes.',
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

builder.prismaObjectField(Room, 'messages', (t) =>
  t.connection(
    {
      type: Message,
      description:
        'The history, oldest first; its cursors are those of subscriptions. Refuses with ' +
        'INVALID_INPUT, or RESYNC_REQUIRED for a cursor of another history.',
      resolve: async (room, args, { app, viewer }) => {
        const { messages, hasNextPage, hasPreviousPage } = await listMessages(
          app,
          viewer,
          room,
          args,
        );
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
      },
    },
    { name: 'RoomMessagesConnection', description: 'A page of a room’s history.' },
    MessageEdge,
  ),
);

const SendMessageInput = builder.inputType('SendMessageInput', {
  description: 'A message to be posted.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    body: t.string({ description: 'Up to 8,000 characters that are not all blank.' }),
    idempotencyKey: t.string({
      description:
        'Up to 100 characters, new for each message (such as a UUID) and the same for each retry.',
    }),
  }),
});

const SendMessagePayload = builder.objectRef<LoggedMessage>('SendMessagePayload').implement({
  description: 'The message as it was posted.',
  fields: (t) => ({
    message: t.field({ type: Message, description: 'The message.', resolve: (message) => message }),
    cursor: t.string({
      description: 'Its position in the room’s log.',
      resolve: ({ seq }, _args, { app }) => encodeCursor(app.db.epoch, seq),
    }),
  }),
});

builder.mutationField('sendMessage', (t) =>
  t.field({
    type: SendMessagePayload,
    description:
      'Posts a message. A key that was used before gives the message that it gave first. Refuses with ' +
      'INVALID_INPUT, NOT_FOUND, FORBIDDEN for those who are no members, CONFLICT for a key used for another message.',
    args: { input: t.arg({ type: SendMessageInput, description: 'The message.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      postMessage(app, viewer, { ...input, roomId: nodeKey('Room', input.roomId) }),
  }),
);
