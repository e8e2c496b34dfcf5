import { builder } from '../builder.ts';
import type { File as FileRow } from '../generated/prisma/client.ts';
import { Message } from '../message/schema.ts';
import { nodeKey } from '../node-id.ts';
import { addressOf, thumbnailAddressOf } from './address.ts';
import { describeFile, discardFile, findFile } from './file.ts';
import { kindOf } from './media-type.ts';
import { deleteFile } from './removal.ts';

const FileKind = builder.enumType('FileKind', {
  description: 'How a file is shown.',
  values: {
    IMAGE: { description: 'As a picture: JPEG, PNG, WebP, GIF or AVIF.' },
    VIDEO: { description: 'In a player of videos.' },
    AUDIO: { description: 'In a player of sounds.' },
    OTHER: { description: 'Not at all: it can be downloaded.' },
  } as const,
});

const File = builder.objectRef<FileRow>('File');

builder.node(File, {
  description: 'What somebody has uploaded for a room, by `POST /upload`.',
  id: { resolve: ({ id }) => id },
  loadWithoutCache: (id, { app, viewer }) => findFile(app, viewer, id),
  fields: (t) => ({
    name: t.exposeString('name', {
      shared: true,
      description: 'What its uploader called it; it says nothing of what is in it.',
    }),
    mediaType: t.exposeString('mediaType', {
      shared: true,
      description: 'What it is by its content, such as `image/jpeg`.',
    }),
    kind: t.field({
      shared: true,
      type: FileKind,
      description: 'How it is shown.',
      resolve: ({ mediaType }) => kindOf(mediaType),
    }),
    size: t.exposeInt('size', { shared: true, description: 'In bytes.' }),
    width: t.exposeInt('width', {
      shared: true,
      nullable: true,
      description: 'Of an image, in pixels, as it is seen.',
    }),
    height: t.exposeInt('height', {
      shared: true,
      nullable: true,
      description: 'Of an image, in pixels, as it is seen.',
    }),
    alt: t.exposeString('alt', {
      shared: true,
      nullable: true,
      description: 'What it shows, in words, for those who do not see it.',
    }),
    url: t.string({
      shared: true,
      description: 'Where it is fetched, on this server, by those who see its room.',
      resolve: (file) => addressOf(file),
    }),
    thumbnailUrl: t.string({
      shared: true,
      nullable: true,
      description: 'Where an image is fetched small, at most 960 × 720.',
      resolve: (file) => thumbnailAddressOf(file),
    }),
  }),
});

builder.objectField(Message, 'attachments', (t) =>
  t.field({
    shared: true,
    type: [File],
    description: 'The files that were sent with it, in their order.',
    resolve: ({ roomId, seq, fileCount }, _args, { app }) =>
      fileCount === 0 ? [] : app.attachments.ask({ roomId, seq }),
  }),
);

const DescribeFileInput = builder.inputType('DescribeFileInput', {
  description: 'What a file shows.',
  fields: (t) => ({
    fileId: t.id({ description: 'The `id` of the file.' }),
    alt: t.string({
      required: false,
      description: 'Up to 1,000 characters; null or blank for none.',
    }),
  }),
});

const DescribeFilePayload = builder.objectRef<FileRow>('DescribeFilePayload').implement({
  description: 'The file as it is now.',
  fields: (t) => ({
    file: t.field({ type: File, description: 'The file.', resolve: (file) => file }),
  }),
});

builder.mutationField('describeFile', (t) =>
  t.field({
    type: DescribeFilePayload,
    description:
      'Says what a file of one’s own shows, before it is sent. Refuses with INVALID_INPUT, NOT_FOUND, ' +
      'CONFLICT once it is sent.',
    args: { input: t.arg({ type: DescribeFileInput, description: 'The description.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      describeFile(app, viewer, {
        fileId: nodeKey('File', input.fileId),
        alt: input.alt ?? null,
      }),
  }),
);

const DiscardFileInput = builder.inputType('DiscardFileInput', {
  description: 'A file that is not to be sent.',
  fields: (t) => ({ fileId: t.id({ description: 'The `id` of the file.' }) }),
});

const DiscardFilePayload = builder.objectRef<{ fileId: string }>('DiscardFilePayload').implement({
  description: 'That the file is gone.',
  fields: (t) => ({
    fileId: t.exposeID('fileId', { description: 'The `id` that it had.' }),
  }),
});

builder.mutationField('discardFile', (t) =>
  t.field({
    type: DiscardFilePayload,
    description:
      'Removes a file that one has uploaded and not sent. Refuses with NOT_FOUND, CONFLICT once it is sent.',
    args: { input: t.arg({ type: DiscardFileInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      await discardFile(app, viewer, { fileId: nodeKey('File', input.fileId) });
      return input;
    },
  }),
);

const DeleteFileInput = builder.inputType('DeleteFileInput', {
  description: 'A file to be deleted.',
  fields: (t) => ({ fileId: t.id({ description: 'The `id` of the file.' }) }),
});

const DeleteFilePayload = builder.objectRef<{ fileId: string }>('DeleteFilePayload').implement({
  description: 'That the file is gone.',
  fields: (t) => ({ fileId: t.exposeID('fileId', { description: 'The `id` that it had.' }) }),
});

builder.mutationField('deleteFile', (t) =>
  t.field({
    type: DeleteFilePayload,
    description:
      'Deletes a file of anybody’s. Its message is edited by that, or deleted where it had nothing else. Refuses with ' +
      'NOT_FOUND, FORBIDDEN for all but administrators, towards those of as high a role and in an archived room.',
    args: { input: t.arg({ type: DeleteFileInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      await deleteFile(app, viewer, { fileId: nodeKey('File', input.fileId) });
      return input;
    },
  }),
);
