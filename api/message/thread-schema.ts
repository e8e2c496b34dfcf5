/** What a message answers, and what is answered to it. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { listReplies } from './history.ts';
import { Message, MessageConnection, MessageEdge, toConnection } from './schema.ts';
import { answeredBy, lastRepliers, threadOf } from './thread.ts';

builder.objectFields(Message, (t) => ({
  replyTo: t.field({
    shared: true,
    type: Message,
    nullable: true,
    description: 'The message that it answers and quotes, null for none.',
    resolve: (message, _args, { app }) => answeredBy(app, message),
  }),
  thread: t.field({
    shared: true,
    type: Message,
    nullable: true,
    description: 'The message in whose thread it is, null for none.',
    resolve: (message, _args, { app }) => threadOf(app, message),
  }),
  replyCount: t.exposeInt('replyCount', {
    shared: true,
    description: 'How many replies stand in its thread.',
  }),
  lastReplyAt: t.expose('lastReplyAt', {
    shared: true,
    type: 'DateTime',
    nullable: true,
    description: 'When the latest of them was posted, null where there is none.',
  }),
  lastRepliers: t.field({
    shared: true,
    type: [User],
    description: 'Up to three who replied last, the latest first.',
    resolve: (message, _args, { app }) => lastRepliers(app, message),
  }),
  replies: t.connection(
    {
      type: Message,
      description:
        'What is said in its thread, oldest first; the cursors are those of the room. Refuses with ' +
        'INVALID_INPUT, or RESYNC_REQUIRED for a cursor of another history.',
      resolve: async (message, args, { app, viewer }) =>
        toConnection(app, await listReplies(app, viewer, message, args)),
    },
    MessageConnection,
    MessageEdge,
  ),
}));
