import { ServerRole, User } from '../account/schema.ts';
import { ServerBan } from '../account/server-ban-schema.ts';
import { builder } from '../builder.ts';
import type { User as UserRow } from '../generated/prisma/client.ts';
import { encodeNodeId, nodeKey } from '../node-id.ts';
import { orderInput } from '../ordering.ts';
import { RoomRecord } from './room-schema.ts';
import { Administration, TOTAL_COUNT } from './schema.ts';
import {
  type AccountState,
  findUser,
  listUsers,
  roomsOwnedAlone,
  stateOf,
  type UserOrder,
} from './users.ts';

const AccountStateEnum = builder.enumType('AccountState', {
  description: 'Whether somebody can log in, and why not.',
  values: {
    ACTIVE: { description: 'They can.' },
    DEACTIVATED: { description: 'Not until an administrator reactivates the account.' },
    BANNED: { description: 'Not while the ban from the server holds.' },
    DELETED: { description: 'Never: nothing is left of the account but what it has said.' },
  } as const satisfies Record<AccountState, object>,
});

const UserRecord = builder.objectRef<UserRow>('UserRecord');
UserRecord.implement({
  description: 'An account as administration sees it. Direct messages are in none of its counts.',
  fields: (t) => ({
    id: t.id({
      description: 'The `id` of the User.',
      resolve: ({ id }) => encodeNodeId('User', id),
    }),
    user: t.field({ type: User, description: 'Who.', resolve: (user) => user }),
    role: t.expose('role', { type: ServerRole, description: 'What they are on the server.' }),
    state: t.field({
      type: AccountStateEnum,
      description: 'Whether they can log in.',
      resolve: (user, _args, { app }) => stateOf(app, user),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they registered.' }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When a session of theirs was last used, to the hour; null where they have none.',
      resolve: async ({ id }, _args, { app }) =>
        (await app.records.ofUsers.sessions.ask(id)).lastUsedAt,
    }),
    deactivatedAt: t.expose('deactivatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when the account is off, or deleted; null where it is on.',
    }),
    deletedAt: t.expose('erasedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted; null where it was not.',
    }),
    ban: t.field({
      type: ServerBan,
      nullable: true,
      description: 'What keeps them off the server; null for nothing.',
      resolve: ({ id }, _args, { app }) => app.records.ofUsers.ban.ask(id),
    }),
    messageCount: t.int({
      description: 'Messages of theirs that stand.',
      resolve: ({ id }, _args, { app }) => app.records.ofUsers.messageCount.ask(id),
    }),
    roomCount: t.int({
      description: 'Rooms that they belong to.',
      resolve: ({ id }, _args, { app }) => app.records.ofUsers.roomCount.ask(id),
    }),
    sessionCount: t.int({
      description: 'Sessions that are not over.',
      resolve: async ({ id }, _args, { app }) =>
        (await app.records.ofUsers.sessions.ask(id)).sessionCount,
    }),
    fileCount: t.int({
      description: 'Files that they have uploaded.',
      resolve: async ({ id }, _args, { app }) =>
        (await app.records.ofUsers.files.ask(id)).fileCount,
    }),
    fileBytes: t.float({
      description: 'How large these are together.',
      resolve: async ({ id }, _args, { app }) =>
        (await app.records.ofUsers.files.ask(id)).fileBytes,
    }),
    ownsAlone: t.field({
      type: [RoomRecord],
      description: 'Rooms that have no other owner.',
      resolve: (user, _args, { app, viewer }) => roomsOwnedAlone(app, viewer, user),
    }),
  }),
});

const UserRecordFilter = builder.inputType('UserRecordFilter', {
  description: 'Which accounts; what is left out is not asked for.',
  fields: (t) => ({
    roles: t.field({
      type: [ServerRole],
      required: false,
      description: 'What they are on the server: one of these.',
    }),
    states: t.field({
      type: [AccountStateEnum],
      required: false,
      description: 'Whether they can log in: one of these.',
    }),
    since: t.field({
      type: 'DateTime',
      required: false,
      description: 'Registered at that moment or later.',
    }),
    until: t.field({
      type: 'DateTime',
      required: false,
      description: 'Registered before that moment.',
    }),
  }),
});

const UserRecordOrder = orderInput<UserOrder>('UserRecord', {
  USERNAME: 'The username.',
  DISPLAY_NAME: 'The name that is shown.',
  CREATED_AT: 'When they registered.',
});

builder.objectFields(Administration, (t) => ({
  users: t.connection(
    {
      type: UserRecord,
      description:
        'All accounts, by username unless it is said. Refuses with INVALID_INPUT, UNAVAILABLE.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of a username or a display name, in any case.',
        }),
        filter: t.arg({ type: UserRecordFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({ type: UserRecordOrder, required: false, description: 'In which order.' }),
      },
      resolve: (viewer, { search, filter, orderBy, ...page }, { app }) =>
        listUsers(app, viewer, { search, ...filter }, orderBy ?? { field: 'USERNAME' }, page),
    },
    { description: 'A page of accounts.', fields: (f) => ({ totalCount: f.int(TOTAL_COUNT) }) },
  ),
  user: t.field({
    type: UserRecord,
    nullable: true,
    description: 'One account; null where there is none.',
    args: { userId: t.arg.id({ description: 'The `id` of the User.' }) },
    resolve: (viewer, { userId }, { app }) => findUser(app, viewer, nodeKey('User', userId)),
  }),
}));
