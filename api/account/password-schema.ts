/** Other passwords, by those one has or by a code. */
import { builder } from '../builder.ts';
import type { User as UserRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { changePassword, createPasswordReset, resetPassword } from './password-change.ts';
import { User } from './schema.ts';

const newPassword = '8 to 256 characters of any kind.';

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'Another password for the viewer.',
  fields: (t) => ({
    currentPassword: t.string({ description: 'The one that counts until now.' }),
    newPassword: t.string({ description: newPassword }),
  }),
});

const CreatePasswordResetInput = builder.inputType('CreatePasswordResetInput', {
  description: 'Whose password is to be chosen anew.',
  fields: (t) => ({ userId: t.id({ description: 'The `id` of the user.' }) }),
});

const ResetPasswordInput = builder.inputType('ResetPasswordInput', {
  description: 'A new password by a code.',
  fields: (t) => ({
    code: t.string({ description: 'What `createPasswordReset` gave.' }),
    newPassword: t.string({ description: newPassword }),
  }),
});

const userPayload = (name: string, description: string) =>
  builder.objectRef<{ user: UserRow }>(name).implement({
    description,
    fields: (t) => ({
      user: t.field({ type: User, description: 'Whose it is.', resolve: ({ user }) => user }),
    }),
  });

const CreatePasswordResetPayload = builder
  .objectRef<{ code: string; expiresAt: Date; user: UserRow }>('CreatePasswordResetPayload')
  .implement({
    description: 'The code that was made.',
    fields: (t) => ({
      code: t.exposeString('code', {
        description:
          'What `resetPassword` takes, once; in the web app at `/reset/<code>`. Shown here and never again.',
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it holds.' }),
      user: t.field({ type: User, description: 'For whom.', resolve: ({ user }) => user }),
    }),
  });

builder.mutationFields((t) => ({
  changePassword: t.field({
    type: userPayload('ChangePasswordPayload', 'The password that was changed.'),
    description:
      'Gives the viewer another password and ends all their sessions but the one that asks. Refuses with ' +
      'UNAUTHENTICATED, INVALID_INPUT, also where the current password is not right, RATE_LIMITED.',
    args: { input: t.arg({ type: ChangePasswordInput, description: 'Both.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await changePassword(app, viewer, input),
    }),
  }),
  createPasswordReset: t.field({
    type: CreatePasswordResetPayload,
    description:
      'Makes a code with which somebody may choose a new password within 24 hours; the one before it is ' +
      'void. Refuses with FORBIDDEN for all but administrators, and for those who rank as high as they, NOT_FOUND.',
    args: { input: t.arg({ type: CreatePasswordResetInput, description: 'For whom.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      createPasswordReset(app, viewer, { userId: nodeKey('User', input.userId) }),
  }),
  resetPassword: t.field({
    type: userPayload('ResetPasswordPayload', 'The password that was chosen.'),
    description:
      'Chooses a new password by a code, which is used up by it, and ends all sessions of its owner. ' +
      'Refuses with INVALID_INPUT, also where the code does not hold, RATE_LIMITED.',
    args: { input: t.arg({ type: ResetPasswordInput, description: 'The code and the password.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await resetPassword(app, viewer, input),
    }),
  }),
}));
