/** Direct messages, and who does not want to see whose. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type { User as UserRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { roomPayload } from '../room/schema.ts';
import { BLOCKS_PER_USER, blockUser, listBlocked, unblockUser } from './block.ts';
import { DIRECT_OTHERS, hideDirect, openDirect } from './direct.ts';

const OpenDirectInput = builder.inputType('OpenDirectInput', {
  description: 'With whom the viewer wants to talk.',
  fields: (t) => ({
    userIds: t.idList({
      description: `The \`id\`s of 1 to ${DIRECT_OTHERS} others, or the viewer’s own alone for notes to themselves.`,
    }),
  }),
});

const HideDirectInput = builder.inputType('HideDirectInput', {
  description: 'Direct messages that are not to be listed.',
  fields: (t) => ({ roomId: t.id({ description: 'The `id` of their room.' }) }),
});

const userIdInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ userId: t.id({ description: 'The `id` of the user.' }) }),
  });

const userPayload = (name: string, description: string) =>
  builder.objectRef<{ user: UserRow }>(name).implement({
    description,
    fields: (t) => ({
      user: t.field({ type: User, description: 'Whom.', resolve: ({ user }) => user }),
    }),
  });

builder.prismaObjectFields(User, (t) => ({
  blockedUsers: t.field({
    type: [User],
    description: `Of the viewer: whom they have blocked, the latest first; up to ${BLOCKS_PER_USER}. Of others nobody is told.`,
    resolve: (user, _args, { app, viewer }) => listBlocked(app, viewer, user),
  }),
}));

builder.mutationFields((t) => ({
  openDirect: t.field({
    type: roomPayload('OpenDirectPayload', 'The room of these people.'),
    description:
      'Gives the room in which the viewer and others write to each other directly, and makes it where there is ' +
      'none. The others have it in their inboxes once something is said. Refuses with INVALID_INPUT, NOT_FOUND, ' +
      'FORBIDDEN where one of them and the viewer cannot write to each other.',
    args: { input: t.arg({ type: OpenDirectInput, description: 'With whom.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await openDirect(app, viewer, {
        userIds: input.userIds.map((id) => nodeKey('User', id)),
      }),
    }),
  }),
  hideDirect: t.field({
    type: roomPayload('HideDirectPayload', 'The room that is not listed.'),
    description:
      'Takes direct messages out of the viewer’s inbox until something is said in them. Refuses with NOT_FOUND, ' +
      'FORBIDDEN for a room, which one may leave.',
    args: { input: t.arg({ type: HideDirectInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await hideDirect(app, viewer, { roomId: nodeKey('Room', input.roomId) }),
    }),
  }),
  blockUser: t.field({
    type: userPayload('BlockUserPayload', 'Who is blocked now.'),
    description:
      'Has the viewer not be notified of what somebody writes, nor count it as unread, and neither write to the ' +
      'other directly. They are not told. Refuses with INVALID_INPUT, NOT_FOUND.',
    args: {
      input: t.arg({
        type: userIdInput('BlockUserInput', 'Somebody to be blocked.'),
        description: 'Whom.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await blockUser(app, viewer, { userId: nodeKey('User', input.userId) }),
    }),
  }),
  unblockUser: t.field({
    type: userPayload('UnblockUserPayload', 'Who is not blocked any more.'),
    description: 'Takes a block back. Refuses with INVALID_INPUT, NOT_FOUND.',
    args: {
      input: t.arg({
        type: userIdInput('UnblockUserInput', 'Somebody who is blocked.'),
        description: 'Whom.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await unblockUser(app, viewer, { userId: nodeKey('User', input.userId) }),
    }),
  }),
}));
