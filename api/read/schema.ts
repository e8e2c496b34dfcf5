/** What somebody has not read, and up to where they have. */
import { builder } from '../builder.ts';
import { encodeCursor } from '../live/cursor.ts';
import { messageKey } from '../message/key.ts';
import { Message } from '../message/schema.ts';
import { nodeKey } from '../node-id.ts';
import { RoomInvitation } from '../room/invitation-schema.ts';
import { JoinRequest } from '../room/request-schema.ts';
import { Room } from '../room/schema.ts';
import { Draft } from './draft-schema.ts';
import type { InboxState as InboxStateRow } from './inbox.ts';
import type { InboxRoom as InboxRoomRow } from './inbox-rooms.ts';
import { readInbox, readInboxRoom } from './inboxes.ts';
import { markAllRead, markRead, markUnread } from './place.ts';
import { FollowedThread } from './thread-schema.ts';
import { countUnread, findFirstUnread } from './unread.ts';

const unreadCount =
  'How many messages of the room’s history are past the viewer’s place: not their own, and none ' +
  'that was deleted.';
const mentionCount =
  'How many of them mention the viewer, by name or with all; of direct messages all of them. Those that were said in a thread only ' +
  'count in the thread.';
const readCursor = 'The viewer’s place in the room’s log: up to there they have read it.';

export const InboxRoom = builder.objectRef<InboxRoomRow>('InboxRoom').implement({
  description: 'A room that the viewer belongs to, with what is unread in it.',
  fields: (t) => ({
    room: t.field({ type: Room, description: 'The room.', resolve: ({ room }) => room }),
    unreadCount: t.int({ description: unreadCount, resolve: ({ counts }) => counts.unread }),
    mentionCount: t.int({ description: mentionCount, resolve: ({ counts }) => counts.mentions }),
    openReportCount: t.int({
      description:
        'How many reports of its messages are open: for the room’s owners and moderators, 0 for others.',
      resolve: ({ counts }) => counts.reports,
    }),
    lastMessage: t.field({
      type: Message,
      nullable: true,
      description:
        'The newest message of the room’s history that stands; null where there is none.',
      resolve: ({ lastMessage }) => lastMessage,
    }),
    isFavourite: t.boolean({
      description: 'Whether it is one of the viewer’s favourites, which are listed first.',
      resolve: ({ counts }) => counts.isFavourite,
    }),
    position: t.int({
      nullable: true,
      description:
        'Where the viewer has put it: the lower the earlier. Null for rooms that follow those, by name.',
      resolve: ({ counts }) => counts.position,
    }),
    joinRequestCount: t.int({
      description: 'How many ask to join it; none for those who do not keep order in it.',
      resolve: ({ counts }) => counts.joinRequests,
    }),
    readCursor: t.string({
      description: readCursor,
      resolve: ({ counts }, _args, { app }) => encodeCursor(app.db.epoch, counts.readSeq),
    }),
  }),
});

export const InboxState = builder.objectRef<InboxStateRow>('InboxState').implement({
  description:
    'All that the viewer has before them: their rooms, threads with news, and what they have begun to write.',
  fields: (t) => ({
    rooms: t.field({
      type: [InboxRoom],
      description:
        'The rooms that they belong to: favourites first; in each part those that they have put somewhere, then by name. ' +
        'Direct messages that are hidden are not among them.',
      resolve: ({ rooms }) => rooms,
    }),
    threads: t.field({
      type: [FollowedThread],
      description:
        'The threads that they follow with something unread, the one that was replied to last first; up to 200.',
      resolve: ({ threads }) => threads,
    }),
    drafts: t.field({
      type: [Draft],
      description: 'Their latest drafts in these rooms, the latest first; up to 100.',
      resolve: ({ drafts }) => drafts,
    }),
    invitations: t.field({
      type: [RoomInvitation],
      description: 'The rooms to which they are invited, the newest invitation first; up to 100.',
      resolve: ({ pending }) => pending.invitations,
    }),
    joinRequests: t.field({
      type: [JoinRequest],
      description: 'What they have asked for themselves, the oldest first; up to 100.',
      resolve: ({ pending }) => pending.requests,
    }),
  }),
});

