/** What administrators do to the accounts of others, beside what is in the schemas of roles, bans and activation. */
import { builder } from '../builder.ts';
import type { User as UserRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { MessagesFate } from './activation-schema.ts';
import { updateUser } from './alteration.ts';
import { createUser } from './creation.ts';
import { deleteUser } from './deletion.ts';
import { revokeInvitation } from './invitation.ts';
import { ABOUT_MAX_LENGTH, PRONOUNS_MAX_LENGTH } from './profile.ts';
import { ServerRole, User } from './schema.ts';

const username = 'Up to 32 letters a to z, digits, “.”, “_” and “-”; its case makes no difference.';
const WHO = 'FORBIDDEN for all but administrators and towards those of as high a role';

const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'An account to be made for somebody.',
  fields: (t) => ({
    username: t.string({ description: username }),
    displayName: t.string({
      required: false,
      description: 'Up to 64 characters; the username where it is left out.',
    }),
    role: t.field({
      type: ServerRole,
      required: false,
      defaultValue: 'MEMBER',
      description: 'What they are to be on the server; more than a member only owners make.',
    }),
  }),
});

const CreateUserPayload = builder
  .objectRef<{ user: UserRow; code: string; expiresAt: Date }>('CreateUserPayload')
  .implement({
    description: 'The account that was made.',
    fields: (t) => ({
      user: t.field({ type: User, description: 'Whose it is.', resolve: ({ user }) => user }),
      code: t.exposeString('code', {
        description:
          'With which they choose a password, by `resetPassword` or at `/reset/<code>`; shown here and never again.',
      }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        description: 'Until when the code holds; `createPasswordReset` gives another.',
      }),
    }),
  });

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'What is to be other of somebody’s account; what is left out stays as it is.',
  fields: (t) => ({
    userId: t.id({ description: 'The `id` of the User.' }),
    username: t.string({ required: false, description: username }),
    displayName: t.string({
      required: false,
      description: 'Up to 64 characters; null for the username.',
    }),
    pronouns: t.string({
      required: false,
      description: `Up to ${PRONOUNS_MAX_LENGTH} characters; null for none.`,
    }),
    about: t.string({
      required: false,
      description: `Up to ${ABOUT_MAX_LENGTH} characters; null for none.`,
    }),
  }),
});

const UpdateUserPayload = builder.objectRef<{ user: UserRow }>('UpdateUserPayload').implement({
  description: 'Whose account was changed.',
  fields: (t) => ({
    user: t.field({ type: User, description: 'As they are now.', resolve: ({ user }) => user }),
  }),
});

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'An account to be deleted for good.',
  fields: (t) => ({
    userId: t.id({ description: 'The `id` of the User.' }),
    messages: t.field({ type: MessagesFate, description: 'What becomes of their messages.' }),
  }),
});

const DeleteUserPayload = builder.objectRef<{ userId: string }>('DeleteUserPayload').implement({
  description: 'Whose account was deleted.',
  fields: (t) => ({
    userId: t.exposeID('userId', { description: 'The `id` of the User, who is a tombstone now.' }),
  }),
});

const RevokeInvitationInput = builder.inputType('RevokeInvitationInput', {
  description: 'An invitation to register that is to be ended.',
  fields: (t) => ({
    invitationId: t.id({ description: 'The `id` of the InvitationRecord.' }),
  }),
});

const RevokeInvitationPayload = builder
  .objectRef<{ invitationId: string }>('RevokeInvitationPayload')
  .implement({
    description: 'The invitation that was ended.',
    fields: (t) => ({
      invitationId: t.exposeID('invitationId', { description: 'The `id` that it had.' }),
    }),
  });

builder.mutationFields((t) => ({
  createUser: t.field({
    type: CreateUserPayload,
    description:
      'Makes an account for somebody, whoever may register, and a code with which they choose a password within 24 hours. Refuses ' +
      'with INVALID_INPUT, CONFLICT where the username is somebody’s or was, FORBIDDEN for all but administrators, and for all but ' +
      'owners where the role is more than a member’s.',
    args: { input: t.arg({ type: CreateUserInput, description: 'The account.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      createUser(app, viewer, {
        username: input.username,
        displayName: input.displayName ?? null,
        role: input.role ?? 'MEMBER',
      }),
  }),
  updateUser: t.field({
    type: UpdateUserPayload,
    description:
      'Gives somebody another username or another profile; the former username stays theirs. Refuses with INVALID_INPUT, ' +
      `NOT_FOUND, CONFLICT where the username is or was somebody else’s, ${WHO}.`,
    args: { input: t.arg({ type: UpdateUserInput, description: 'Whose, and what.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await updateUser(app, viewer, { ...input, userId: nodeKey('User', input.userId) }),
    }),
  }),
  deleteUser: t.field({
    type: DeleteUserPayload,
    description:
      'Deletes somebody’s account for good, as `deleteAccount` does one’s own. Rooms that they alone own stay without an owner ' +
      `of their own. Refuses with NOT_FOUND, ${WHO}.`,
    args: { input: t.arg({ type: DeleteUserInput, description: 'Whose, and how.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      await deleteUser(app, viewer, { ...input, userId: nodeKey('User', input.userId) });
      return { userId: input.userId };
    },
  }),
  revokeInvitation: t.field({
    type: RevokeInvitationPayload,
    description:
      'Ends an invitation to register; who has registered by it stays. Refuses with NOT_FOUND, FORBIDDEN for all but administrators.',
    args: { input: t.arg({ type: RevokeInvitationInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      await revokeInvitation(app, viewer, input);
      return input;
    },
  }),
}));
