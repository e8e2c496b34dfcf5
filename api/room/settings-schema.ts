/** Changing what a room is: its settings, whether it is archived, and that it is no more. */
import { builder } from '../builder.ts';
import { nodeKey } from '../node-id.ts';
import { archiveRoom, unarchiveRoom } from './archive.ts';
import { deleteRoom, previewDeletion, type RoomContents } from './deletion.ts';
import { PostingPolicy, Room, roomPayload, RoomVisibility } from './schema.ts';
import { DESCRIPTION_MAX_LENGTH, SLOW_MODE_MAX_SECONDS, updateRoom } from './settings.ts';

const DeletionPreview = builder.objectRef<RoomContents>('RoomDeletionPreview').implement({
  description: 'What goes with a room that is deleted.',
  fields: (t) => ({
    messageCount: t.exposeInt('messageCount', { description: 'Messages that stand.' }),
    fileCount: t.exposeInt('fileCount', { description: 'Files.' }),
    fileBytes: t.exposeFloat('fileBytes', { description: 'How large these are together.' }),
    memberCount: t.exposeInt('memberCount', { description: 'Members.' }),
  }),
});

builder.prismaObjectField(Room, 'deletionPreview', (t) =>
  t.field({
    type: DeletionPreview,
    nullable: true,
    description: 'What would be lost with it; null for those who may not delete it.',
    resolve: ({ id }, _args, { app, viewer }) => previewDeletion(app, viewer, { roomId: id }),
  }),
);

const UpdateRoomInput = builder.inputType('UpdateRoomInput', {
  description: 'Other settings for a room; what is left out stays as it is.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    description: t.string({
      required: false,
      description: `What it is for, in Markdown: up to ${DESCRIPTION_MAX_LENGTH} characters; null for none.`,
    }),
    icon: t.string({ required: false, description: 'One emoji; null for none.' }),
    visibility: t.field({
      type: RoomVisibility,
      required: false,
      description: 'Who is to see it; its members stay in it.',
    }),
    postingPolicy: t.field({
      type: PostingPolicy,
      required: false,
      description: 'Who is to write in it.',
    }),
    slowModeSeconds: t.int({
      required: false,
      description: `How long members are to wait between two messages, up to ${SLOW_MODE_MAX_SECONDS}; 0 for not at all.`,
    }),
  }),
});

const archiveInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ roomId: t.id({ description: 'The `id` of the room.' }) }),
  });

const DeleteRoomInput = builder.inputType('DeleteRoomInput', {
  description: 'A room to be deleted for good.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    slug: t.string({ description: 'Its `slug`, typed again: so that it is this one.' }),
  }),
});

const DeleteRoomPayload = builder.objectRef<{ roomId: string }>('DeleteRoomPayload').implement({
  description: 'The room that was deleted.',
  fields: (t) => ({ roomId: t.exposeID('roomId', { description: 'The `id` that it had.' }) }),
});

builder.mutationFields((t) => ({
  updateRoom: t.field({
    type: roomPayload('UpdateRoomPayload', 'The room that was changed.'),
    description:
      'Changes a room’s settings. Refuses with INVALID_INPUT, NOT_FOUND, FORBIDDEN for all but owners and administrators, ' +
      'and in an archived room.',
    args: { input: t.arg({ type: UpdateRoomInput, description: 'Which, and how.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await updateRoom(app, viewer, {
        ...input,
        roomId: nodeKey('Room', input.roomId),
        // Null takes away what there may be none of, and is no choice of the others.
        visibility: input.visibility ?? undefined,
        postingPolicy: input.postingPolicy ?? undefined,
        slowModeSeconds: input.slowModeSeconds ?? undefined,
      }),
    }),
  }),
  archiveRoom: t.field({
    type: roomPayload('ArchiveRoomPayload', 'The room that is archived.'),
    description:
      'Archives a room: it is read and searched, and nothing changes in it. Refuses with NOT_FOUND, or FORBIDDEN for all ' +
      'but owners and administrators.',
    args: {
      input: t.arg({
        type: archiveInput('ArchiveRoomInput', 'A room to be archived.'),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await archiveRoom(app, viewer, { roomId: nodeKey('Room', input.roomId) }),
    }),
  }),
  unarchiveRoom: t.field({
    type: roomPayload('UnarchiveRoomPayload', 'The room that is in use again.'),
    description:
      'Takes an archived room back into use. Refuses with NOT_FOUND, or FORBIDDEN for all but owners and administrators.',
    args: {
      input: t.arg({
        type: archiveInput('UnarchiveRoomInput', 'A room to be taken back.'),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await unarchiveRoom(app, viewer, { roomId: nodeKey('Room', input.roomId) }),
    }),
  }),
  deleteRoom: t.field({
    type: DeleteRoomPayload,
    description:
      'Deletes a room with all that is in it, for good. Refuses with INVALID_INPUT where the slug is another one, NOT_FOUND, ' +
      'FORBIDDEN for all but owners and administrators.',
    args: { input: t.arg({ type: DeleteRoomInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      await deleteRoom(app, viewer, { ...input, roomId: nodeKey('Room', input.roomId) });
      return { roomId: input.roomId };
    },
  }),
}));
