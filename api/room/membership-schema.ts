/** Who belongs to a room, and what they may do there. */
import {
  mayInRoom,
  MENTION_ALL_MEMBERS,
  ROOM_ABILITY_NAMES,
  type RoomAbility,
  standingIn,
  whyNotInRoom,
} from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { readableRooms, type ViewedRoom } from '../visibility.ts';
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

export const RoomRole = builder.enumType('RoomRole', {
  description: 'What a member is in a room.',
  values: {
    OWNER: { description: 'Has the last word in the room: made it, or was appointed.' },
    MODERATOR: { description: 'Keeps order in it.' },
    MEMBER: { description: 'Reads and writes.' },
  },
});

export const Membership = builder.prismaNode('Membership', {
  description: 'That a user belongs to a room.',
  nullable: true,
  id: { resolve: ({ roomId, userId }) => `${roomId}.${userId}` },
  findUnique: (id, { viewer }) => {
    const [roomId, userId] = id.split('.') as [string, string];
    return { roomId_userId: { roomId, userId }, room: readableRooms(viewer) };
  },
  fields: (t) => ({
    user: t.relation('user', { description: 'Who.' }),
    role: t.expose('role', { type: RoomRole, description: 'As what.' }),
    joinedAt: t.expose('joinedAt', { type: 'DateTime', description: 'Since when.' }),
    timedOutUntil: t.expose('timedOutUntil', {
      type: 'DateTime',
      nullable: true,
      description:
        'Until when moderators have them write nothing; a moment that has passed counts as none.',
    }),
  }),
});

/** What abilities are called in the API. */
const ABILITIES = {
  read: 'Read what is said.',
  join: 'Become a member.',
  requestToJoin: 'Ask those who keep order to be let in.',
  leave: 'End the membership.',
  hide: 'Have direct messages not listed until something is said.',
  post: 'Write messages.',
  changeOwn: 'Edit and delete what one has written.',
  follow: 'Subscribe to what happens.',
  react: 'React to messages.',
  pin: 'Pin messages, and take pins off.',
  beNotified: 'Choose of what one is notified.',
  keepPlace: 'Have a place in it, and so unread messages.',
  mentionAll: `Mention all members by \`@all\` or \`@here\`: in rooms of more than ${MENTION_ALL_MEMBERS}, those in charge.`,
  invite: 'Invite others to it.',
  admit: 'Answer those who ask to join, and make links by which people join.',
  moderate: 'Delete the messages of others, whatever their role.',
  keepOrder: 'Remove members, ban people and have them write nothing for a time.',
  edit: 'Rename it, set its topic, and change its settings.',
  archive: 'Archive it, and take it back.',
  delete: 'Delete it with all that was said.',
  appoint: 'Make members moderators and owners, and take that back.',
  export: 'Have all that was said in it as a file.',
} as const satisfies Record<RoomAbility, string>;

const nameOf = (ability: RoomAbility) => ability.replace(/[A-Z]/g, '_$&').toUpperCase();

const RoomAbilityName = builder.enumType('RoomAbility', {
  description: 'Something that may be done in a room.',
  values: Object.fromEntries(
    ROOM_ABILITY_NAMES.map((ability) => [
      nameOf(ability),
      { value: ability, description: ABILITIES[ability] },
    ]),
  ),
});

const DeniedAbility = builder
  .objectRef<{ ability: RoomAbility; reason: string }>('DeniedAbility')
  .implement({
    description: 'What the viewer may not do, and why.',
    fields: (t) => ({
      ability: t.expose('ability', { type: RoomAbilityName, description: 'What.' }),
      reason: t.exposeString('reason', { description: 'The words of the refusal.' }),
    }),
  });

export const RoomAbilities = builder.objectRef<ViewedRoom>('RoomAbilities').implement({
  description: 'What the viewer may do in a room as things stand.',
  fields: (t) => ({
    ...(Object.fromEntries(
      ROOM_ABILITY_NAMES.map((ability) => [
        ability,
        t.boolean({
          description: ABILITIES[ability],
          resolve: (room, _args, { viewer }) => mayInRoom(standingIn(viewer, room), ability),
        }),
      ]),
    ) as Record<RoomAbility, never>),
    denied: t.field({
      type: [DeniedAbility],
      description: 'All that the viewer may not do, each with the reason.',
      resolve: (room, _args, { viewer }) =>
        ROOM_ABILITY_NAMES.flatMap((ability) => {
          const reason = whyNotInRoom(standingIn(viewer, room), ability);
          return reason === null ? [] : [{ ability, reason }];
        }),
    }),
  }),
});

const NamedUser = builder.objectRef<Named>('NamedUser').implement({
  description: 'An account of a certain name, as it stands to a room.',
  fields: (t) => ({
    user: t.field({ type: User, description: 'Who.', resolve: ({ user }) => user }),
    names: t.exposeStringList('names', {
      description:
        'Those of the usernames that were asked for which are theirs, or were, in lower case.',
    }),
    isMember: t.exposeBoolean('isMember', { description: 'Whether they belong to the room.' }),
  }),
});

builder.prismaObjectFields(Room, (t) => ({
  members: t.prismaConnection({
    type: Membership,
    cursor: 'roomId_userId',
    description:
      'Who belongs to it, in the order in which they came; none for those who do not see what is in the room.',
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
      'Those who bear one of these usernames, or have borne it, whether or not they belong to the room: whom a message with ' +
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
    resolve: (room, _args, { app, viewer }) => viewersOwn(app, viewer, room),
  }),
  viewerCan: t.field({
    type: RoomAbilities,
    description: 'What the viewer may do here.',
    resolve: async (room, _args, { app, viewer }) => ({
      ...room,
      viewerMembership: await viewersOwn(app, viewer, room),
    }),
  }),
}));

const viewersOwn = (app: App, viewer: Viewer, { id: roomId }: { id: string }) =>
  app.memberships.ask({ roomId, userId: loggedIn(viewer).user.id });

const roomIdInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ roomId: t.id({ description: 'The `id` of the room.' }) }),
  });

builder.mutationFields((t) => ({
  joinRoom: t.field({
    type: roomPayload('JoinRoomPayload', 'The room that the viewer belongs to now.'),
    description:
      'Makes the viewer a member of a public room; members stay what they are. Refuses with NOT_FOUND, or FORBIDDEN where ' +
      'one is let in only and in an archived room.',
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
    description:
      'Ends the viewer’s membership and their subscriptions. Refuses with NOT_FOUND, FORBIDDEN for direct messages, or ' +
      'CONFLICT for the last owner among others.',
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
