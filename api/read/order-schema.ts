/** The order of the viewer's list of rooms. */
import { builder } from '../builder.ts';
import { givenKey, nodeKey } from '../node-id.ts';
import { moveRoom, setFavourite } from '../room/order.ts';
import { readInboxRoom } from './inboxes.ts';
import { InboxRoom } from './schema.ts';

const SetFavouriteInput = builder.inputType('SetFavouriteInput', {
  description: 'Whether a room is one of the viewer’s favourites.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    isFavourite: t.boolean({ description: 'Whether it is.' }),
  }),
});

const MoveRoomInput = builder.inputType('MoveRoomInput', {
  description: 'Where a room is to be listed.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    afterId: t.id({
      required: false,
      description: 'The `id` of the room that it is to follow; null for none: it comes first.',
    }),
  }),
});

const listedPayload = (name: string) =>
  builder.objectRef<{ roomId: string }>(name).implement({
    description: 'The room as it is listed then.',
    fields: (t) => ({
      entry: t.field({
        type: InboxRoom,
        nullable: true,
        description: 'The room of the list; null where they have left it since.',
        resolve: ({ roomId }, _args, { app, viewer }) => readInboxRoom(app, viewer, roomId),
      }),
    }),
  });

builder.mutationFields((t) => ({
  setFavourite: t.field({
    type: listedPayload('SetFavouritePayload'),
    description:
      'Says whether a room is one of the viewer’s favourites, which are listed first. Refuses with NOT_FOUND, or FORBIDDEN ' +
      'for those who are no members.',
    args: { input: t.arg({ type: SetFavouriteInput, description: 'Which, and whether.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      const roomId = nodeKey('Room', input.roomId);
      await setFavourite(app, viewer, { roomId, isFavourite: input.isFavourite });
      return { roomId };
    },
  }),
  moveRoom: t.field({
    type: listedPayload('MoveRoomPayload'),
    description:
      'Puts a room of the viewer’s list just behind another one, or first. Refuses with INVALID_INPUT, NOT_FOUND, or ' +
      'FORBIDDEN for those who are no members.',
    args: { input: t.arg({ type: MoveRoomInput, description: 'Which, and where.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      const roomId = nodeKey('Room', input.roomId);
      const after = givenKey('Room', input.afterId);
      await moveRoom(app, viewer, { roomId, after });
      return { roomId };
    },
  }),
}));
