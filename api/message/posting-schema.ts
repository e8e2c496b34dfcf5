import { builder } from '../builder.ts';
import { encodeCursor } from '../live/cursor.ts';
import type { LoggedMessage } from '../live/log.ts';
import { nodeKey } from '../node-id.ts';
import { messageIn } from './key.ts';
import { postMessage } from './message.ts';
import { Message } from './schema.ts';

const SendMessageInput = builder.inputType('SendMessageInput', {
  description: 'A message to be posted.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    body: t.string({
      description: 'Up to 8,000 characters, which with attachments may all be blank.',
    }),
    attachmentIds: t.idList({
      required: false,
      description:
        'The `id`s of files that the viewer has uploaded for the room and not sent yet, in their order.',
    }),
    replyToId: t.id({
      required: false,
      description: 'The `id` of a message of the same room that it answers and quotes.',
    }),
    threadId: t.id({
      required: false,
      description:
        'The `id` of a message in whose thread it goes, or of any message of that thread.',
    }),
    alsoInRoom: t.boolean({
      required: false,
      defaultValue: false,
      description: 'Whether what goes in a thread is shown in the room, too.',
    }),
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
      'Posts a message, in a room or in a thread. A key that was used before gives the message that it ' +
      'gave first. Refuses with INVALID_INPUT, NOT_FOUND, FORBIDDEN for those who may not write there, CONFLICT ' +
      'for a key used for another message and for an answer to one that was deleted.',
    args: { input: t.arg({ type: SendMessageInput, description: 'The message.' }) },
    resolve: (_root, { input }, { app, viewer }) => {
      const roomId = nodeKey('Room', input.roomId);
      return postMessage(app, viewer, {
        ...input,
        roomId,
        fileIds: (input.attachmentIds ?? []).map((id) => nodeKey('File', id)),
        replyTo: messageIn(roomId, input.replyToId, 'replyToId'),
        thread: messageIn(roomId, input.threadId, 'threadId'),
      });
    },
  }),
);
