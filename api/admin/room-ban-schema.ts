import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { encodeNodeId, givenKey } from '../node-id.ts';
import { orderInput } from '../ordering.ts';
import { listRoomBans, type RoomBanOrder, type RoomBanRecord as Record } from './room-bans.ts';
import { RoomRecord } from './room-schema.ts';
import { Administration, TOTAL_COUNT } from './schema.ts';

const RoomBanRecord = builder.objectRef<Record>('RoomBanRecord');
RoomBanRecord.implement({
  description: 'That somebody is kept out of a room.',
  fields: (t) => ({
    id: t.id({
      description: 'Unique among bans from rooms; no Node.',
      resolve: ({ roomId, userId }) => encodeNodeId('RoomBan', `${roomId}.${userId}`),
    }),
    room: t.field({ type: RoomRecord, description: 'Of what.', resolve: ({ room }) => room }),
    user: t.field({
      type: User,
      description: 'Who.',
      resolve: async ({ userId }, _args, { app }) => (await app.users.ask(userId))!,
    }),
    by: t.field({
      type: User,
      description: 'Who banned them.',
      resolve: async ({ byId }, _args, { app }) => (await app.users.ask(byId))!,
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in their words.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when; null for good.',
    }),
  }),
});

const RoomBanRecordFilter = builder.inputType('RoomBanRecordFilter', {
  description: 'Which bans; what is left out is not asked for.',
  fields: (t) => ({
    roomId: t.id({ required: false, description: 'The `id` of the Room.' }),
    userId: t.id({ required: false, description: 'The `id` of the User.' }),
  }),
});

const RoomBanRecordOrder = orderInput<RoomBanOrder>('RoomBanRecord', { CREATED_AT: 'Since when.' });

builder.objectField(Administration, 'roomBans', (t) =>
  t.connection(
    {
      type: RoomBanRecord,
      description:
        'Whom rooms keep out, the latest first unless it is said. Refuses with INVALID_INPUT, UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of the username or the display name of who is banned, in any case.',
        }),
        filter: t.arg({ type: RoomBanRecordFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({
          type: RoomBanRecordOrder,
          required: false,
          description: 'In which order.',
        }),
      },
      resolve: (viewer, { search, filter, orderBy, ...page }, { app }) =>
        listRoomBans(
          app,
          viewer,
          {
            search,
            roomId: givenKey('Room', filter?.roomId),
            userId: givenKey('User', filter?.userId),
          },
          orderBy ?? { field: 'CREATED_AT', direction: 'DESC' },
          page,
        ),
    },
    { description: 'A page of bans.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
);