builder.queryField('inbox', (t) =>
  t.field({
    type: InboxState,
    description: 'The viewer’s rooms with what is unread in them, as of now.',
    resolve: (_root, _args, { app, viewer }) => readInbox(app, viewer),
  }),
);

builder.prismaObjectFields(Room, (t) => ({
  unreadCount: t.int({
    description: `${unreadCount} None for those who are no members.`,
    resolve: async ({ id }, _args, { app, viewer }) =>
      (await countUnread(app, viewer, id))?.unread ?? 0,
  }),
  mentionCount: t.int({
    description: `${mentionCount} None for those who are no members.`,
    resolve: async ({ id }, _args, { app, viewer }) =>
      (await countUnread(app, viewer, id))?.mentions ?? 0,
  }),
  readCursor: t.string({
    nullable: true,
    description: `${readCursor} Null for those who are no members.`,
    resolve: async ({ id }, _args, { app, viewer }) => {
      const counts = await countUnread(app, viewer, id);
      return counts && encodeCursor(app.db.epoch, counts.readSeq);
    },
  }),
  firstUnread: t.field({
    type: Message,
    nullable: true,
    description: 'The oldest message that counts as unread; null where there is none.',
    resolve: ({ id }, _args, { app, viewer }) => findFirstUnread(app, viewer, id),
  }),
}));

const MarkReadInput = builder.inputType('MarkReadInput', {
  description: 'Up to where a room has been read.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    cursor: t.string({
      description: 'Of the newest message or event that was seen; none moves the place back.',
    }),
  }),
});

const MarkUnreadInput = builder.inputType('MarkUnreadInput', {
  description: 'From where a room is to be unread.',
  fields: (t) => ({
    messageId: t.id({ description: 'The `id` of the first message that is to be unread.' }),
  }),
});

const placePayload = (name: string) =>
  builder.objectRef<{ roomId: string }>(name).implement({
    description: 'The room as it stands for the viewer then.',
    fields: (t) => ({
      entry: t.field({
        type: InboxRoom,
        nullable: true,
        description: 'With what is unread in it; null where they have left it since.',
        resolve: ({ roomId }, _args, { app, viewer }) => readInboxRoom(app, viewer, roomId),
      }),
    }),
  });

const MarkAllReadPayload = builder
  .objectRef<{ roomCount: number }>('MarkAllReadPayload')
  .implement({
    description: 'What was marked as read.',
    fields: (t) => ({
      roomCount: t.exposeInt('roomCount', {
        description: 'In how many rooms there was something.',
      }),
    }),
  });

builder.mutationFields((t) => ({
  markRead: t.field({
    type: placePayload('MarkReadPayload'),
    description:
      'Moves the viewer’s place in a room forwards; nothing happens where it is past that already. Refuses ' +
      'with INVALID_INPUT, NOT_FOUND, FORBIDDEN for those who are no members, RESYNC_REQUIRED for a ' +
      'cursor of another history.',
    args: { input: t.arg({ type: MarkReadInput, description: 'Which room, and up to where.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      const roomId = nodeKey('Room', input.roomId);
      await markRead(app, viewer, { roomId, cursor: input.cursor });
      return { roomId };
    },
  }),
  markUnread: t.field({
    type: placePayload('MarkUnreadPayload'),
    description:
      'Moves the viewer’s place in a room to just before a message. Refuses with NOT_FOUND, or ' +
      'FORBIDDEN for those who are no members.',
    args: { input: t.arg({ type: MarkUnreadInput, description: 'From where.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      const key = messageKey(input.messageId);
      await markUnread(app, viewer, key);
      return key;
    },
  }),
  markAllRead: t.field({
    type: MarkAllReadPayload,
    description: 'Moves the viewer’s place in all of their rooms and threads to the end.',
    resolve: async (_root, _args, { app, viewer }) => ({
      roomCount: await markAllRead(app, viewer),
    }),
  }),
}));
