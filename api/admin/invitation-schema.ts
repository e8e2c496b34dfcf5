import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { givenKey } from '../node-id.ts';
import { orderInput } from '../ordering.ts';
import {
  type InvitationOrder,
  type InvitationRecord as Invitation,
  listAllRoomLinks,
  listInvitations,
  type RoomLinkRecord as Link,
} from './invitations.ts';
import { RoomRecord } from './room-schema.ts';
import { Administration, TOTAL_COUNT } from './schema.ts';

const InvitationRecord = builder.objectRef<Invitation>('InvitationRecord');
InvitationRecord.implement({
  description: 'An invitation to register; its code is shown when it is made, and never again.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What `revokeInvitation` takes; no Node.' }),
    createdBy: t.field({
      type: User,
      description: 'Who made it.',
      resolve: async ({ createdById }, _args, { app }) => (await app.users.ask(createdById))!,
    }),
    usesLeft: t.exposeInt('usesLeft', { description: 'How many may still register by it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it holds.' }),
  }),
});

const RoomLinkRecord = builder.objectRef<Link>('RoomLinkRecord');
RoomLinkRecord.implement({
  description:
    'A link by which people join a room; its code is shown when it is made, and never again.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What `revokeRoomLink` takes; no Node.' }),
    room: t.field({
      type: RoomRecord,
      description: 'Where it leads.',
      resolve: ({ room }) => room,
    }),
    createdBy: t.field({
      type: User,
      description: 'Who made it.',
      resolve: async ({ createdById }, _args, { app }) => (await app.users.ask(createdById))!,
    }),
    uses: t.exposeInt('uses', { description: 'How many have joined by it.' }),
    maxUses: t.exposeInt('maxUses', { description: 'How many may.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it holds.' }),
  }),
});

const RoomLinkRecordFilter = builder.inputType('RoomLinkRecordFilter', {
  description: 'Which links; what is left out is not asked for.',
  fields: (t) => ({
    roomId: t.id({ required: false, description: 'The `id` of the Room where they lead.' }),
  }),
});

const ORDERS: Record<InvitationOrder, string> = {
  CREATED_AT: 'When they were made.',
  EXPIRES_AT: 'Until when they hold.',
};
const InvitationRecordOrder = orderInput('InvitationRecord', ORDERS);
const RoomLinkRecordOrder = orderInput('RoomLinkRecord', ORDERS);

builder.objectFields(Administration, (t) => ({
  invitations: t.connection(
    {
      type: InvitationRecord,
      description:
        'All invitations to register, used up and over or not, the latest first unless it is said. Refuses with ' +
        'INVALID_INPUT, UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of the username of who made it, in any case.',
        }),
        orderBy: t.arg({
          type: InvitationRecordOrder,
          required: false,
          description: 'In which order.',
        }),
      },
      resolve: (viewer, { search, orderBy, ...page }, { app }) =>
        listInvitations(
          app,
          viewer,
          { search },
          orderBy ?? { field: 'CREATED_AT', direction: 'DESC' },
          page,
        ),
    },
    { description: 'A page of invitations.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
  roomLinks: t.connection(
    {
      type: RoomLinkRecord,
      description:
        'All links to rooms, used up and over or not, the latest first unless it is said. Refuses with INVALID_INPUT, ' +
        'UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description:
            'Part of the room’s name or slug, or of the username of who made it, in any case.',
        }),
        filter: t.arg({ type: RoomLinkRecordFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({
          type: RoomLinkRecordOrder,
          required: false,
          description: 'In which order.',
        }),
      },
      resolve: (viewer, { search, filter, orderBy, ...page }, { app }) =>
        listAllRoomLinks(
          app,
          viewer,
          { search, roomId: givenKey('Room', filter?.roomId) },
          orderBy ?? { field: 'CREATED_AT', direction: 'DESC' },
          page,
        ),
    },
    { description: 'A page of links.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
}));
