import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import { encodeNodeId, nodeKey } from '../node-id.ts';
import { attend, chooseStatus, followPresence, presenceOf } from './presence.ts';
import { MOST_WATCHED } from './stream.ts';
import type { Presence as PresenceRow } from './presences.ts';

const ONLINE = { description: 'Here, and at one of their devices.' };
const AWAY = {
  description: 'Connected, and at none of their devices for a while; or so they say.',
};
const DO_NOT_DISTURB = { description: 'Here, and wants no notifications.' };

const PresenceStatus = builder.enumType('PresenceStatus', {
  description: 'Whether somebody is there.',
  values: { ONLINE, AWAY, DO_NOT_DISTURB, OFFLINE: { description: 'Not connected.' } },
});

const ChosenStatus = builder.enumType('ChosenStatus', {
  description: 'What people may say of themselves.',
  values: { ONLINE, AWAY, DO_NOT_DISTURB },
});

const Presence = builder.objectRef<PresenceRow>('Presence').implement({
  description: 'Whether somebody is there: known to the running server only, and never stored.',
  fields: (t) => ({
    userId: t.id({
      description: 'The `id` of the User.',
      resolve: ({ userId }) => encodeNodeId('User', userId),
    }),
    status: t.expose('status', { type: PresenceStatus, description: 'How it stands now.' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When their last device went. Null while they are there, and where the server has not seen ' +
        'them since it was started.',
    }),
  }),
});

builder.prismaObjectField(User, 'presence', (t) =>
  t.field({
    type: Presence,
    description: 'Whether they are there.',
    resolve: ({ id }, _args, { app, viewer }) => presenceOf(app, viewer, id),
  }),
);

builder.subscriptionFields((t) => ({
  viewerPresence: t.field({
    type: Presence,
    description:
      'Makes the viewer present, with one device, for as long as it is subscribed; tells how others ' +
      'see them, now and whenever that changes. Refuses with UNAUTHENTICATED, RATE_LIMITED.',
    args: {
      isIdle: t.arg.boolean({
        defaultValue: false,
        description:
          'Whether nobody has used the device for ten minutes: subscribe anew when that changes.',
      }),
      status: t.arg({
        type: ChosenStatus,
        required: false,
        description:
          'What the device remembers that they chose; it counts where the server knows of no choice.',
      }),
    },
    subscribe: (_root, { isIdle, status }, { app, viewer }) =>
      attend(app, viewer, { isIdle, status: status ?? null }),
    resolve: (presence) => presence,
  }),
  presenceChanged: t.field({
    type: [Presence],
    description:
      'How people are present: first all of them, then those who have changed, gathered for a moment. ' +
      'Refuses with UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND for what is no id of a user, RATE_LIMITED.',
    args: {
      userIds: t.arg.idList({
        description: `The \`id\`s of up to ${MOST_WATCHED} users.`,
      }),
    },
    subscribe: (_root, { userIds }, { app, viewer }) =>
      followPresence(app, viewer, { userIds: userIds.map((id) => nodeKey('User', id)) }),
    resolve: (presences) => presences,
  }),
}));

const SetStatusInput = builder.inputType('SetStatusInput', {
  description: 'What the viewer says of themselves.',
  fields: (t) => ({
    status: t.field({
      type: ChosenStatus,
      description: 'ONLINE leaves it to the use of their devices.',
    }),
  }),
});

const SetStatusPayload = builder
  .objectRef<{ presence: PresenceRow }>('SetStatusPayload')
  .implement({
    description: 'How the viewer is seen now.',
    fields: (t) => ({
      presence: t.field({
        type: Presence,
        description: 'Their presence.',
        resolve: ({ presence }) => presence,
      }),
    }),
  });

builder.mutationField('setStatus', (t) =>
  t.field({
    type: SetStatusPayload,
    description:
      'Chooses how the viewer is seen, for as long as one of their devices is present. Refuses with ' +
      'UNAUTHENTICATED.',
    args: { input: t.arg({ type: SetStatusInput, description: 'How.' }) },
    resolve: (_root, { input }, { app, viewer }) => ({
      presence: chooseStatus(app, viewer, input),
    }),
  }),
);
