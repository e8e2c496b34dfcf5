/** Accounts that are off for a time or for good. */
import { builder } from '../builder.ts';
import { dropCookie } from '../context.ts';
import type { User as UserRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { deactivateUser, reactivateUser } from './activation.ts';
import { deleteAccount } from './deletion.ts';
import { User } from './schema.ts';

const UserState = builder.enumType('UserState', {
  description: 'Whether an account is in use.',
  values: {
    ACTIVE: { description: 'Its owner can log in.' },
    DEACTIVATED: { description: 'Its owner cannot log in until an administrator reactivates it.' },
    DELETED: { description: 'Nothing is left of it but what it has said.' },
  },
});

builder.prismaObjectField(User, 'state', (t) =>
  t.field({
    shared: true,
    type: UserState,
    description: 'Whether the account is in use.',
    resolve: ({ deactivatedAt, erasedAt }) =>
      erasedAt ? 'DELETED' : deactivatedAt ? 'DEACTIVATED' : 'ACTIVE',
  }),
);

export const MessagesFate = builder.enumType('MessagesFate', {
  description: 'What becomes of what somebody has said when their account is deleted.',
  values: {
    KEEP: { description: 'It stays, by “Deleted account”.' },
    DELETE: { description: 'It is deleted, message by message; tombstones stay.' },
  },
});

const userInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ userId: t.id({ description: 'The `id` of the user.' }) }),
  });

const userPayload = (name: string, description: string) =>
  builder.objectRef<{ user: UserRow }>(name).implement({
    description,
    fields: (t) => ({
      user: t.field({
        type: User,
        description: 'As they are now.',
        resolve: ({ user }) => user,
      }),
    }),
  });

const DeleteAccountInput = builder.inputType('DeleteAccountInput', {
  description: 'How the viewer’s account is to be deleted.',
  fields: (t) => ({
    password: t.string({ description: 'The viewer’s password once more.' }),
    messages: t.field({ type: MessagesFate, description: 'What becomes of their messages.' }),
  }),
});

const DeleteAccountPayload = builder.objectRef<{ ok: boolean }>('DeleteAccountPayload').implement({
  description: 'That the account is gone.',
  fields: (t) => ({ ok: t.exposeBoolean('ok', { description: 'Always true.' }) }),
});

builder.mutationFields((t) => ({
  deactivateUser: t.field({
    type: userPayload('DeactivateUserPayload', 'Who was deactivated.'),
    description:
      'Ends all sessions of somebody, who can then begin none. Everybody may do it to themselves. Refuses with ' +
      'FORBIDDEN for all but administrators, and for those who rank as high as they, NOT_FOUND, CONFLICT for ' +
      'the server’s only owner.',
    args: {
      input: t.arg({
        type: userInput('DeactivateUserInput', 'An account to be turned off.'),
        description: 'Whom.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await deactivateUser(app, viewer, { userId: nodeKey('User', input.userId) }),
    }),
  }),
  reactivateUser: t.field({
    type: userPayload('ReactivateUserPayload', 'Who was reactivated.'),
    description:
      'Lets somebody log in again who was deactivated. Refuses with FORBIDDEN for all but administrators, and ' +
      'for those who rank as high as they, NOT_FOUND.',
    args: {
      input: t.arg({
        type: userInput('ReactivateUserInput', 'An account to be turned on.'),
        description: 'Whom.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await reactivateUser(app, viewer, { userId: nodeKey('User', input.userId) }),
    }),
  }),
  deleteAccount: t.field({
    type: DeleteAccountPayload,
    description:
      'Deletes the viewer’s account for good: all of it but what they have said, and that too where they want it. ' +
      'Refuses with UNAUTHENTICATED, INVALID_INPUT where the password is not right, CONFLICT for the server’s ' +
      'only owner, RATE_LIMITED.',
    args: { input: t.arg({ type: DeleteAccountInput, description: 'How.' }) },
    resolve: async (_root, { input }, context) => {
      await deleteAccount(context.app, context.viewer, input);
      dropCookie(context);
      return { ok: true };
    },
  }),
}));
