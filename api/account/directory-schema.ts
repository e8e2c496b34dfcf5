import { builder } from '../builder.ts';
import { findPeople, PEOPLE_FOUND } from './directory.ts';
import { User } from './schema.ts';

builder.queryField('people', (t) =>
  t.field({
    type: [User],
    description: `People by their names, the viewer among them; up to ${PEOPLE_FOUND}. Refuses with RATE_LIMITED.`,
    args: {
      search: t.arg.string({
        description: 'How a username, a display name or a word in it begins, in any case.',
      }),
    },
    resolve: (_root, { search }, { app, viewer }) => findPeople(app, viewer, { search }),
  }),
);
