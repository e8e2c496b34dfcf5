/** Threads as the viewer follows them. */
import { builder } from '../builder.ts';
import { encodeCursor } from '../live/cursor.ts';
import type { LoggedMessage } from '../live/log.ts';
import { messageKey } from '../message/key.ts';
import { Message } from '../message/schema.ts';
import { followThread, unfollowThread } from '../message/thread-follow.ts';
import { markThreadRead, markThreadUnread } from './thread-place.ts';
import {
  findFirstUnreadReply,
  findFollowedThread,
  type FollowedThread as Thread,
} from './thread-unread.ts';
import { listThreads, type ThreadPage, THREADS_PAGE_MAX_SIZE } from './threads.ts';

export const FollowedThread = builder.objectRef<Thread>('FollowedThread').implement({
  description:
    'A thread that the viewer follows, with what is unread in it: one that they began, have replied in or ' +
    'were mentioned in by name, or chose to follow.',
  fields: (t) => ({
    message: t.field({
      type: Message,
      description: 'The message that begins it.',
      resolve: async ({ roomId, threadSeq }, _args, { app }) =>
        (await app.messages.ask({ roomId, seq: threadSeq }))!,
    }),
    unreadCount: t.int({
      description:
        'How many replies are past the viewer’s place: not their own, and none that was deleted.',
      resolve: ({ unread }) => unread,
    }),
    mentionCount: t.int({
      description:
        'How many of them mention the viewer, by name or with all. Those that the room’s history has, too, ' +
        'count in the room.',
      resolve: ({ mentions }) => mentions,
    }),
    readCursor: t.string({
      description: 'The viewer’s place in the thread, as a cursor of the room’s log.',
      resolve: ({ readSeq }, _args, { app }) => encodeCursor(app.db.epoch, readSeq),
    }),
    firstUnread: t.field({
      type: Message,
      nullable: true,
      description: 'The oldest reply that counts as unread; null where there is none.',
      resolve: (thread, _args, { app, viewer }) => findFirstUnreadReply(app, viewer, thread),
    }),
  }),
});

builder.objectField(Message, 'viewerThread', (t) =>
  t.field({
    type: FollowedThread,
    nullable: true,
    description: 'The thread that it begins, as the viewer follows it; null where they do not.',
    resolve: (message, _args, { app, viewer }) => findFollowedThread(app, viewer, message),
  }),
);

const ThreadEdge = builder.objectRef<ThreadPage['threads'][number]>('ThreadEdge').implement({
  description: 'A thread with its place among those that the viewer follows.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place; `after` takes it.' }),
    node: t.field({
      type: FollowedThread,
      description: 'The thread.',
      resolve: (thread) => thread,
    }),
  }),
});

const ThreadConnection = builder.objectRef<ThreadPage>('ThreadConnection').implement({
  description: 'A page of threads.',
  fields: (t) => ({
    edges: t.field({
      type: [ThreadEdge],
      description: 'What is on the page, in order.',
      resolve: ({ threads }) => threads,
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Where the page ends.',
      resolve: ({ threads, hasNextPage, isFirst }) => ({
        hasNextPage,
        hasPreviousPage: !isFirst,
        startCursor: threads.at(0)?.cursor ?? null,
        endCursor: threads.at(-1)?.cursor ?? null,
      }),
    }),
  }),
});

builder.queryField('threads', (t) =>
  t.field({
    type: ThreadConnection,
    description:
      'The threads with replies that the viewer follows: those with unread ones first, and of each kind ' +
      'the one that was replied to last. Refuses with INVALID_INPUT.',
    args: {
      first: t.arg.int({
        required: false,
        description: `How many, up to ${THREADS_PAGE_MAX_SIZE}; 20 where it is left out.`,
      }),
      after: t.arg.string({ required: false, description: 'Only what follows this cursor.' }),
    },
    resolve: (_root, { first, after }, { app, viewer }) =>
      listThreads(app, viewer, { first: first ?? null, after: after ?? null }),
  }),
);

const messageIdInput = (name: string, description: string, which: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ messageId: t.id({ description: which }) }),
  });

const MarkThreadReadInput = builder.inputType('MarkThreadReadInput', {
  description: 'Up to where a thread has been read.',
  fields: (t) => ({
    messageId: t.id({ description: 'The `id` of any message of the thread.' }),
    cursor: t.string({
      description: 'Of the newest reply that was seen; none moves the place back.',
    }),
  }),
});

/** Of the first message of a thread. */
const threadPayload = (name: string) =>
  builder.objectRef<{ message: LoggedMessage }>(name).implement({
    description: 'The thread as it stands for the viewer then.',
    fields: (t) => ({
      message: t.field({
        type: Message,
        description: 'The message that begins it.',
        resolve: ({ message }) => message,
      }),
    }),
  });

const refusals = 'Refuses with NOT_FOUND, or FORBIDDEN for those who are no members of its room.';
const anyMessage = 'The `id` of any message of the thread.';

builder.mutationFields((t) => ({
  followThread: t.field({
    type: threadPayload('FollowThreadPayload'),
    description: `Has the viewer follow a thread from now on; nothing happens where they do. ${refusals}`,
    args: {
      input: t.arg({
        type: messageIdInput('FollowThreadInput', 'A thread to follow.', anyMessage),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      message: await followThread(app, viewer, messageKey(input.messageId)),
    }),
  }),
  unfollowThread: t.field({
    type: threadPayload('UnfollowThreadPayload'),
    description:
      'Has the viewer follow a thread no more, until they reply in it or are mentioned anew. ' +
      refusals,
    args: {
      input: t.arg({
        type: messageIdInput('UnfollowThreadInput', 'A thread to follow no more.', anyMessage),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      message: await unfollowThread(app, viewer, messageKey(input.messageId)),
    }),
  }),
  markThreadRead: t.field({
    type: threadPayload('MarkThreadReadPayload'),
    description:
      'Moves the viewer’s place in a thread forwards; nothing happens where it is past that already, or where they do not ' +
      'follow it. Refuses with INVALID_INPUT, NOT_FOUND, FORBIDDEN for those who are no members of its room, ' +
      'RESYNC_REQUIRED for a cursor of another history.',
    args: {
      input: t.arg({ type: MarkThreadReadInput, description: 'Which thread, and up to where.' }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      message: await markThreadRead(app, viewer, {
        ...messageKey(input.messageId),
        cursor: input.cursor,
      }),
    }),
  }),
  markThreadUnread: t.field({
    type: threadPayload('MarkThreadUnreadPayload'),
    description:
      'Moves the viewer’s place in a thread to just before one of its replies; they follow it from then on. ' +
      refusals,
    args: {
      input: t.arg({
        type: messageIdInput(
          'MarkThreadUnreadInput',
          'From where a thread is to be unread.',
          'The `id` of the first reply that is to be unread; of the message that begins the thread for all of them.',
        ),
        description: 'From where.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      message: await markThreadUnread(app, viewer, messageKey(input.messageId)),
    }),
  }),
}));
