/** Links by which people join rooms. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { nodeKey } from '../node-id.ts';
import { RoomPreview } from './invitation-schema.ts';
import {
  createRoomLink,
  findByLink,
  joinByLink,
  LINK_MAX_DAYS,
  LINK_MAX_USES,
  type ListedLink,
  listRoomLinks,
  revokeRoomLink,
} from './link.ts';
import { Room, roomPayload } from './schema.ts';

const RoomLink = builder.objectRef<ListedLink>('RoomLink').implement({
  description:
    'A link by which people join a room; its code is shown when it is made, and never again.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What revoking it takes; no Node.' }),
    createdBy: t.field({
      type: User,
      description: 'Who made it.',
      resolve: ({ createdBy }) => createdBy,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it holds.' }),
    uses: t.exposeInt('uses', { description: 'How many have joined by it.' }),
    maxUses: t.exposeInt('maxUses', { description: 'How many may.' }),
  }),
});

builder.prismaObjectField(Room, 'links', (t) =>
  t.field({
    type: [RoomLink],
    description: 'Its links that hold, the newest first; none for those who do not let people in.',
    resolve: ({ id }, _args, { app, viewer }) => listRoomLinks(app, viewer, id),
  }),
);

builder.queryField('roomLink', (t) =>
  t.field({
    type: RoomPreview,
    nullable: true,
    description: 'The room to which a link leads; null where it does not lead the viewer anywhere.',
    args: { code: t.arg.string({ description: 'What the link has behind `/join/`.' }) },
    resolve: (_root, { code }, { app, viewer }) => findByLink(app, viewer, code),
  }),
);

const CreateRoomLinkInput = builder.inputType('CreateRoomLinkInput', {
  description: 'A link to be made.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    maxUses: t.int({
      required: false,
      defaultValue: 25,
      description: `How many may join by it, from 1 to ${LINK_MAX_USES}.`,
    }),
    expiresInDays: t.int({
      required: false,
      defaultValue: 7,
      description: `For how long it holds, from 1 to ${LINK_MAX_DAYS}.`,
    }),
  }),
});

const RevokeRoomLinkInput = builder.inputType('RevokeRoomLinkInput', {
  description: 'A link to be ended.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    linkId: t.id({ description: 'The `id` of the link.' }),
  }),
});

const JoinByLinkInput = builder.inputType('JoinByLinkInput', {
  description: 'A link to be followed.',
  fields: (t) => ({ code: t.string({ description: 'What it has behind `/join/`.' }) }),
});

const CreateRoomLinkPayload = builder
  .objectRef<{ code: string; link: ListedLink }>('CreateRoomLinkPayload')
  .implement({
    description: 'The link that was made.',
    fields: (t) => ({
      code: t.exposeString('code', {
        description:
          'What `joinByLink` takes, and the page `/join/<code>`; shown here and never again.',
      }),
      link: t.field({ type: RoomLink, description: 'The link.', resolve: ({ link }) => link }),
    }),
  });

builder.mutationFields((t) => ({
  createRoomLink: t.field({
    type: CreateRoomLinkPayload,
    description:
      'Makes a link by which people join a room, also one that they would not see. Refuses with INVALID_INPUT, NOT_FOUND, ' +
      'FORBIDDEN for those who do not keep order, CONFLICT for too many.',
    args: { input: t.arg({ type: CreateRoomLinkInput, description: 'What it is to allow.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      createRoomLink(app, viewer, {
        roomId: nodeKey('Room', input.roomId),
        maxUses: input.maxUses ?? 25,
        expiresInDays: input.expiresInDays ?? 7,
      }),
  }),
  revokeRoomLink: t.field({
    type: roomPayload('RevokeRoomLinkPayload', 'The room to which it led.'),
    description:
      'Ends a link; who has joined by it stays. Refuses with NOT_FOUND, or FORBIDDEN for those who do not keep order.',
    args: { input: t.arg({ type: RevokeRoomLinkInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await revokeRoomLink(app, viewer, {
        roomId: nodeKey('Room', input.roomId),
        linkId: input.linkId,
      }),
    }),
  }),
  joinByLink: t.field({
    type: roomPayload('JoinByLinkPayload', 'The room that the viewer belongs to now.'),
    description:
      'Makes the viewer a member of the room to which a link leads. Refuses with NOT_FOUND for a link that does not lead ' +
      'them anywhere.',
    args: { input: t.arg({ type: JoinByLinkInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await joinByLink(app, viewer, input),
    }),
  }),
}));
