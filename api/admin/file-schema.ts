import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { encodeNodeId, givenKey } from '../node-id.ts';
import { orderInput } from '../ordering.ts';
import { type FileOrder, type FileRecord as Record, listFiles } from './files.ts';
import { RoomRecord } from './room-schema.ts';
import { Administration, TOTAL_COUNT } from './schema.ts';

const FileRecord = builder.objectRef<Record>('FileRecord');
FileRecord.implement({
  description: 'A file as administration sees it.',
  fields: (t) => ({
    id: t.id({
      description: 'The `id` of the File.',
      resolve: ({ id }) => encodeNodeId('File', id),
    }),
    name: t.exposeString('name', {
      nullable: true,
      description:
        'What its uploader called it; null where the viewer may not read the room, and while it is not sent.',
    }),
    mediaType: t.exposeString('mediaType', {
      description: 'What it is by its content, such as `image/jpeg`.',
    }),
    size: t.exposeInt('size', { description: 'In bytes.' }),
    width: t.exposeInt('width', { nullable: true, description: 'Of an image, in pixels.' }),
    height: t.exposeInt('height', { nullable: true, description: 'Of an image, in pixels.' }),
    alt: t.exposeString('alt', {
      nullable: true,
      description: 'What it shows, in words; null likewise.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was uploaded.' }),
    room: t.field({
      type: RoomRecord,
      description: 'For which room.',
      resolve: ({ room }) => room,
    }),
    uploader: t.field({
      type: User,
      description: 'By whom.',
      resolve: async ({ uploaderId }, _args, { app }) => (await app.users.ask(uploaderId))!,
    }),
    url: t.exposeString('url', {
      nullable: true,
      description:
        'Where it is fetched, on this server; null where the viewer may not read the room, and while it is not sent.',
    }),
    isSent: t.boolean({
      description: 'Whether it was sent with a message.',
      resolve: ({ messageSeq }) => messageSeq !== null,
    }),
  }),
});

const FileRecordFilter = builder.inputType('FileRecordFilter', {
  description: 'Which files; what is left out is not asked for.',
  fields: (t) => ({
    roomId: t.id({ required: false, description: 'The `id` of the Room for which they are.' }),
    uploaderId: t.id({ required: false, description: 'The `id` of the User who uploaded them.' }),
    mediaType: t.string({
      required: false,
      description: 'How their media type begins, such as `image/`.',
    }),
    isSent: t.boolean({
      required: false,
      description: 'Only those that were (true) or were not (false) sent.',
    }),
  }),
});

const FileRecordOrder = orderInput<FileOrder>('FileRecord', {
  CREATED_AT: 'When they were uploaded.',
  SIZE: 'How large they are.',
  NAME: 'What they are called; those whose names are not shown together.',
});

builder.objectField(Administration, 'files', (t) =>
  t.connection(
    {
      type: FileRecord,
      description:
        'All files but those of direct messages, the latest first unless it is said. Refuses with INVALID_INPUT, UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of a name that is shown, in any case.',
        }),
        filter: t.arg({ type: FileRecordFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({ type: FileRecordOrder, required: false, description: 'In which order.' }),
      },
      resolve: (viewer, { search, filter, orderBy, ...page }, { app }) =>
        listFiles(
          app,
          viewer,
          {
            ...{ search, ...filter },
            roomId: givenKey('Room', filter?.roomId),
            uploaderId: givenKey('User', filter?.uploaderId),
          },
          orderBy ?? { field: 'CREATED_AT', direction: 'DESC' },
          page,
        ),
    },
    { description: 'A page of files.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
);
