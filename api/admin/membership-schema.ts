import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { encodeNodeId, givenKey, nodeKey } from '../node-id.ts';
import { orderInput } from '../ordering.ts';
import { RoomRole } from '../room/membership-schema.ts';
import { addMemberTo } from './adding.ts';
import {
  listMemberships,
  type MembershipOrder,
  type MembershipRecord as Record,
} from './memberships.ts';
import { RoomRecord } from './room-schema.ts';
import { Administration, TOTAL_COUNT } from './schema.ts';

const MembershipRecord = builder.objectRef<Record>('MembershipRecord');
MembershipRecord.implement({
  description: 'That somebody belongs to a room.',
  fields: (t) => ({
    id: t.id({
      description: 'The `id` of the Membership.',
      resolve: ({ roomId, userId }) => encodeNodeId('Membership', `${roomId}.${userId}`),
    }),
    room: t.field({ type: RoomRecord, description: 'To what.', resolve: ({ room }) => room }),
    user: t.field({
      type: User,
      description: 'Who.',
      resolve: async ({ userId }, _args, { app }) => (await app.users.ask(userId))!,
    }),
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

const MembershipRecordFilter = builder.inputType('MembershipRecordFilter', {
  description: 'Which memberships; what is left out is not asked for.',
  fields: (t) => ({
    roomId: t.id({ required: false, description: 'The `id` of the Room.' }),
    userId: t.id({ required: false, description: 'The `id` of the User.' }),
    roles: t.field({ type: [RoomRole], required: false, description: 'As what: one of these.' }),
  }),
});

const MembershipRecordOrder = orderInput<MembershipOrder>('MembershipRecord', {
  JOINED_AT: 'Since when they belong to it.',
  USERNAME: 'The username.',
});

builder.objectField(Administration, 'memberships', (t) =>
  t.connection(
    {
      type: MembershipRecord,
      description:
        'Who belongs to which room, the latest first unless it is said. Refuses with INVALID_INPUT, UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of a username or a display name, in any case.',
        }),
        filter: t.arg({ type: MembershipRecordFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({
          type: MembershipRecordOrder,
          required: false,
          description: 'In which order.',
        }),
      },
      resolve: (viewer, { search, filter, orderBy, ...page }, { app }) =>
        listMemberships(
          app,
          viewer,
          {
            ...{ search, roles: filter?.roles },
            roomId: givenKey('Room', filter?.roomId),
            userId: givenKey('User', filter?.userId),
          },
          orderBy ?? { field: 'JOINED_AT', direction: 'DESC' },
          page,
        ),
    },
    { description: 'A page of memberships.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
);

const AddMemberInput = builder.inputType('AddMemberInput', {
  description: 'Who is to belong to a room.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    userId: t.id({ description: 'The `id` of the User.' }),
    role: t.field({
      type: RoomRole,
      required: false,
      defaultValue: 'MEMBER',
      description: 'As what.',
    }),
  }),
});

const AddMemberPayload = builder.objectRef<{ membership: Record }>('AddMemberPayload').implement({
  description: 'Who was added.',
  fields: (t) => ({
    membership: t.field({
      type: MembershipRecord,
      description: 'As it is now.',
      resolve: ({ membership }) => membership,
    }),
  }),
});

builder.mutationField('addMember', (t) =>
  t.field({
    type: AddMemberPayload,
    description:
      'Makes somebody a member of a room without asking them; members stay what they are. Refuses with NOT_FOUND, FORBIDDEN ' +
      'for all but administrators, towards those of as high a role and in an archived room, CONFLICT for who is banned from it.',
    args: { input: t.arg({ type: AddMemberInput, description: 'Whom, where and as what.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      membership: await addMemberTo(app, viewer, {
        roomId: nodeKey('Room', input.roomId),
        userId: nodeKey('User', input.userId),
        role: input.role ?? 'MEMBER',
      }),
    }),
  }),
);
