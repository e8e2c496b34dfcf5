import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { messagePayload } from './change-schema.ts';
import { messageKey } from './key.ts';
import {
  addReaction,
  EMOJI_PER_MESSAGE,
  listReactions,
  REACTORS,
  type Reactions,
  removeReaction,
  viewerHasReacted,
} from './reaction.ts';
import { Message } from './schema.ts';

const ReactionGroup = builder.objectRef<Reactions>('ReactionGroup').implement({
  description: 'Those who reacted to a message with the same emoji.',
  fields: (t) => ({
    emoji: t.exposeString('emoji', { shared: true, description: 'With what.' }),
    count: t.exposeInt('count', { shared: true, description: 'How many.' }),
    users: t.field({
      shared: true,
      type: [User],
      description: 'Who, in the order in which they came.',
      args: {
        first: t.arg.int({
          defaultValue: REACTORS,
          description: `How many of them; ${REACTORS} at most.`,
        }),
      },
      resolve: ({ users }, { first }) => users.slice(0, Math.max(0, first)),
    }),
    viewerHasReacted: t.boolean({
      description: 'Whether the viewer is one of them.',
      resolve: (reactions, _args, { app, viewer }) => viewerHasReacted(app, viewer, reactions),
    }),
  }),
});

builder.objectField(Message, 'reactions', (t) =>
  t.field({
    shared: true,
    type: [ReactionGroup],
    description: `By emoji, in the order in which they came; ${EMOJI_PER_MESSAGE} at most.`,
    resolve: (message, _args, { app }) => listReactions(app, message),
  }),
);

const reactionInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({
      messageId: t.id({ description: 'The `id` of the message.' }),
      emoji: t.string({ description: 'One emoji of those that Unicode recommends.' }),
    }),
  });

const AddReactionInput = reactionInput('AddReactionInput', 'A reaction to be added.');
const AddReactionPayload = messagePayload('AddReactionPayload');
const RemoveReactionInput = reactionInput('RemoveReactionInput', 'A reaction to be taken back.');
const RemoveReactionPayload = messagePayload('RemoveReactionPayload');

builder.mutationFields((t) => ({
  addReaction: t.field({
    type: AddReactionPayload,
    description:
      'Reacts to a message; nothing happens where the viewer has so already. Refuses with INVALID_INPUT, ' +
      'NOT_FOUND, FORBIDDEN for those who may not write there, CONFLICT where it was deleted.',
    args: { input: t.arg({ type: AddReactionInput, description: 'To which, with what.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      addReaction(app, viewer, { ...messageKey(input.messageId), emoji: input.emoji }),
  }),
  removeReaction: t.field({
    type: RemoveReactionPayload,
    description:
      'Takes a reaction of the viewer’s back; nothing happens where there is none. Refuses with NOT_FOUND, ' +
      'FORBIDDEN for those who may not write there, CONFLICT where the message was deleted.',
    args: { input: t.arg({ type: RemoveReactionInput, description: 'From which, which one.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      removeReaction(app, viewer, { ...messageKey(input.messageId), emoji: input.emoji }),
  }),
}));
