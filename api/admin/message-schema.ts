import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { encodeNodeId, givenKey } from '../node-id.ts';
import { orderInput } from '../ordering.ts';
import { listAllMessages, type MessageOrder, type MessageRecord as Record } from './messages.ts';
import { RoomRecord } from './room-schema.ts';
import { Administration, TOTAL_COUNT } from './schema.ts';

const MessageRecord = builder.objectRef<Record>('MessageRecord');
MessageRecord.implement({
  description: 'A message as administration sees it; direct messages are none.',
  fields: (t) => ({
    id: t.id({
      description: 'The `id` of the Message.',
      resolve: ({ roomId, seq }) => encodeNodeId('Message', `${roomId}.${seq}`),
    }),
    room: t.field({
      type: RoomRecord,
      description: 'Where it was written.',
      resolve: ({ room }) => room,
    }),
    author: t.field({
      type: User,
      description: 'Who wrote it.',
      resolve: async ({ authorId }, _args, { app }) => (await app.users.ask(authorId))!,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was posted.' }),
    editedAt: t.expose('editedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last changed, null if never.',
    }),
    deletedAt: t.expose('deletedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted, null while it stands.',
    }),
    body: t.exposeString('body', {
      nullable: true,
      description:
        'The text as typed, empty once it is deleted; null where the viewer may not read the room and nobody has reported it.',
    }),
    fileCount: t.exposeInt('fileCount', { description: 'Files that were sent with it.' }),
    reportCount: t.exposeInt('reportCount', { description: 'Reports of it, closed ones too.' }),
  }),
});

const MessageRecordFilter = builder.inputType('MessageRecordFilter', {
  description: 'Which messages; what is left out is not asked for.',
  fields: (t) => ({
    roomId: t.id({ required: false, description: 'The `id` of the Room where.' }),
    authorId: t.id({ required: false, description: 'The `id` of the User who wrote them.' }),
    since: t.field({
      type: 'DateTime',
      required: false,
      description: 'Posted at that moment or later.',
    }),
    until: t.field({
      type: 'DateTime',
      required: false,
      description: 'Posted before that moment.',
    }),
    isDeleted: t.boolean({
      required: false,
      description: 'Only those that were (true) or were not (false) deleted.',
    }),
    isReported: t.boolean({
      required: false,
      description: 'Only those that somebody (true) or nobody (false) has reported.',
    }),
  }),
});

const MessageRecordOrder = orderInput<MessageOrder>('MessageRecord', {
  CREATED_AT: 'When they were posted.',
});

builder.objectField(Administration, 'messages', (t) =>
  t.connection(
    {
      type: MessageRecord,
      description:
        'All messages but direct ones, the latest first unless it is said. What was said in the last second or so may be missing ' +
        'where no room is asked for. Refuses with INVALID_INPUT, UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description:
            'Words and "phrases" as in `searchMessages`, without operators; then only in rooms that the viewer may read.',
        }),
        filter: t.arg({ type: MessageRecordFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({
          type: MessageRecordOrder,
          required: false,
          description: 'In which order.',
        }),
      },
      resolve: (viewer, { search, filter, orderBy, ...page }, { app }) =>
        listAllMessages(
          app,
          viewer,
          {
            ...{ search, ...filter },
            roomId: givenKey('Room', filter?.roomId),
            authorId: givenKey('User', filter?.authorId),
          },
          orderBy ?? { field: 'CREATED_AT', direction: 'DESC' },
          page,
        ),
    },
    { description: 'A page of messages.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
);
