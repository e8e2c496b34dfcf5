/** Asking to join a room, and being answered. */
import { loggedIn } from '../viewer.ts';
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { nodeKey } from '../node-id.ts';
import {
  answerJoinRequest,
  findOwnRequest,
  listJoinRequests,
  type PendingRequest,
  REQUEST_MAX_LENGTH,
  REQUESTS_LISTED,
  requestToJoin,
  withdrawJoinRequest,
} from './request.ts';
import { Room, roomPayload } from './schema.ts';

export const JoinRequest = builder.objectRef<PendingRequest>('JoinRequest').implement({
  description: 'That somebody asks to join a room, and has not been answered.',
  fields: (t) => ({
    room: t.field({ type: Room, description: 'Which.', resolve: ({ room }) => room }),
    user: t.field({ type: User, description: 'Who asks.', resolve: ({ user }) => user }),
    text: t.exposeString('text', { description: 'What they say to it; may be empty.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when.' }),
  }),
});

builder.prismaObjectFields(Room, (t) => ({
  joinRequests: t.field({
    type: [JoinRequest],
    description: `Who asks to join it, the oldest first, up to ${REQUESTS_LISTED}; none for those who do not keep order in it.`,
    resolve: ({ id }, _args, { app, viewer }) => listJoinRequests(app, viewer, id),
  }),
  viewerJoinRequest: t.field({
    type: JoinRequest,
    nullable: true,
    description: 'What the viewer has asked of it; null where they have not.',
    resolve: ({ id }, _args, { app, viewer }) => {
      loggedIn(viewer);
      return findOwnRequest(app, viewer, id);
    },
  }),
}));

const RequestToJoinInput = builder.inputType('RequestToJoinInput', {
  description: 'A room that somebody would like to join.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    text: t.string({
      required: false,
      description: `What to say to those who answer, up to ${REQUEST_MAX_LENGTH} characters.`,
    }),
  }),
});

const WithdrawJoinRequestInput = builder.inputType('WithdrawJoinRequestInput', {
  description: 'A room that somebody would not like to join any more.',
  fields: (t) => ({ roomId: t.id({ description: 'The `id` of the room.' }) }),
});

const AnswerJoinRequestInput = builder.inputType('AnswerJoinRequestInput', {
  description: 'Whom to let in, or not.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    userId: t.id({ description: 'The `id` of who asks.' }),
    accept: t.boolean({ description: 'Whether they are let in.' }),
  }),
});

builder.mutationFields((t) => ({
  requestToJoin: t.field({
    type: roomPayload('RequestToJoinPayload', 'The room that the viewer asks to join.'),
    description:
      'Asks those who keep order in a restricted room to be let in; who asks again has the text replaced. Refuses with ' +
      'INVALID_INPUT, NOT_FOUND, or FORBIDDEN for members and where there is no need to ask.',
    args: { input: t.arg({ type: RequestToJoinInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await requestToJoin(app, viewer, {
        roomId: nodeKey('Room', input.roomId),
        text: input.text ?? '',
      }),
    }),
  }),
  withdrawJoinRequest: t.field({
    type: roomPayload('WithdrawJoinRequestPayload', 'The room that was asked.'),
    description:
      'Takes the viewer’s request back; nothing happens where there is none. Refuses with NOT_FOUND.',
    args: { input: t.arg({ type: WithdrawJoinRequestInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await withdrawJoinRequest(app, viewer, { roomId: nodeKey('Room', input.roomId) }),
    }),
  }),
  answerJoinRequest: t.field({
    type: roomPayload('AnswerJoinRequestPayload', 'The room that was asked.'),
    description:
      'Lets somebody in who has asked for it, or does not. Refuses with NOT_FOUND, also where it was answered meanwhile, ' +
      'or FORBIDDEN for those who do not keep order.',
    args: { input: t.arg({ type: AnswerJoinRequestInput, description: 'Whom, and whether.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await answerJoinRequest(app, viewer, {
        roomId: nodeKey('Room', input.roomId),
        userId: nodeKey('User', input.userId),
        accept: input.accept,
      }),
    }),
  }),
}));
