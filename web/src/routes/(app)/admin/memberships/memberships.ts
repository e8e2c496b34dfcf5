import {
  AddMemberDocument,
  AdminMembershipsDocument,
  BanMemberDocument,
  RemoveMemberDocument,
  SetMemberRoleDocument,
  TimeOutMemberDocument,
  type MembershipRecordFragment,
  type RoomRole,
} from '#lib/graphql/generated/graphql.ts';
import { TIME_OUTS } from '../../rooms/[slug]/deeds.ts';
import { person, room, tags, text, time } from '../records/cells.ts';
import {
  lengthsOf,
  mutates,
  named,
  orNull,
  REASON,
  ROOM_BAN,
  untilOf,
  type Deed,
} from '../records/deed.ts';
import { byPerson, byRoom } from '../records/filters.ts';
import { listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

type Membership = MembershipRecordFragment;

const nameOf = ({ user, room: at }: Membership) => `${user.displayName} in #${at.name}`;
const names = (rows: readonly Membership[]) => named(rows, nameOf, 'members');
const place = ({ user, room: at }: Membership) => ({ userId: user.id, roomId: at.id });
const isTimedOut = ({ timedOutUntil }: Membership) =>
  timedOutUntil !== null && Date.parse(timedOutUntil) > Date.now();

const ROLES: Record<RoomRole, string> = {
  OWNER: 'Owner',
  MODERATOR: 'Moderator',
  MEMBER: 'Member',
};
const ROLE = {
  name: 'role',
  label: 'Role',
  kind: 'select',
  options: (['MEMBER', 'MODERATOR', 'OWNER'] as const).map((value) => ({
    ...{ value, label: ROLES[value] },
  })),
} as const;
const deeds: readonly Deed<Membership>[] = [
  {
    ...{ label: 'Change role…', isBulk: true },
    title: (rows) => `Change the role of ${names(rows)}`,
    says: 'Owners do all that can be done in a room; moderators keep order.',
    fields: [{ ...ROLE, initial: ({ role }) => role }],
    submit: 'Change role',
    perform: mutates(SetMemberRoleDocument, (row, { role }) => ({
      ...{ ...place(row), role: role as RoomRole },
    })),
    done: (rows) => `The role of ${names(rows)} was changed.`,
  },
  {
    ...{ label: 'Time out…', isBulk: true },
    fits: (row) => !isTimedOut(row),
    title: (rows) => `Time out ${names(rows)}?`,
    says: 'They go on reading, and write nothing and react to nothing until then.',
    fields: [
      REASON,
      { name: 'until', label: 'For how long', kind: 'select', options: lengthsOf(TIME_OUTS) },
    ],
    submit: 'Time out',
    perform: mutates(TimeOutMemberDocument, (row, { reason, until }) => ({
      ...{ ...place(row), reason: orNull(reason), until: untilOf(until) },
    })),
    done: (rows) => `Timed out: ${names(rows)}.`,
  },
  {
    ...{ label: 'End the time-out…', isBulk: true },
    fits: isTimedOut,
    title: (rows) => `Let ${names(rows)} write again?`,
    submit: 'End the time-out',
    perform: mutates(TimeOutMemberDocument, (row) => ({ ...place(row), until: null })),
    done: (rows) => `May write again: ${names(rows)}.`,
  },
  {
    ...{ label: 'Remove…', isDanger: true, isBulk: true },
    title: (rows) => `Remove ${names(rows)}?`,
    says: 'They stop seeing what is said there at once. They may join again as others may.',
    fields: [REASON],
    submit: 'Remove',
    perform: mutates(RemoveMemberDocument, (row, { reason }) => ({
      ...{ ...place(row), reason: orNull(reason) },
    })),
    done: (rows) => `Removed: ${names(rows)}.`,
  },
  {
    ...{ label: 'Ban from room…', isDanger: true, isBulk: true },
    title: (rows) => `Ban ${names(rows)}?`,
    says: 'They stop seeing the room at once and cannot come back until the ban ends or is lifted.',
    fields: ROOM_BAN,
    submit: 'Ban',
    perform: mutates(BanMemberDocument, (row, { reason, until }) => ({
      ...{ ...place(row), reason: orNull(reason), until: untilOf(until) },
    })),
    done: (rows) => `Banned: ${names(rows)}.`,
  },
];

export const memberships: Model<Membership> = {
  page: PAGES.memberships,
  noun: ['membership', 'memberships'],
  empty: 'Who belongs to which room is listed here.',
  searches: 'by username',
  orders: [
    { field: 'JOINED_AT', label: 'Joined', first: 'DESC' },
    { field: 'USERNAME', label: 'Username', first: 'ASC' },
  ],
  filters: [
    byPerson('Whose', 'userId'),
    byRoom,
    {
      ...{ key: 'role', label: 'Role', kind: 'choice', any: 'Any role' },
      options: [
        ['OWNER', 'Owners'],
        ['MODERATOR', 'Moderators'],
        ['MEMBER', 'Members'],
      ],
      input: (role) => ({ roles: [role] }),
    },
  ],
  columns: [
    { label: 'Person', order: 'USERNAME', cell: ({ user }) => person(user) },
    { label: 'Room', cell: ({ room: at }) => room(at) },
    {
      label: 'Role',
      cell: (row) =>
        isTimedOut(row)
          ? tags({ text: ROLES[row.role] }, { text: 'Timed out', tone: 'alert' })
          : row.role === 'MEMBER'
            ? text(ROLES.MEMBER)
            : tags({ text: ROLES[row.role], tone: 'good' }),
    },
    { label: 'Joined', order: 'JOINED_AT', cell: ({ joinedAt }) => time(joinedAt) },
  ],
  facts: ({ timedOutUntil }) => [{ label: 'Timed out until', cell: time(timedOutUntil) }],
  related: ({ user, room: at }) => [
    { label: 'Person', href: `/admin/people/${encodeURIComponent(user.id)}` },
    { label: 'Room', href: `/admin/rooms/${encodeURIComponent(at.id)}` },
  ],
  deeds,
  create: {
    label: 'Add member',
    title: () => 'Add a member',
    says: 'They are in the room at once and find it in their list.',
    fields: [
      { name: 'userId', label: 'Person', kind: 'person' },
      { name: 'roomId', label: 'Room', kind: 'room' },
      ROLE,
    ],
    submit: 'Add',
    perform: mutates(AddMemberDocument, (_row, { userId = '', roomId = '', role }) => ({
      ...{ userId, roomId, role: role as RoomRole },
    })),
    done: () => 'They are a member now.',
  },
  nameOf,
  list: listOf(
    AdminMembershipsDocument,
    (data) => data.administration.memberships,
    (node) => node,
  ),
};
