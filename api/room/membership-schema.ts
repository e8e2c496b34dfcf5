/** Who belongs to a room, and what they may do there. */
import { loggedIn, mayInRoom, type RoomAbility, type ViewedRoom, visibleRooms } from '../access.ts';
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { nodeKey } from '../node-id.ts';
import {
  findNamed,
  joinRoom,
  leaveRoom,
  listMembers,
  type Named,
  NAMES_LOOKED_UP,
} from './membership.ts';
import { Room, roomPayload } from './schema.ts';

const RoomRole = builder.enumType('RoomRole', {
  description: 'What a member is in a room.',
  values: {
    OWNER: { description: 'Made the room, and may change it.' },
    MEMBER: { description: 'Reads and writes.' },
  },
});

export const Membership = builder.prismaNode('Membership', {
  description: 'That a user belongs to a room.',
  nullable: true,
  id: { resolve: ({ roomId, userId }) => `${roomId}.${userId}` },
  findUnique: (id, { viewer }) => {
    const [roomId, userId] = id.split('.') as [string, string];
    return { roomId_userId: { roomId, userId }, room: visibleRooms(viewer) };
  },
  fields: (t) => ({
    user: t.relation('user', { description: 'Who.' }),
    role: t.expose('role', { type: RoomRole, description: 'As what.' }),
    joinedAt: t.expose('joinedAt', { type: 'DateTime', description: 'Since when.' }),
  }),
});

export const RoomAbilities = builder.objectRef<ViewedRoom>('RoomAbilities').implement({
  description: 'What the viewer may do in a room as things stand.',
  fields: (t) => {
    const ability = (name: RoomAbility, description: string) =>
      t.boolean({
        description,
        resolve: (room, _args, { viewer }) =>
          mayInRoom(loggedIn(viewer).user, room.viewerMembership, name),
      });
    return {
      join: ability('join', 'Become a member.'),
      leave: ability('leave', 'End the membership.'),
      post: ability('post', 'Write messages.'),
      follow: ability('follow', 'Subscribe to what happens.'),
      react: ability('react', 'React to messages.'),
      pin: ability('pin', 'Pin messages, and take pins off.'),
      moderate: ability('moderate', 'Delete the messages of others.'),
      edit: ability('edit', 'Rename it and set its topic.'),
    };
  },
});

const NamedUser = builder.objectRef<Named>('NamedUser').implement({
  description: 'An account of a certain name, as it stands to a room.',
  fields: (t) => ({
    user: t.field({ type: User, description: 'Who.', resolve: ({ user }) => user }),
    isMember: t.exposeBoolean('isMember', { description: 'Whether they belong to the room.' }),
  }),
});

builder.prismaObjectFields(Room, (t) => ({
  members: t.prismaConnection({
    type: Membership,
    cursor: 'roomId_userId',
    description: 'Who belongs to it, in the order in which they came.',
    args: {
      search: t.arg.string({
        required: false,
        description: 'How a username, a display name or a word in it begins, in any case.',
      }),
    },
    resolve: (query, room, { search, ...page }, { app, viewer }) =>
      listMembers(app, viewer, room.id, { search: search ?? null }, page, query),
  }),
  namedUsers: t.field({
    type: [NamedUser],
    description:
      'Those who bear one of these usernames, whether or not they belong to the room: whom a message with ' +
      'their names would mention, and whom it would not. Refuses with INVALID_INPUT.',
    args: {
      usernames: t.arg.stringList({
        description: `In any case, up to ${NAMES_LOOKED_UP}; names that nobody bears are passed over.`,
      }),
    },
    resolve: (room, { usernames }, { app, viewer }) =>
      findNamed(app, viewer, { roomId: room.id, usernames }),
  }),
  viewerMembership: t.field({
    type: Membership,
    nullable: true,
    description: 'The viewer’s own membership, null for those who are no members.',
    select: (_args, { viewer }) => viewersOwn(loggedIn(viewer).user.id),
    resolve: (room) => room.memberships[0] ?? null,
  }),
  viewerCan: t.field({
    type: RoomAbilities,
    description: 'What the viewer may do here.',
    select: (_args, { viewer }) => viewersOwn(loggedIn(viewer).user.id),
    resolve: (room) => ({ ...room, viewerMembership: room.memberships[0] ?? null }),
  }),
}));

const viewersOwn = (userId: string) => ({ memberships: { where: { userId }, take: 1 } }) as const;

const roomIdInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ roomId: t.id({ description: 'The `id` of the room.' }) }),
  });

builder.mutationFields((t) => ({
  joinRoom: t.field({
    type: roomPayload('JoinRoomPayload', 'The room that the viewer belongs to now.'),
    description: 'Makes the viewer a member; members stay what they are. Refuses with NOT_FOUND.',
    args: {
      input: t.arg({
        type: roomIdInput('JoinRoomInput', 'A room to join.'),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await joinRoom(app, viewer, { roomId: nodeKey('Room', input.roomId) }),
    }),
  }),
  leaveRoom: t.field({
    type: roomPayload('LeaveRoomPayload', 'The room that the viewer belonged to.'),
    description: 'Ends the viewer’s membership and their subscriptions. Refuses with NOT_FOUND.',
    args: {
      input: t.arg({
        type: roomIdInput('LeaveRoomInput', 'A room to leave.'),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await leaveRoom(app, viewer, { roomId: nodeKey('Room', input.roomId) }),
    }),
  }),
}));
