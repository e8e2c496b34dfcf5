import { loggedIn, mayInRoom, type RoomAbility, type ViewedRoom, visibleRooms } from '../access.ts';
import { builder } from '../builder.ts';
import type { Room as RoomRow } from '../generated/prisma/client.ts';
import { encodeCursor } from '../live/cursor.ts';
import { nodeKey } from '../node-id.ts';
import { listRooms } from './directory.ts';
import { joinRoom, leaveRoom, listMembers } from './membership.ts';
import { createRoom, findRoomBySlug, renameRoom, setTopic } from './room.ts';

const RoomVisibility = builder.enumType('RoomVisibility', {
  description: 'Who sees a room.',
  values: {
    PUBLIC: { description: 'Everybody who is logged in may see, read and join it.' },
    PRIVATE: { description: 'Only members see it; to others it does not exist.' },
  },
});

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

const RoomAbilities = builder.objectRef<ViewedRoom>('RoomAbilities').implement({
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

export const Room = builder.prismaNode('Room', {
  description: 'A place where people talk.',
  nullable: true,
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, AND: visibleRooms(viewer) }),
  fields: (t) => ({
    slug: t.exposeString('slug', {
      shared: true,
      description: 'Its address: `/rooms/<slug>`. It never changes.',
    }),
    name: t.exposeString('name', { shared: true, description: 'What it is called.' }),
    topic: t.exposeString('topic', {
      shared: true,
      nullable: true,
      description: 'What it is about.',
    }),
    visibility: t.expose('visibility', {
      shared: true,
      type: RoomVisibility,
      description: 'Who sees it.',
    }),
    createdAt: t.expose('createdAt', {
      shared: true,
      type: 'DateTime',
      description: 'Since when it exists.',
    }),
    memberCount: t.exposeInt('memberCount', {
      shared: true,
      description: 'How many belong to it.',
    }),
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
    cursor: t.string({
      description:
        'The head of the room’s log. Read in one query with a page of `messages`, it is where a ' +
        'subscription goes on without a gap.',
      resolve: (room, _args, { app }) => encodeCursor(app.db.epoch, room.lastSeq),
    }),
  }),
});

const viewersOwn = (userId: string) => ({ memberships: { where: { userId }, take: 1 } }) as const;

builder.queryFields((t) => ({
  room: t.field({
    type: Room,
    nullable: true,
    description: 'The room at that address, null where the viewer sees none.',
    args: { slug: t.arg.string({ description: 'The `slug` of a Room.' }) },
    resolve: (_root, { slug }, { app, viewer }) => findRoomBySlug(app, viewer, slug),
  }),
  rooms: t.prismaConnection({
    type: Room,
    cursor: 'id',
    description: 'The rooms that the viewer may see, by name.',
    args: {
      search: t.arg.string({
        required: false,
        description: 'Part of a name, a slug or a topic, in any case.',
      }),
      joined: t.arg.boolean({
        required: false,
        description: 'Only those the viewer is (true) or is not (false) a member of.',
      }),
    },
    resolve: (query, _root, { search, joined, ...page }, { app, viewer }) =>
      listRooms(app, viewer, { search: search ?? null, joined: joined ?? null }, page, query),
  }),
}));

const CreateRoomInput = builder.inputType('CreateRoomInput', {
  description: 'A room to be made.',
  fields: (t) => ({
    slug: t.string({
      description:
        'Its address: up to 64 lower-case letters and digits of any script, with single hyphens or ' +
        'underscores between words.',
    }),
    name: t.string({
      required: false,
      description: 'Up to 80 characters; the slug where it is left out.',
    }),
    topic: t.string({ required: false, description: 'Up to 250 characters.' }),
    visibility: t.field({
      type: RoomVisibility,
      required: false,
      defaultValue: 'PUBLIC',
      description: 'Who is to see it.',
    }),
  }),
});

const roomIdInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ roomId: t.id({ description: 'The `id` of the room.' }) }),
  });

const RenameRoomInput = builder.inputType('RenameRoomInput', {
  description: 'A new name for a room; its slug stays.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    name: t.string({ description: 'Up to 80 characters.' }),
  }),
});

const SetRoomTopicInput = builder.inputType('SetRoomTopicInput', {
  description: 'A new topic for a room.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    topic: t.string({ required: false, description: 'Up to 250 characters; none for no topic.' }),
  }),
});

const roomPayload = (name: string, description: string) =>
  builder.objectRef<{ room: RoomRow }>(name).implement({
    description,
    fields: (t) => ({
      room: t.field({ type: Room, description: 'As it is now.', resolve: ({ room }) => room }),
    }),
  });

builder.mutationFields((t) => ({
  createRoom: t.field({
    type: roomPayload('CreateRoomPayload', 'The room that was made.'),
    description:
      'Makes a room, with the viewer as owner. Refuses with INVALID_INPUT, or CONFLICT for a slug that is taken.',
    args: { input: t.arg({ type: CreateRoomInput, description: 'The room.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await createRoom(app, viewer, {
        ...input,
        name: input.name ?? null,
        topic: input.topic ?? null,
        visibility: input.visibility ?? 'PUBLIC',
      }),
    }),
  }),
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
  renameRoom: t.field({
    type: roomPayload('RenameRoomPayload', 'The room that was renamed.'),
    description: 'Gives a room a new name. Refuses with INVALID_INPUT, NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: RenameRoomInput, description: 'Which, and how.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await renameRoom(app, viewer, { ...input, roomId: nodeKey('Room', input.roomId) }),
    }),
  }),
  setRoomTopic: t.field({
    type: roomPayload('SetRoomTopicPayload', 'The room whose topic was set.'),
    description: 'Sets or clears a room’s topic. Refuses with INVALID_INPUT, NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: SetRoomTopicInput, description: 'Which, and to what.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await setTopic(app, viewer, {
        roomId: nodeKey('Room', input.roomId),
        topic: input.topic ?? null,
      }),
    }),
  }),
}));
