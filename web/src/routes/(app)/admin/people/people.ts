import { formatBytes } from '#lib/bytes.ts';
import {
  AdminPeopleDocument,
  AdminPersonDocument,
  type AccountState,
  type ServerRole,
  type UserRecordFragment,
} from '#lib/graphql/generated/graphql.ts';
import { bytes, count, person, tags, text, time } from '../records/cells.ts';
import { bySince, byUntil } from '../records/filters.ts';
import { findOf, listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { createPerson, personDeeds } from './deeds.ts';
import { PAGES } from '../sections.ts';

type Person = UserRecordFragment;

export const ROLES: Record<ServerRole, string> = {
  OWNER: 'Owner',
  ADMINISTRATOR: 'Administrator',
  MEMBER: 'Member',
};

const STATES: Record<AccountState, string> = {
  ACTIVE: 'Active',
  BANNED: 'Banned',
  DEACTIVATED: 'Deactivated',
  DELETED: 'Deleted',
};

export const people: Model<Person> = {
  page: PAGES.people,
  noun: ['person', 'people'],
  empty: 'Whoever has an account is listed here.',
  searches: 'by name',
  orders: [
    { field: 'CREATED_AT', label: 'Joined', first: 'DESC' },
    { field: 'USERNAME', label: 'Username', first: 'ASC' },
    { field: 'DISPLAY_NAME', label: 'Name', first: 'ASC' },
  ],
  filters: [
    {
      ...{ key: 'role', label: 'Role', kind: 'choice', any: 'Any role' },
      options: [
        ['OWNER', 'Owners'],
        ['ADMINISTRATOR', 'Administrators'],
        ['MEMBER', 'Members'],
      ],
      input: (role) => ({ roles: [role] }),
    },
    {
      ...{ key: 'state', label: 'State', kind: 'choice', any: 'Any state' },
      options: Object.entries(STATES),
      input: (state) => ({ states: [state] }),
    },
    { ...bySince, label: 'Joined since' },
    byUntil,
  ],
  columns: [
    { label: 'Name', order: 'DISPLAY_NAME', cell: ({ user }) => person(user) },
    { label: 'Role', cell: ({ role }) => (role === 'MEMBER' ? text('Member') : roleTag(role)) },
    { label: 'State', cell: stateOf },
    { label: 'Joined', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    { label: 'Last used', cell: ({ lastUsedAt }) => time(lastUsedAt, 'never') },
    {
      ...{ label: 'Messages', isNumber: true, isExtra: true },
      cell: ({ messageCount }) => count(messageCount),
    },
    {
      ...{ label: 'Rooms', isNumber: true, isExtra: true },
      cell: ({ roomCount }) => count(roomCount),
    },
    {
      ...{ label: 'Files', isNumber: true, isExtra: true },
      cell: ({ fileBytes }) => bytes(fileBytes),
    },
  ],
  facts: ({ user, ban, fileCount, fileBytes, ownsAlone }) => [
    { label: 'Username', cell: text(`@${user.username}`) },
    { label: 'Pronouns', cell: text(user.pronouns) },
    { label: 'About', cell: text(user.about) },
    { label: 'Files', cell: text(`${fileCount} (${formatBytes(fileBytes)})`) },
    {
      label: 'Only owner of',
      cell: text(ownsAlone.map(({ name }) => name).join(', '), 'no room'),
    },
    ...(ban
      ? [
          { label: 'Banned by', cell: person(ban.by) },
          { label: 'Banned at', cell: time(ban.createdAt) },
          { label: 'Banned until', cell: time(ban.until, 'for good') },
          { label: 'Reason', cell: text(ban.reason) },
        ]
      : []),
  ],
  related: ({ id, sessionCount, roomCount, messageCount, fileCount }) => {
    const user = `user=${encodeURIComponent(id)}`;
    return [
      { label: 'Sessions', href: `/admin/sessions?${user}`, count: sessionCount },
      { label: 'Memberships', href: `/admin/memberships?${user}`, count: roomCount },
      { label: 'Messages', href: `/admin/messages?${user}`, count: messageCount },
      { label: 'Files', href: `/admin/files?${user}`, count: fileCount },
      { label: 'Reports of what they said', href: `/admin/reports?state=any&${user}` },
      { label: 'Bans from rooms', href: `/admin/room-bans?${user}` },
      { label: 'What was done to them', href: `/admin/audit?${user}` },
      { label: 'What they did', href: `/admin/audit?actor=${encodeURIComponent(id)}` },
    ];
  },
  deeds: personDeeds,
  create: createPerson,
  nameOf: ({ user }) => user.displayName,
  list: listOf(
    AdminPeopleDocument,
    (data) => data.administration.users,
    (node) => node,
  ),
  find: findOf(AdminPersonDocument, (data) => data.administration.user),
};

function roleTag(role: ServerRole) {
  return tags({ text: ROLES[role], tone: 'good' });
}

function stateOf({ state }: Person) {
  const isOn = state === 'ACTIVE' || state === 'DELETED';
  return tags({ text: STATES[state], ...(isOn ? {} : { tone: 'alert' as const }) });
}
