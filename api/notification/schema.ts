/** Of what somebody is notified, and where. */
import { loggedIn } from '../viewer.ts';
import { builder } from '../builder.ts';
import type { Room as RoomRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { InboxRoom } from '../read/schema.ts';
import { Membership } from '../room/membership-schema.ts';
import { Room } from '../room/schema.ts';
import { setRoomNotifications } from './level.ts';
import {
  addPushSubscription,
  removePushSubscription,
  testPushSubscription,
} from './subscription.ts';

const NotificationLevel = builder.enumType('NotificationLevel', {
  description: 'Of what in a room somebody is notified.',
  values: {
    ALL: { description: 'Of every message of the room’s history, and of mentions in threads.' },
    MENTIONS: { description: 'Of what mentions them, by name or with all.' },
    NOTHING: { description: 'Of nothing.' },
  },
});

const levelDescription = 'Of what in the room the viewer is notified';
const muteDescription =
  'Until when the viewer is notified of nothing there, whatever the level; null where they have not ' +
  'muted it, and a moment that has passed counts as none';

builder.prismaObjectFields(Membership, (t) => ({
  notificationLevel: t.field({
    type: NotificationLevel,
    nullable: true,
    description: `${levelDescription}; null in the memberships of others.`,
    select: { notify: true, userId: true },
    resolve: ({ notify, userId }, _args, { viewer }) =>
      userId === loggedIn(viewer).user.id ? notify : null,
  }),
  mutedUntil: t.field({
    type: 'DateTime',
    nullable: true,
    description: `${muteDescription}. Null in the memberships of others.`,
    select: { mutedUntil: true, userId: true },
    resolve: ({ mutedUntil, userId }, _args, { viewer }) =>
      userId === loggedIn(viewer).user.id ? mutedUntil : null,
  }),
}));

builder.objectFields(InboxRoom, (t) => ({
  notificationLevel: t.field({
    type: NotificationLevel,
    description: `${levelDescription}.`,
    resolve: ({ counts }) => counts.notify,
  }),
  mutedUntil: t.field({
    type: 'DateTime',
    nullable: true,
    description: `${muteDescription}.`,
    resolve: ({ counts }) => counts.mutedUntil,
  }),
}));

const SetRoomNotificationsInput = builder.inputType('SetRoomNotificationsInput', {
  description: 'Of what in a room the viewer is to be notified; what is left out stays as it is.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    level: t.field({ type: NotificationLevel, required: false, description: 'Of what.' }),
    mutedUntil: t.field({
      type: 'DateTime',
      required: false,
      description:
        'Until when of nothing; null ends a muting, and a moment that nobody lives to see mutes for good.',
    }),
  }),
});

const AddPushSubscriptionInput = builder.inputType('AddPushSubscriptionInput', {
  description: 'A PushSubscription as the browser gives it, by the Push API.',
  fields: (t) => ({
    endpoint: t.string({ description: 'Its `endpoint`: an https address of a push service.' }),
    p256dh: t.string({ description: 'Its key `p256dh`, in base64url.' }),
    auth: t.string({ description: 'Its key `auth`, in base64url.' }),
  }),
});

const endpointInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ endpoint: t.string({ description: 'Its `endpoint`.' }) }),
  });

const SetRoomNotificationsPayload = builder
  .objectRef<{ room: RoomRow }>('SetRoomNotificationsPayload')
  .implement({
    description: 'The room, with the viewer’s membership as it is now.',
    fields: (t) => ({
      room: t.field({ type: Room, description: 'The room.', resolve: ({ room }) => room }),
    }),
  });

const donePayload = (name: string, description: string) =>
  builder.objectRef<object>(name).implement({
    description,
    fields: (t) => ({ ok: t.boolean({ description: 'Always true.', resolve: () => true }) }),
  });

builder.mutationFields((t) => ({
  setRoomNotifications: t.field({
    type: SetRoomNotificationsPayload,
    description:
      'Says of what in a room the viewer is notified, on all their devices. Refuses with NOT_FOUND, or ' +
      'FORBIDDEN for those who are no members.',
    args: { input: t.arg({ type: SetRoomNotificationsInput, description: 'Where, and of what.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      room: await setRoomNotifications(app, viewer, {
        ...input,
        roomId: nodeKey('Room', input.roomId),
        level: input.level ?? undefined,
      }),
    }),
  }),
  addPushSubscription: t.field({
    type: donePayload('AddPushSubscriptionPayload', 'That the browser will be told.'),
    description:
      'Has a browser told of messages by push until the session ends that asks, or the browser gives the ' +
      'subscription up; 20 of one person, and the oldest makes way. Refuses with INVALID_INPUT, RATE_LIMITED.',
    args: { input: t.arg({ type: AddPushSubscriptionInput, description: 'The browser.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      await addPushSubscription(app, viewer, input);
      return {};
    },
  }),
  removePushSubscription: t.field({
    type: donePayload('RemovePushSubscriptionPayload', 'That the browser will not be told.'),
    description: 'Ends a subscription of the viewer’s; nothing happens where there is none.',
    args: {
      input: t.arg({
        type: endpointInput('RemovePushSubscriptionInput', 'A browser to be told no more.'),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => {
      await removePushSubscription(app, viewer, input);
      return {};
    },
  }),
  testPushSubscription: t.field({
    type: donePayload('TestPushSubscriptionPayload', 'That the push service has taken it.'),
    description:
      'Sends a browser a notification that says that they arrive. Refuses with NOT_FOUND where the viewer has no ' +
      'such subscription or the browser has given it up, RATE_LIMITED, UNAVAILABLE where its push service does ' +
      'not take it.',
    args: {
      input: t.arg({
        type: endpointInput('TestPushSubscriptionInput', 'A browser to be tried.'),
        description: 'Which.',
      }),
    },
    resolve: async (_root, { input }, { app, viewer }) => {
      await testPushSubscription(app, viewer, input);
      return {};
    },
  }),
}));
