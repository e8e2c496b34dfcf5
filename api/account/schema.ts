import { builder } from '../builder.ts';
import { dropCookie, handOver } from '../context.ts';
import { loggedIn } from '../viewer.ts';
import { logIn, register } from './account.ts';
import { avatarAddressOf } from './avatar-address.ts';
import { createInvitation } from './invitation.ts';
import { logOut } from './session.ts';

export const SessionKind = builder.enumType('SessionKind', {
  description: 'How a session is carried.',
  values: {
    COOKIE: { description: 'By a cookie that scripts cannot read: for browsers.' },
    TOKEN: { description: 'By a token in the Authorization header: for programs.' },
  },
});

export const ServerRole = builder.enumType('ServerRole', {
  description: 'What a user is on the whole server.',
  values: {
    OWNER: { description: 'Has the last word on it, and appoints administrators.' },
    ADMINISTRATOR: { description: 'Runs the server.' },
    MEMBER: { description: 'Uses it.' },
  },
});

export const User = builder.prismaNode('User', {
  description: 'Somebody with an account.',
  nullable: true,
  id: { field: 'id' },
  findUnique: (id, { viewer }) => loggedIn(viewer) && { id },
  fields: (t) => ({
    username: t.exposeString('username', {
      shared: true,
      description:
        'The unique name, as its owner spells it; its case makes no difference. What names a former one still means them.',
    }),
    displayName: t.exposeString('displayName', {
      shared: true,
      description: 'The name that is shown.',
    }),
    avatarUrl: t.string({
      shared: true,
      nullable: true,
      description:
        'Where their picture is, as a path of this server: a square of 256 pixels for whoever is logged in. ' +
        'Another picture is at another place. Null for those who have none.',
      resolve: ({ avatarId }) => avatarAddressOf(avatarId),
    }),
    role: t.expose('role', {
      shared: true,
      type: ServerRole,
      description: 'What they are on this server.',
    }),
    createdAt: t.expose('createdAt', {
      shared: true,
      type: 'DateTime',
      description: 'When they registered.',
    }),
  }),
});

builder.queryFields((t) => ({
  me: t.prismaField({
    type: 'User',
    nullable: true,
    description: 'The viewer, null while logged out.',
    resolve: (_query, _root, _args, { viewer }) => viewer.user,
  }),
}));

const username = 'Up to 32 letters a to z, digits, “.”, “_” and “-”; its case makes no difference.';
const password = '8 to 256 characters of any kind.';
const sessionKind = 'How the new session is to be carried.';
const token = 'For a session of kind TOKEN: shown here and never again. Null for COOKIE.';

const RegisterInput = builder.inputType('RegisterInput', {
  description: 'An account to be made.',
  fields: (t) => ({
    username: t.string({ description: username }),
    password: t.string({ description: password }),
    displayName: t.string({
      required: false,
      description: 'Up to 64 characters; the username where it is left out.',
    }),
    invitation: t.string({
      required: false,
      description: 'The code of an invitation, where `Server.registration` is INVITE.',
    }),
    session: t.field({
      type: SessionKind,
      required: false,
      defaultValue: 'COOKIE',
      description: sessionKind,
    }),
  }),
});

const LoginInput = builder.inputType('LoginInput', {
  description: 'Who wants to log in.',
  fields: (t) => ({
    username: t.string({ description: 'The username, in any case.' }),
    password: t.string({ description: 'The password.' }),
    session: t.field({
      type: SessionKind,
      required: false,
      defaultValue: 'COOKIE',
      description: sessionKind,
    }),
  }),
});

const CreateInvitationInput = builder.inputType('CreateInvitationInput', {
  description: 'What an invitation is to allow.',
  fields: (t) => ({
    maxUses: t.int({ defaultValue: 1, description: 'How many may register with it: 1 to 1,000.' }),
    expiresInDays: t.int({ defaultValue: 7, description: 'How many days it holds: 1 to 365.' }),
  }),
});

/** Who is logged in now, and their token if they are a program. */
type Welcome = ReturnType<typeof handOver>;

const RegisterPayload = builder.objectRef<Welcome>('RegisterPayload').implement({
  description: 'The account that was made, logged in.',
  fields: (t) => ({
    user: t.field({ type: User, description: 'The new user.', resolve: ({ user }) => user }),
    token: t.exposeString('token', { nullable: true, description: token }),
  }),
});

const LoginPayload = builder.objectRef<Welcome>('LoginPayload').implement({
  description: 'Who is logged in now.',
  fields: (t) => ({
    user: t.field({ type: User, description: 'The user.', resolve: ({ user }) => user }),
    token: t.exposeString('token', { nullable: true, description: token }),
  }),
});

const LogoutPayload = builder.objectRef<{ ok: boolean }>('LogoutPayload').implement({
  description: 'That the session is over.',
  fields: (t) => ({ ok: t.exposeBoolean('ok', { description: 'Always true.' }) }),
});

const CreateInvitationPayload = builder
  .objectRef<{ code: string; expiresAt: Date }>('CreateInvitationPayload')
  .implement({
    description: 'The invitation that was made.',
    fields: (t) => ({
      code: t.exposeString('code', {
        description: 'What `register` takes; shown here and never again.',
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it holds.' }),
    }),
  });

builder.mutationFields((t) => ({
  register: t.field({
    type: RegisterPayload,
    description:
      'Makes an account and logs it in. Refuses with INVALID_INPUT, CONFLICT, FORBIDDEN, RATE_LIMITED.',
    args: { input: t.arg({ type: RegisterInput, description: 'The account.' }) },
    resolve: async (_root, { input }, context) =>
      handOver(
        context,
        await register(context.app, context.viewer, {
          ...input,
          displayName: input.displayName ?? null,
          invitation: input.invitation ?? null,
          session: input.session ?? 'COOKIE',
        }),
      ),
  }),
  login: t.field({
    type: LoginPayload,
    description:
      'Begins a session. Refuses with INVALID_INPUT, FORBIDDEN where the account is deactivated or banned, RATE_LIMITED.',
    args: { input: t.arg({ type: LoginInput, description: 'Who.' }) },
    resolve: async (_root, { input }, context) =>
      handOver(
        context,
        await logIn(context.app, context.viewer, { ...input, session: input.session ?? 'COOKIE' }),
      ),
  }),
  logout: t.field({
    type: LogoutPayload,
    description:
      'Ends the session that asks, and whatever it holds open. Refuses with UNAUTHENTICATED.',
    resolve: async (_root, _args, context) => {
      dropCookie(context);
      await logOut(context.app, context.viewer);
      return { ok: true };
    },
  }),
  createInvitation: t.field({
    type: CreateInvitationPayload,
    description:
      'Makes an invitation to register. Refuses with FORBIDDEN for all but administrators, INVALID_INPUT.',
    args: { input: t.arg({ type: CreateInvitationInput, description: 'What it is to allow.' }) },
    resolve: (_root, { input }, { app, viewer }) => createInvitation(app, viewer, input),
  }),
}));
