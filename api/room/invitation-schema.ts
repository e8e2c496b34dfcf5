/** Invitations to rooms, by name. */
import { loggedIn } from '../viewer.ts';
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type { Room as RoomRow } from '../generated/prisma/client.ts';
import { encodeNodeId, nodeKey } from '../node-id.ts';
import {
  acceptInvitation,
  declineInvitation,
  INVITATIONS_LISTED,
  INVITED_AT_ONCE,
  inviteToRoom,
  listInvitations,
  type PendingInvitation,
} from './invitation.ts';
import { Room, roomPayload } from './schema.ts';

export const RoomPreview = builder.objectRef<RoomRow>('RoomPreview').implement({
  description: 'What of a room those are shown who may join it and may not see it yet.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    icon: t.exposeString('icon', { nullable: true, description: 'Its emoji.' }),
    topic: t.exposeString('topic', { nullable: true, description: 'What it is about.' }),
    memberCount: t.exposeInt('memberCount', { description: 'How many belong to it.' }),
  }),
});

export const RoomInvitation = builder.objectRef<PendingInvitation>('RoomInvitation').implement({
  description: 'That the viewer was asked to belong to a room, and has not answered.',
  fields: (t) => ({
    roomId: t.id({
      description: 'The `id` of the room, which may be seen once the invitation is accepted.',
      resolve: ({ roomId }) => encodeNodeId('Room', roomId),
    }),
    room: t.field({ type: RoomPreview, description: 'To which.', resolve: ({ room }) => room }),
    invitedBy: t.field({
      type: User,
      description: 'By whom.',
      resolve: ({ invitedBy }) => invitedBy,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when.' }),
  }),
});

builder.queryField('roomInvitations', (t) =>
  t.field({
    type: [RoomInvitation],
    description: `The rooms to which the viewer is invited, the newest invitation first; up to ${INVITATIONS_LISTED}.`,
    resolve: (_root, _args, { app, viewer }) => listInvitations(app, loggedIn(viewer).user.id),
  }),
);

const InviteToRoomInput = builder.inputType('InviteToRoomInput', {
  description: 'Whom to invite.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    userIds: t.idList({ description: `The \`id\` of each, up to ${INVITED_AT_ONCE}.` }),
  }),
});

const AnswerInvitationInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ roomId: t.id({ description: 'The `id` of the room.' }) }),
  });

const InviteToRoomPayload = builder
  .objectRef<{ room: RoomRow; invited: { id: string }[] }>('InviteToRoomPayload')
  .implement({
    description: 'Who is invited now.',
    fields: (t) => ({
      room: t.field({ type: Room, description: 'To which.', resolve: ({ room }) => room }),
      invited: t.field({
        type: [User],
        description:
          'Those of them who are invited: no members, and nobody whom the room does not let in.',
        resolve: ({ invited }) => invited as never,
      }),
    }),
  });

const DeclinePayload = builder
  .objectRef<{ roomId: string }>('DeclineRoomInvitationPayload')
  .implement({
    description: 'The invitation that was declined.',
    fields: (t) => ({ roomId: t.exposeID('roomId', { description: 'The `id` of the room.' }) }),
  });

builder.mutationFields((t) => ({
  inviteToRoom: t.field({
    type: InviteToRoomPayload,
    description:
      'Invites people to a room: members to a public one, those who keep order to the others. Refuses with INVALID_INPUT, ' +
      'NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: InviteToRoomInput, description: 'Whom, and where.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      inviteToRoom(app, viewer, {
        roomId: nodeKey('Room', input.roomId),
        userIds: input.userIds.map((id) => nodeKey('User', id)),
      }),
  }),
  acceptRoomInvitation: t.field({
    type: roomPayload('AcceptRoomInvitationPayload', 'The room that the viewer belongs to now.'),
    description:
      'Makes the viewer a member of a room to which they are invited. Refuses with NOT_FOUND where they are not.',
    args: {
      input: t.arg({
        type: AnswerInvitationInput('AcceptRoomInvitationInput', 'An invitation to accept.'),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await acceptInvitation(app, viewer, { roomId: nodeKey('Room', input.roomId) }),
    }),
  }),
  declineRoomInvitation: t.field({
    type: DeclinePayload,
    description:
      'Declines an invitation; whoever sent it is not told. Refuses with NOT_FOUND where the viewer is not invited.',
    args: {
      input: t.arg({
        type: AnswerInvitationInput('DeclineRoomInvitationInput', 'An invitation to decline.'),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => {
      await declineInvitation(app, viewer, { roomId: nodeKey('Room', input.roomId) });
      return { roomId: input.roomId };
    },
  }),
}));
