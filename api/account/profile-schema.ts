/** What people tell of themselves. */
import { builder } from '../builder.ts';
import type { User as UserRow } from '../generated/prisma/client.ts';
import {
  type CustomStatus as CustomStatusRow,
  customStatusOf,
  setCustomStatus,
  STATUS_MAX_LENGTH,
} from './custom-status.ts';
import { ABOUT_MAX_LENGTH, PRONOUNS_MAX_LENGTH, updateProfile } from './profile.ts';
import { User } from './schema.ts';
import { changeUsername } from './username.ts';

const CustomStatus = builder.objectRef<CustomStatusRow>('CustomStatus').implement({
  description: 'What somebody says they are about.',
  fields: (t) => ({
    emoji: t.exposeString('emoji', { nullable: true, description: 'An emoji for it.' }),
    text: t.exposeString('text', { nullable: true, description: 'In words.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'From when on it is none; null where it holds until it is changed.',
    }),
  }),
});

builder.prismaObjectFields(User, (t) => ({
  pronouns: t.string({
    nullable: true,
    description: 'How they want to be spoken of.',
    resolve: async ({ id }, _args, { app }) => (await app.profiles.ask(id))?.pronouns ?? null,
  }),
  about: t.string({
    nullable: true,
    description: 'What they tell about themselves, in one or more lines.',
    resolve: async ({ id }, _args, { app }) => (await app.profiles.ask(id))?.about ?? null,
  }),
  timeZone: t.string({
    nullable: true,
    description: 'Where their clock stands, by the IANA’s names, such as `Europe/Berlin`.',
    resolve: async ({ id }, _args, { app }) => (await app.profiles.ask(id))?.timeZone ?? null,
  }),
  customStatus: t.field({
    type: CustomStatus,
    nullable: true,
    description: 'What they say they are about; null once it is over.',
    resolve: async ({ id }, _args, { app }) => customStatusOf(await app.profiles.ask(id)),
  }),
}));

const UpdateProfileInput = builder.inputType('UpdateProfileInput', {
  description: 'What the viewer tells of themselves: what is left out stays as it is, null clears.',
  fields: (t) => ({
    displayName: t.string({
      required: false,
      description: 'Up to 64 characters; the username where it is cleared.',
    }),
    pronouns: t.string({
      required: false,
      description: `Up to ${PRONOUNS_MAX_LENGTH} characters.`,
    }),
    about: t.string({
      required: false,
      description: `Up to ${ABOUT_MAX_LENGTH} characters, in one or more lines.`,
    }),
    timeZone: t.string({
      required: false,
      description: 'By the IANA’s names, such as `Europe/Berlin`.',
    }),
  }),
});

const ChangeUsernameInput = builder.inputType('ChangeUsernameInput', {
  description: 'Another username.',
  fields: (t) => ({
    username: t.string({
      description:
        'Up to 32 letters a to z, digits, “.”, “_” and “-”; its case makes no difference.',
    }),
  }),
});

const SetCustomStatusInput = builder.inputType('SetCustomStatusInput', {
  description: 'What the viewer is about: without emoji and text, nothing.',
  fields: (t) => ({
    emoji: t.string({ required: false, description: 'One emoji.' }),
    text: t.string({
      required: false,
      description: `One line of up to ${STATUS_MAX_LENGTH} characters.`,
    }),
    until: t.field({
      type: 'DateTime',
      required: false,
      description: 'When it is over; without it, it holds until it is changed.',
    }),
  }),
});

const userPayload = (name: string) =>
  builder.objectRef<{ user: UserRow }>(name).implement({
    description: 'The viewer as they are now.',
    fields: (t) => ({
      user: t.field({ type: User, description: 'The viewer.', resolve: ({ user }) => user }),
    }),
  });

builder.mutationFields((t) => ({
  updateProfile: t.field({
    type: userPayload('UpdateProfilePayload'),
    description:
      'Changes what the viewer tells of themselves. Refuses with UNAUTHENTICATED, INVALID_INPUT.',
    args: { input: t.arg({ type: UpdateProfileInput, description: 'What.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await updateProfile(app, viewer, input),
    }),
  }),
  changeUsername: t.field({
    type: userPayload('ChangeUsernamePayload'),
    description:
      'Gives the viewer another username. The former one stays theirs for ever: old mentions mean them ' +
      'still, and nobody else can take it. Refuses with UNAUTHENTICATED, INVALID_INPUT, CONFLICT where it ' +
      'is or was somebody else’s, RATE_LIMITED for more than one change in an hour.',
    args: { input: t.arg({ type: ChangeUsernameInput, description: 'The new one.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      user: await changeUsername(app, viewer, input),
    }),
  }),
  setCustomStatus: t.field({
    type: userPayload('SetCustomStatusPayload'),
    description:
      'Says what the viewer is about. Refuses with UNAUTHENTICATED, INVALID_INPUT, also for an end that ' +
      'is past.',
    args: { input: t.arg({ type: SetCustomStatusInput, description: 'What, and until when.' }) },
    resolve: async (_root, { input: { emoji, text, until } }, { app, viewer }) => ({
      user: await setCustomStatus(app, viewer, {
        emoji: emoji ?? null,
        text: text ?? null,
        until: until ?? null,
      }),
    }),
  }),
}));
