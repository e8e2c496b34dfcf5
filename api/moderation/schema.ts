/** How order is kept in a room: removing, banning, and having somebody write nothing for a time. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type {
  Room as RoomRow,
  RoomBan as BanRow,
  User as UserRow,
} from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { membershipPayload } from '../room/role-schema.ts';
import { Room } from '../room/schema.ts';
import { banMember, listBans, unbanMember } from './ban.ts';
import { removeMember } from './removal.ts';
import { TIMEOUT_MAX_DAYS, timeOutMember } from './timeout.ts';

const RoomBan = builder.prismaObject('RoomBan', {
  description: 'That somebody is kept out of a room: they neither see nor join it.',
  fields: (t) => ({
    user: t.relation('user', { description: 'Who.' }),
    by: t.relation('by', { description: 'Who banned them.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in their words.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when; null for good.',
    }),
  }),
});

builder.prismaObjectField(Room, 'bans', (t) =>
  t.prismaConnection({
    type: RoomBan,
    cursor: 'roomId_userId',
    description:
      'Whom the room’s bans keep out, the latest first. Refuses with FORBIDDEN for all but those who keep order.',
    resolve: (query, room, page, { app, viewer }) => listBans(app, viewer, room.id, page, query),
  }),
);

const roomId = { description: 'The `id` of the room.' };
const userId = { description: 'The `id` of the User.' };
const reason = {
  required: false,
  description: 'Why, for those who keep order: up to 300 characters.',
} as const;

const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  description: 'A membership to be ended.',
  fields: (t) => ({ roomId: t.id(roomId), userId: t.id(userId), reason: t.string(reason) }),
});

const BanMemberInput = builder.inputType('BanMemberInput', {
  description: 'Whom a room is to keep out.',
  fields: (t) => ({
    roomId: t.id(roomId),
    userId: t.id(userId),
    reason: t.string(reason),
    until: t.field({
      type: 'DateTime',
      required: false,
      description: 'Until when; for good where it is left out.',
    }),
  }),
});

const UnbanMemberInput = builder.inputType('UnbanMemberInput', {
  description: 'A ban to be lifted.',
  fields: (t) => ({ roomId: t.id(roomId), userId: t.id(userId) }),
});

const TimeOutMemberInput = builder.inputType('TimeOutMemberInput', {
  description: 'A member who is to write nothing for a time.',
  fields: (t) => ({
    roomId: t.id(roomId),
    userId: t.id(userId),
    reason: t.string(reason),
    until: t.field({
      type: 'DateTime',
      required: false,
      description: `Until when, at most ${TIMEOUT_MAX_DAYS} days; they may write at once where it is left out.`,
    }),
  }),
});

const memberPayload = (name: string, description: string) =>
  builder.objectRef<{ room: RoomRow; user: UserRow }>(name).implement({
    description,
    fields: (t) => ({
      room: t.field({ type: Room, description: 'As it is now.', resolve: ({ room }) => room }),
      user: t.field({ type: User, description: 'Who.', resolve: ({ user }) => user }),
    }),
  });

const BanMemberPayload = builder
  .objectRef<{ room: RoomRow; ban: BanRow }>('BanMemberPayload')
  .implement({
    description: 'Who was banned.',
    fields: (t) => ({
      room: t.field({ type: Room, description: 'As it is now.', resolve: ({ room }) => room }),
      ban: t.field({ type: RoomBan, description: 'The ban.', resolve: ({ ban }) => ban }),
    }),
  });

/** The rows that an input names. */
const keysOf = (input: { roomId: string; userId: string }) => ({
  roomId: nodeKey('Room', input.roomId),
  userId: nodeKey('User', input.userId),
});

const WHO =
  'FORBIDDEN for all but owners, moderators and administrators and towards those of as high a role';

builder.mutationFields((t) => ({
  removeMember: t.field({
    type: memberPayload('RemoveMemberPayload', 'Who was removed.'),
    description:
      'Ends somebody’s membership and their subscriptions; they may join again as others may. ' +
      `Refuses with NOT_FOUND, INVALID_INPUT, ${WHO}.`,
    args: { input: t.arg({ type: RemoveMemberInput, description: 'Whom, where and why.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      removeMember(app, viewer, { ...keysOf(input), reason: input.reason ?? null }),
  }),
  banMember: t.field({
    type: BanMemberPayload,
    description:
      'Keeps somebody out of a room, member or not: it ends their membership and subscriptions, and the room does not ' +
      `exist for them. Refuses with NOT_FOUND, INVALID_INPUT, ${WHO}.`,
    args: {
      input: t.arg({ type: BanMemberInput, description: 'Whom, where, why and for how long.' }),
    },
    resolve: (_root, { input }, { app, viewer }) =>
      banMember(app, viewer, {
        ...keysOf(input),
        reason: input.reason ?? null,
        until: input.until ?? null,
      }),
  }),
  unbanMember: t.field({
    type: memberPayload('UnbanMemberPayload', 'Whose ban was lifted.'),
    description: `Lifts a ban: they may join as others may. Refuses with NOT_FOUND, ${WHO}.`,
    args: { input: t.arg({ type: UnbanMemberInput, description: 'Whose, and where.' }) },
    resolve: (_root, { input }, { app, viewer }) => unbanMember(app, viewer, keysOf(input)),
  }),
  timeOutMember: t.field({
    type: membershipPayload('TimeOutMemberPayload', 'The membership of who may not write.'),
    description:
      'Has a member write nothing for a time, or lets them write again; leaving and joining again changes nothing of it. ' +
      `Refuses with NOT_FOUND, INVALID_INPUT, ${WHO}.`,
    args: {
      input: t.arg({ type: TimeOutMemberInput, description: 'Whom, where, why and for how long.' }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      membership: await timeOutMember(app, viewer, {
        ...keysOf(input),
        reason: input.reason ?? null,
        until: input.until ?? null,
      }),
    }),
  }),
}));
