/** Whom a message mentions. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { MENTION_ALL_MEMBERS } from '../access.ts';
import { mentionedUsers } from './mention.ts';
import { Message } from './schema.ts';

const MentionScope = builder.enumType('MentionScope', {
  description: 'How a message mentions all members of its room at once.',
  values: {
    HERE: {
      description: 'By `@here`: it counts as `@all` does, and notifies only those who are present.',
    },
    ALL: { description: 'By `@all`: everybody.' },
  },
});

builder.objectFields(Message, (t) => ({
  mentionedUsers: t.field({
    shared: true,
    type: [User],
    description:
      'Members of the room that it names by `@username`, also a former one, outside of code.',
    resolve: (message, _args, { app }) => mentionedUsers(app, message),
  }),
  mentionScope: t.expose('mentionScope', {
    shared: true,
    type: MentionScope,
    nullable: true,
    description:
      'Whether it mentions all members, null where it does not. The room’s owners, moderators and administrators may, ' +
      `and everybody in rooms of up to ${MENTION_ALL_MEMBERS} members; else \`@all\` is text like any other.`,
  }),
}));
