/** Who is what on the server, and who is kept off it. */
import { builder } from '../builder.ts';
import type { ServerBan as BanRow, User as UserRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { COUNT, countOf, directionOf, orderInput } from '../ordering.ts';
import { ServerRole, User } from './schema.ts';
import { banUser, countServerBans, listServerBans, unbanUser } from './server-ban.ts';
import { setServerRole } from './server-role.ts';

export const ServerBan = builder.prismaObject('ServerBan', {
  description: 'That somebody is kept off the server: they cannot log in.',
  fields: (t) => ({
    user: t.relation('user', { description: 'Who.' }),
    by: t.relation('by', { description: 'Who banned them.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why; they are told when they try to log in.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when; null for good.',
    }),
  }),
});

const ServerBanOrder = orderInput('ServerBan', { CREATED_AT: 'Since when.' });

builder.queryField('serverBans', (t) =>
  t.prismaConnection(
    {
      type: ServerBan,
      cursor: 'userId',
      description:
        'Who is kept off the server, the latest first unless it is said. Refuses with FORBIDDEN for all but administrators.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of a username or a display name, in any case.',
        }),
        orderBy: t.arg({ type: ServerBanOrder, required: false, description: 'In which order.' }),
      },
      resolve: (query, _root, { search, orderBy, ...page }, { app, viewer }) =>
        listServerBans(app, viewer, { search }, page, query, directionOf(orderBy)),
      totalCount: (_root, { search }, { app, viewer }) => countServerBans(app, viewer, { search }),
    },
    { fields: (f) => ({ totalCount: f.int({ description: COUNT, resolve: countOf }) }) },
  ),
);

const userId = { description: 'The `id` of the User.' };

const BanUserInput = builder.inputType('BanUserInput', {
  description: 'Whom to keep off the server.',
  fields: (t) => ({
    userId: t.id(userId),
    reason: t.string({
      required: false,
      description: 'Why: up to 300 characters; they are told when they try to log in.',
    }),
    until: t.field({
      type: 'DateTime',
      required: false,
      description: 'Until when; for good where it is left out.',
    }),
  }),
});

const UnbanUserInput = builder.inputType('UnbanUserInput', {
  description: 'A ban from the server to be lifted.',
  fields: (t) => ({ userId: t.id(userId) }),
});

const SetServerRoleInput = builder.inputType('SetServerRoleInput', {
  description: 'What somebody is to be on the server.',
  fields: (t) => ({
    userId: t.id(userId),
    role: t.field({ type: ServerRole, description: 'As what.' }),
  }),
});

const BanUserPayload = builder.objectRef<{ ban: BanRow }>('BanUserPayload').implement({
  description: 'Who was banned.',
  fields: (t) => ({
    ban: t.field({ type: ServerBan, description: 'The ban.', resolve: ({ ban }) => ban }),
  }),
});

const userPayload = (name: string, description: string) =>
  builder.objectRef<{ user: UserRow }>(name).implement({
    description,
    fields: (t) => ({
      user: t.field({ type: User, description: 'As they are now.', resolve: ({ user }) => user }),
    }),
  });

builder.mutationFields((t) => ({
  banUser: t.field({
    type: BanUserPayload,
    description:
      'Keeps somebody off the server: ends their sessions with all that these hold open, and lets them begin none. ' +
      'Refuses with NOT_FOUND, INVALID_INPUT, FORBIDDEN for all but administrators and towards those of as high a role.',
    args: { input: t.arg({ type: BanUserInput, description: 'Whom, why and for how long.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      ban: await banUser(app, viewer, {
        userId: nodeKey('User', input.userId),
        reason: input.reason ?? null,
        until: input.until ?? null,
      }),
    }),
  }),
  unbanUser: t.field({
    type: userPayload('UnbanUserPayload', 'Whose ban was lifted.'),
    description:
      'Lifts a ban from the server: they may log in again. Refuses with NOT_FOUND, FORBIDDEN for all but administrators and ' +
      'towards those of as high a role.',
    args: { input: t.arg({ type: UnbanUserInput, description: 'Whose.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await unbanUser(app, viewer, { userId: nodeKey('User', input.userId) }),
    }),
  }),
  setServerRole: t.field({
    type: userPayload('SetServerRolePayload', 'Whose role was set.'),
    description:
      'Makes somebody an owner, an administrator or a plain member of the server; owners may step down themselves. A ' +
      'code with which they could have chosen a password is void. Refuses with NOT_FOUND, FORBIDDEN for all but owners and towards other owners, CONFLICT where the server would have no owner.',
    args: { input: t.arg({ type: SetServerRoleInput, description: 'Whom, and as what.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await setServerRole(app, viewer, {
        userId: nodeKey('User', input.userId),
        role: input.role,
      }),
    }),
  }),
}));
