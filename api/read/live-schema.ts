import { builder } from '../builder.ts';
import { encodeNodeId } from '../node-id.ts';
import { RoomInvitation } from '../room/invitation-schema.ts';
import { JoinRequest } from '../room/request-schema.ts';
import { Draft, threadIdOf } from './draft-schema.ts';
import type { InboxChange } from './inbox-screen.ts';
import { followInbox } from './inboxes.ts';
import { InboxRoom, InboxState } from './schema.ts';
import { FollowedThread } from './thread-schema.ts';

type ChangeOf<Kind extends InboxChange['kind']> = Extract<InboxChange, { kind: Kind }>;

const InboxOpened = builder.objectRef<ChangeOf<'STATE'>>('InboxOpened').implement({
  description: 'All of the inbox: what comes after it are its changes.',
  fields: (t) => ({
    state: t.field({ type: InboxState, description: 'As it is.', resolve: ({ state }) => state }),
  }),
});

const InboxRoomChanged = builder.objectRef<ChangeOf<'ROOM_CHANGED'>>('InboxRoomChanged').implement({
  description: 'A room of the inbox is other than it was, or has come into it.',
  fields: (t) => ({
    entry: t.field({
      type: InboxRoom,
      description: 'The room as it is now.',
      resolve: ({ entry }) => entry,
    }),
  }),
});

const InboxRoomRemoved = builder.objectRef<ChangeOf<'ROOM_REMOVED'>>('InboxRoomRemoved').implement({
  description: 'The viewer does not belong to a room any more.',
  fields: (t) => ({
    roomId: t.id({
      description: 'The `id` of the room.',
      resolve: ({ roomId }) => encodeNodeId('Room', roomId),
    }),
  }),
});

const InboxDraftChanged = builder
  .objectRef<ChangeOf<'DRAFT_CHANGED'>>('InboxDraftChanged')
  .implement({
    description: 'A draft is other than it was, or is gone, as once it is sent.',
    fields: (t) => ({
      roomId: t.id({
        description: 'The `id` of its room.',
        resolve: ({ place }) => encodeNodeId('Room', place.roomId),
      }),
      threadId: t.id({
        nullable: true,
        description: 'The `id` of the message in whose thread; null for the room itself.',
        resolve: ({ place }) => threadIdOf(place),
      }),
      draft: t.field({
        type: Draft,
        nullable: true,
        description: 'As it is now; null where it is gone.',
        resolve: ({ draft }) => draft,
      }),
    }),
  });

const InboxThreadChanged = builder
  .objectRef<ChangeOf<'THREAD_CHANGED'>>('InboxThreadChanged')
  .implement({
    description: 'What is unread in a thread that the viewer follows is other than it was.',
    fields: (t) => ({
      messageId: t.id({
        description: 'The `id` of the message that begins it.',
        resolve: ({ place }) => encodeNodeId('Message', `${place.roomId}.${place.threadSeq}`),
      }),
      thread: t.field({
        type: FollowedThread,
        nullable: true,
        description: 'As it is now; null where nothing is unread, or they do not follow it.',
        resolve: ({ thread }) => thread,
      }),
    }),
  });

const InboxPendingChanged = builder
  .objectRef<ChangeOf<'PENDING_CHANGED'>>('InboxPendingChanged')
  .implement({
    description:
      'What the viewer is asked, or has asked for, is other than it was; all of it is told.',
    fields: (t) => ({
      invitations: t.field({
        type: [RoomInvitation],
        description: 'The rooms to which they are invited.',
        resolve: ({ pending }) => pending.invitations,
      }),
      joinRequests: t.field({
        type: [JoinRequest],
        description: 'What they have asked for themselves.',
        resolve: ({ pending }) => pending.requests,
      }),
    }),
  });

const EVENT_TYPES = {
  STATE: InboxOpened,
  ROOM_CHANGED: InboxRoomChanged,
  ROOM_REMOVED: InboxRoomRemoved,
  THREAD_CHANGED: InboxThreadChanged,
  DRAFT_CHANGED: InboxDraftChanged,
  PENDING_CHANGED: InboxPendingChanged,
} as const satisfies Record<InboxChange['kind'], unknown>;

const InboxEvent = builder.unionType('InboxEvent', {
  description: 'What is told of an inbox. More kinds may come: pass over what you do not know.',
  types: Object.values(EVENT_TYPES),
  resolveType: (change) => EVENT_TYPES[(change as InboxChange).kind],
});

builder.subscriptionField('inbox', (t) =>
  t.field({
    type: InboxEvent,
    description:
      'The viewer’s inbox: first all of it, then its changes, which are gathered for up to a second. Whoever comes back ' +
      'is told all of it again. Ends when the viewer is logged out.',
    subscribe: (_root, _args, { app, viewer }) => followInbox(app, viewer),
    resolve: (change) => change,
  }),
);
