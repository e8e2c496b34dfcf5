/** What those who run the server see of all of it; the lists are in files of their own. */
import { onServer } from '../access.ts';
import { builder } from '../builder.ts';
import { COUNT } from '../ordering.ts';
import type { Person } from '../viewer.ts';
import type { RecordPage } from './listing.ts';

/** Whoever sees it is an administrator. */
export const Administration = builder.objectRef<Person>('Administration').implement({
  description:
    'All that there is on the server, for administrators. Of private rooms they see names, people and counts, of direct ' +
    'messages nothing. What its lists have are records: things as administration sees them.',
});

builder.queryField('administration', (t) =>
  t.field({
    type: Administration,
    description: 'What administrators see. Refuses with FORBIDDEN for all others.',
    resolve: (_root, _args, { viewer }) => onServer(viewer, 'administer'),
  }),
);

/** The field of connections that says how long their lists are. */
export const TOTAL_COUNT = {
  nullable: true,
  description: `${COUNT} Null where counting takes too long.`,
  resolve: ({ count }: Pick<RecordPage<unknown>, 'count'>) => count(),
} as const;
