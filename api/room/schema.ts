import { visibleRooms } from '../visibility.ts';
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type { Room as RoomRow } from '../generated/prisma/client.ts';
import { encodeCursor } from '../live/cursor.ts';
import { nodeKey } from '../node-id.ts';
import { listRooms } from './directory.ts';
import {
  createRoom,
  directMembersOf,
  findRoomBySlug,
  findRoomsBySlug,
  headOf,
  nameOfRoom,
  renameRoom,
  setTopic,
  SLUGS_LOOKED_UP,
} from './room.ts';

export const RoomVisibility = builder.enumType('RoomVisibility', {
  description: 'Who sees a room.',
  values: {
    PUBLIC: { description: 'Everybody who is logged in may see, read and join it.' },
    RESTRICTED: {
      description: 'Everybody may know of it and ask to join; only members see what is in it.',
    },
    PRIVATE: { description: 'Only members see it; to others it does not exist.' },
  },
});

export const PostingPolicy = builder.enumType('PostingPolicy', {
  description: 'Who writes in a room.',
  values: {
    MEMBERS: { description: 'All members.' },
    MODERATORS: { description: 'Its owners and moderators; the others read.' },
  },
});

const RoomKind = builder.enumType('RoomKind', {
  description: 'What a room is for.',
  values: {
    ROOM: { description: 'People come and go, and may find it where they see it.' },
    DIRECT: {
      description:
        'Direct messages of certain people, who are always the same: there is one such room for them, and it ' +
        'is not there for anybody else.',
    },
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
    kind: t.expose('kind', { shared: true, type: RoomKind, description: 'What it is for.' }),
    name: t.string({
      shared: true,
      description:
        'What it is called; direct messages bear the display names of all their people, the viewer’s among them.',
      resolve: (room, _args, { app }) => nameOfRoom(app, room),
    }),
    directMembers: t.field({
      shared: true,
      type: [User],
      description: 'Of direct messages: their people, the viewer among them. Nobody of a room.',
      resolve: (room, _args, { app }) => directMembersOf(app, room),
    }),
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
    description: t.exposeString('description', {
      shared: true,
      nullable: true,
      description: 'What it is for and how one behaves there, in Markdown.',
    }),
    icon: t.exposeString('icon', {
      shared: true,
      nullable: true,
      description: 'One emoji, to be shown in front of its name.',
    }),
    postingPolicy: t.expose('postingPolicy', {
      shared: true,
      type: PostingPolicy,
      description: 'Who writes in it.',
    }),
    slowModeSeconds: t.exposeInt('slowModeSeconds', {
      shared: true,
      description:
        'How long a member waits between two messages; 0 for not at all. Owners and moderators do not wait.',
    }),
    archivedAt: t.expose('archivedAt', {
      shared: true,
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is archived, and nothing changes in it; null where it is in use.',
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
    cursor: t.string({
      description:
        'The head of the room’s log. Read in one query with a page of `messages`, it is where a ' +
        'subscription goes on without a gap. For those who do not see what is in the room, its beginning.',
      resolve: async (room, _args, { app, viewer }) =>
        encodeCursor(app.db.epoch, await headOf(app, viewer, room)),
    }),
  }),
});

builder.queryFields((t) => ({
  room: t.field({
    type: Room,
    nullable: true,
    description: 'The room at that address, null where the viewer sees none.',
    args: { slug: t.arg.string({ description: 'The `slug` of a Room.' }) },
    resolve: (_root, { slug }, { app, viewer }) => findRoomBySlug(app, viewer, slug),
  }),
  roomsBySlug: t.field({
    type: [Room],
    description:
      'Those of the rooms at these addresses that the viewer may see, in no order and without direct messages. ' +
      'Refuses with INVALID_INPUT.',
    args: {
      slugs: t.arg.stringList({ description: `The \`slug\` of each, up to ${SLUGS_LOOKED_UP}.` }),
    },
    resolve: (_root, { slugs }, { app, viewer }) => findRoomsBySlug(app, viewer, slugs),
  }),
  rooms: t.prismaConnection({
    type: Room,
    cursor: 'id',
    description: 'The rooms that the viewer may see, by name; direct messages are in the inbox.',
    args: {
      search: t.arg.string({
        required: false,
        description: 'Part of a name, a slug or a topic, in any case.',
      }),
      archived: t.arg.boolean({
        required: false,
        description: 'Only those that are (true) or are not (false) archived.',
      }),
      joined: t.arg.boolean({
        required: false,
        description: 'Only those the viewer is (true) or is not (false) a member of.',
      }),
    },
    resolve: (query, _root, { search, joined, archived, ...page }, { app, viewer }) => {
      const filter = { search: search ?? null, joined: joined ?? null, archived: archived ?? null };
      return listRooms(app, viewer, filter, page, query);
    },
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

export const roomPayload = (name: string, description: string) =>
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
