import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { encodeNodeId, nodeKey } from '../node-id.ts';
import { orderInput } from '../ordering.ts';
import { PostingPolicy, RoomVisibility } from '../room/schema.ts';
import type { RoomRecord as Record } from './records.ts';
import { listAllRooms, roomRecord, type RoomOrder } from './rooms.ts';
import { Administration, TOTAL_COUNT } from './schema.ts';

export const RoomRecord = builder.objectRef<Record>('RoomRecord');
RoomRecord.implement({
  description: 'A room as administration sees it; direct messages are none.',
  fields: (t) => ({
    id: t.id({
      description: 'The `id` of the Room.',
      resolve: ({ id }) => encodeNodeId('Room', id),
    }),
    slug: t.exposeString('slug', { description: 'Its address.' }),
    name: t.exposeString('name', { description: 'What it is called.' }),
    topic: t.exposeString('topic', { nullable: true, description: 'What it is about.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is for and how one behaves there, in Markdown.',
    }),
    icon: t.exposeString('icon', { nullable: true, description: 'One emoji.' }),
    visibility: t.expose('visibility', { type: RoomVisibility, description: 'Who sees it.' }),
    postingPolicy: t.expose('postingPolicy', {
      type: PostingPolicy,
      description: 'Who writes in it.',
    }),
    slowModeSeconds: t.exposeInt('slowModeSeconds', {
      description: 'How long a member waits between two messages; 0 for not at all.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when it exists.' }),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is archived; null where it is in use.',
    }),
    memberCount: t.exposeInt('memberCount', { description: 'How many belong to it.' }),
    messageCount: t.int({
      description: 'Messages that stand, those in threads included.',
      resolve: ({ id }, _args, { app }) => app.records.ofRooms.messageCount.ask(id),
    }),
    fileCount: t.int({
      description: 'Files.',
      resolve: async ({ id }, _args, { app }) =>
        (await app.records.ofRooms.files.ask(id)).fileCount,
    }),
    fileBytes: t.float({
      description: 'How large these are together.',
      resolve: async ({ id }, _args, { app }) =>
        (await app.records.ofRooms.files.ask(id)).fileBytes,
    }),
    lastMessageAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the newest message that stands was posted; null for none.',
      resolve: ({ id }, _args, { app }) => app.records.ofRooms.lastMessageAt.ask(id),
    }),
    owners: t.field({
      type: [User],
      description: 'Its owners, in the order in which they came.',
      resolve: ({ id }, _args, { app }) => app.records.ofRooms.owners.ask(id),
    }),
    isReadable: t.exposeBoolean('isReadable', {
      description: 'Whether the viewer may read what is said in it, as anybody may or as a member.',
    }),
  }),
});

const RoomRecordFilter = builder.inputType('RoomRecordFilter', {
  description: 'Which rooms; what is left out is not asked for.',
  fields: (t) => ({
    visibilities: t.field({
      type: [RoomVisibility],
      required: false,
      description: 'Who sees them: one of these.',
    }),
    isArchived: t.boolean({
      required: false,
      description: 'Only those that are (true) or are not (false) archived.',
    }),
  }),
});

const RoomRecordOrder = orderInput<RoomOrder>('RoomRecord', {
  NAME: 'What they are called.',
  CREATED_AT: 'Since when they exist.',
  MEMBER_COUNT: 'How many belong to them.',
});

builder.objectFields(Administration, (t) => ({
  rooms: t.connection(
    {
      type: RoomRecord,
      description:
        'All rooms, private ones too, by name unless it is said. Refuses with INVALID_INPUT, UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of a name, a slug or a topic, in any case.',
        }),
        filter: t.arg({ type: RoomRecordFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({ type: RoomRecordOrder, required: false, description: 'In which order.' }),
      },
      resolve: (viewer, { search, filter, orderBy, ...page }, { app }) =>
        listAllRooms(app, viewer, { search, ...filter }, orderBy ?? { field: 'NAME' }, page),
    },
    { description: 'A page of rooms.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
  room: t.field({
    type: RoomRecord,
    nullable: true,
    description: 'One room; null where there is none.',
    args: { roomId: t.arg.id({ description: 'The `id` of the Room.' }) },
    resolve: (viewer, { roomId }, { app }) => roomRecord(app, viewer, nodeKey('Room', roomId)),
  }),
}));
