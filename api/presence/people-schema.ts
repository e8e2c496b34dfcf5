import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { nodeKey } from '../node-id.ts';
import { findPeople, followPeople } from './people.ts';
import { MOST_WATCHED } from './stream.ts';

builder.subscriptionField('peopleChanged', (t) =>
  t.field({
    type: [User],
    description:
      'How people are called and look and what they tell of themselves: first all of them, then those who ' +
      'have changed, gathered for a moment. Refuses with UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND for ' +
      'what is no id of a user, RATE_LIMITED.',
    args: {
      userIds: t.arg.idList({ description: `The \`id\`s of up to ${MOST_WATCHED} users.` }),
    },
    subscribe: (_root, { userIds }, { app, viewer }) =>
      followPeople(app, viewer, { userIds: userIds.map((id) => nodeKey('User', id)) }),
    resolve: (userIds, _args, { app }) => findPeople(app, userIds),
  }),
);
