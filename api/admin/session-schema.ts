import { SessionKind, User } from '../account/schema.ts';
import { describeSession } from '../account/session-schema.ts';
import { builder } from '../builder.ts';
import { encodeNodeId, givenKey } from '../node-id.ts';
import { orderInput } from '../ordering.ts';
import { Administration, TOTAL_COUNT } from './schema.ts';
import { listAllSessions, type SessionOrder, type SessionRecord as Record } from './sessions.ts';

const SessionRecord = builder.objectRef<Record>('SessionRecord');
SessionRecord.implement({
  description: 'A log-in of somebody.',
  fields: (t) => ({
    id: t.id({
      description: 'The `id` of the Session; `revokeSession` takes it.',
      resolve: ({ id }) => encodeNodeId('Session', id),
    }),
    user: t.field({
      type: User,
      description: 'Whose.',
      resolve: async ({ userId }, _args, { app }) => (await app.users.ask(userId))!,
    }),
  }),
});
describeSession(SessionRecord);

const SessionRecordFilter = builder.inputType('SessionRecordFilter', {
  description: 'Which sessions; what is left out is not asked for.',
  fields: (t) => ({
    userId: t.id({ required: false, description: 'The `id` of the User whose they are.' }),
    kinds: t.field({
      type: [SessionKind],
      required: false,
      description: 'How they are carried: one of these.',
    }),
  }),
});

const SessionRecordOrder = orderInput<SessionOrder>('SessionRecord', {
  CREATED_AT: 'When they began.',
  LAST_USED_AT: 'When they were last used.',
});

builder.objectField(Administration, 'sessions', (t) =>
  t.connection(
    {
      type: SessionRecord,
      description:
        'All sessions that are not over, the last used first unless it is said. Refuses with INVALID_INPUT, UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description:
            'Part of an address, of what a program calls itself, or of a username, in any case.',
        }),
        filter: t.arg({ type: SessionRecordFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({
          type: SessionRecordOrder,
          required: false,
          description: 'In which order.',
        }),
      },
      resolve: (viewer, { search, filter, orderBy, ...page }, { app }) =>
        listAllSessions(
          app,
          viewer,
          { search, ...filter, userId: givenKey('User', filter?.userId) },
          orderBy ?? { field: 'LAST_USED_AT', direction: 'DESC' },
          page,
        ),
    },
    { description: 'A page of sessions.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
);
