import { builder } from '../builder.ts';
import type { Export as ExportRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { Room } from '../room/schema.ts';
import { followExport } from './progress.ts';
import {
  addressOfExport,
  findDownload,
  findExport,
  findExportedRoom,
  listExports,
  startExport,
} from './request.ts';

const ExportKind = builder.enumType('ExportKind', {
  description: 'What an export is of.',
  values: {
    SERVER: { description: 'All of the server, for its owner.' },
    ROOM: { description: 'A room, for its owners, and administrators who may read it.' },
    PERSON: { description: 'What the viewer has said and done.' },
  } as const,
});

const ExportState = builder.enumType('ExportState', {
  description: 'How an export stands.',
  values: {
    WAITING: { description: 'It has not begun.' },
    RUNNING: { description: 'It is being written.' },
    READY: { description: 'It can be downloaded.' },
    FAILED: {
      description: 'It could not be written; whoever runs the server finds why in its log.',
    },
  } as const,
});

const Export = builder.objectRef<ExportRow>('Export');

builder.node(Export, {
  description: 'A file with what was said and done, by the format in docs/export.md.',
  id: { resolve: ({ id }) => id },
  loadWithoutCache: (id, { app, viewer }) => findExport(app, viewer, id),
  fields: (t) => ({
    kind: t.expose('kind', { type: ExportKind, description: 'What it is of.' }),
    room: t.prismaField({
      type: Room,
      nullable: true,
      description:
        'Of a room’s: which; null for others, and where the viewer does not see it any more.',
      resolve: (query, row, _args, { app, viewer }) => findExportedRoom(app, viewer, row, query),
    }),
    state: t.expose('state', { type: ExportState, description: 'How it stands.' }),
    done: t.float({
      description: 'How many bytes of content are written.',
      resolve: ({ done }) => Number(done),
    }),
    total: t.float({
      description: 'Of how many, nearly; 0 until it has begun.',
      resolve: ({ total }) => Number(total),
    }),
    url: t.string({
      nullable: true,
      description:
        'Where it is downloaded, on this server, by whoever asked for it; null until it is READY.',
      resolve: async (row, _args, { app, viewer }) =>
        (await findDownload(app, viewer, row.id)) && addressOfExport(row),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it is removed.' }),
  }),
});

const StartExportInput = builder.inputType('StartExportInput', {
  description: 'What is to be exported.',
  fields: (t) => ({
    kind: t.field({ type: ExportKind, description: 'What it is of.' }),
    roomId: t.id({ required: false, description: 'Of a room’s: the `id` of the room.' }),
  }),
});

const StartExportPayload = builder.objectRef<ExportRow>('StartExportPayload').implement({
  description: 'The export as it stands.',
  fields: (t) => ({
    export: t.field({ type: Export, description: 'The export.', resolve: (row) => row }),
  }),
});

builder.mutationField('startExport', (t) =>
  t.field({
    type: StartExportPayload,
    description:
      'Has an export written, which can then be downloaded for a day; where the viewer has asked for the same and it is ' +
      'under way, gives that. Refuses with INVALID_INPUT, NOT_FOUND, FORBIDDEN for those who may not have it, ' +
      'RATE_LIMITED.',
    args: { input: t.arg({ type: StartExportInput, description: 'Of what.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      startExport(app, viewer, {
        kind: input.kind,
        roomId: input.roomId ? nodeKey('Room', input.roomId) : null,
      }),
  }),
);

builder.queryField('exports', (t) =>
  t.field({
    type: [Export],
    description:
      'The latest 20 exports that the viewer has asked for, the latest first. Refuses with UNAUTHENTICATED.',
    resolve: (_root, _args, { app, viewer }) => listExports(app, viewer),
  }),
);

builder.subscriptionField('exportProgress', (t) =>
  t.field({
    type: Export,
    description:
      'How an export of the viewer’s stands: first now, then whenever it has come further. Refuses with ' +
      'UNAUTHENTICATED, NOT_FOUND, RATE_LIMITED.',
    args: { exportId: t.arg.id({ description: 'The `id` of the export.' }) },
    subscribe: (_root, { exportId }, { app, viewer }) =>
      followExport(app, viewer, nodeKey('Export', exportId)),
    resolve: (row) => row,
  }),
);
