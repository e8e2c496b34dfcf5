import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { messageIn } from '../message/key.ts';
import { nodeKey } from '../node-id.ts';
import { followTyping, sayTyping } from './typing.ts';
import type { Typists } from './typing-place.ts';

const Typing = builder.objectRef<Typists>('Typing').implement({
  description: 'Who types somewhere, but for the viewer.',
  fields: (t) => ({
    users: t.field({
      type: [User],
      description: 'Up to ten of them, who began first.',
      resolve: ({ users }) => users,
    }),
    totalCount: t.exposeInt('totalCount', { description: 'How many they are.' }),
  }),
});

const threadId =
  'The `id` of a message in whose thread it is, or of any message of that thread; none for the room.';

const SetTypingInput = builder.inputType('SetTypingInput', {
  description: 'Whether the viewer types.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    threadId: t.id({ required: false, description: threadId }),
    isTyping: t.boolean({
      defaultValue: true,
      description: 'Say true every three seconds, and false where nothing is left to send.',
    }),
  }),
});

const SetTypingPayload = builder.objectRef<{ ok: boolean }>('SetTypingPayload').implement({
  description: 'That the others have been told.',
  fields: (t) => ({ ok: t.exposeBoolean('ok', { description: 'Always true.' }) }),
});

builder.mutationField('setTyping', (t) =>
  t.field({
    type: SetTypingPayload,
    description:
      'Says that the viewer types, which ends five seconds later, or with a message of theirs. Refuses ' +
      'with NOT_FOUND, FORBIDDEN for those who may not write there, RATE_LIMITED.',
    args: { input: t.arg({ type: SetTypingInput, description: 'Where.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      const roomId = nodeKey('Room', input.roomId);
      const thread = messageIn(roomId, input.threadId, 'threadId');
      await sayTyping(app, viewer, { roomId, thread, isTyping: input.isTyping });
      return { ok: true };
    },
  }),
);

builder.subscriptionField('typing', (t) =>
  t.field({
    type: Typing,
    description:
      'Who types in a room, but for the viewer: now, and whenever that changes. Refuses with NOT_FOUND, ' +
      'FORBIDDEN for those who are no members. Ends when the viewer leaves or is logged out.',
    args: {
      roomId: t.arg.id({ description: 'The `id` of a room that the viewer belongs to.' }),
      threadId: t.arg.id({ required: false, description: threadId }),
    },
    subscribe: (_root, { roomId: id, threadId: rootId }, { app, viewer }) => {
      const roomId = nodeKey('Room', id);
      return followTyping(app, viewer, { roomId, thread: messageIn(roomId, rootId, 'threadId') });
    },
    resolve: (typists) => typists,
  }),
);
