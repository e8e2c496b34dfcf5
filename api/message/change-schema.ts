/** What becomes of a message: edited, deleted, pinned. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type { LoggedMessage } from '../live/log.ts';
import { Room } from '../room/schema.ts';
import { deleteMessage } from './deletion.ts';
import { editMessage, listRevisions } from './editing.ts';
import { messageKey } from './key.ts';
import { listPins, pinMessage, PINS_PER_ROOM, unpinMessage } from './pin.ts';
import { Message } from './schema.ts';
import { pinnedBy } from './thread.ts';

const MessageRevision = builder.prismaObject('MessageRevision', {
  description: 'What a message said before it was edited.',
  fields: (t) => ({
    body: t.exposeString('body', { description: 'The text as typed.' }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When it was written: posted, or edited to be so.',
    }),
  }),
});

builder.objectFields(Message, (t) => ({
  revisions: t.prismaConnection({
    type: MessageRevision,
    cursor: 'roomId_seq_editSeq',
    description: 'What it said before, the latest first; none once it is deleted.',
    resolve: (query, message, args, { app, viewer }) =>
      listRevisions(app, viewer, message, args, query),
  }),
  pinnedAt: t.expose('pinnedAt', {
    shared: true,
    type: 'DateTime',
    nullable: true,
    description: 'When it was pinned, null while it is not.',
  }),
  pinnedBy: t.field({
    shared: true,
    type: User,
    nullable: true,
    description: 'Who pinned it.',
    resolve: (message, _args, { app }) => pinnedBy(app, message),
  }),
}));

builder.prismaObjectField(Room, 'pinnedMessages', (t) =>
  t.field({
    type: [Message],
    description: `The pinned messages, the latest pin first; ${PINS_PER_ROOM} at most.`,
    resolve: (room, _args, { app, viewer }) => listPins(app, viewer, room.id),
  }),
);

/** A mutation of one message gives it as it is then. */
export const messagePayload = (name: string) =>
  builder.objectRef<LoggedMessage>(name).implement({
    description: 'The message as it is now.',
    fields: (t) => ({
      message: t.field({
        type: Message,
        description: 'The message.',
        resolve: (message) => message,
      }),
    }),
  });

const messageId = { description: 'The `id` of the message.' };

const onlyMessageId = (name: string, description: string) =>
  builder.inputType(name, { description, fields: (t) => ({ messageId: t.id(messageId) }) });

const EditMessageInput = builder.inputType('EditMessageInput', {
  description: 'A message’s other text.',
  fields: (t) => ({
    messageId: t.id(messageId),
    body: t.string({ description: 'Up to 8,000 characters that are not all blank.' }),
  }),
});
const EditMessagePayload = messagePayload('EditMessagePayload');
const DeleteMessageInput = onlyMessageId('DeleteMessageInput', 'A message to be deleted.');
const DeleteMessagePayload = messagePayload('DeleteMessagePayload');
const PinMessageInput = onlyMessageId('PinMessageInput', 'A message to be pinned.');
const PinMessagePayload = messagePayload('PinMessagePayload');
const UnpinMessageInput = onlyMessageId('UnpinMessageInput', 'A message whose pin goes.');
const UnpinMessagePayload = messagePayload('UnpinMessagePayload');

builder.mutationFields((t) => ({
  editMessage: t.field({
    type: EditMessagePayload,
    description:
      'Gives a message another text. Refuses with INVALID_INPUT, NOT_FOUND, FORBIDDEN for all but its ' +
      'author, CONFLICT where it was deleted.',
    args: { input: t.arg({ type: EditMessageInput, description: 'Which, and the text.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      editMessage(app, viewer, { ...messageKey(input.messageId), body: input.body }),
  }),
  deleteMessage: t.field({
    type: DeleteMessagePayload,
    description:
      'Deletes a message; a tombstone stays. Refuses with NOT_FOUND, FORBIDDEN for all but its author, the ' +
      'room’s owners, moderators and administrators, CONFLICT where it was deleted before.',
    args: { input: t.arg({ type: DeleteMessageInput, description: 'Which.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      deleteMessage(app, viewer, messageKey(input.messageId)),
  }),
  pinMessage: t.field({
    type: PinMessagePayload,
    description:
      'Pins a message to its room. Refuses with NOT_FOUND, FORBIDDEN for those who may not write there, CONFLICT ' +
      `where it was deleted or ${PINS_PER_ROOM} are pinned.`,
    args: { input: t.arg({ type: PinMessageInput, description: 'Which.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      pinMessage(app, viewer, messageKey(input.messageId)),
  }),
  unpinMessage: t.field({
    type: UnpinMessagePayload,
    description:
      'Takes a pin off. Refuses with NOT_FOUND, FORBIDDEN for those who may not write there, CONFLICT where the ' +
      'message was deleted.',
    args: { input: t.arg({ type: UnpinMessageInput, description: 'Which.' }) },
    resolve: (_root, { input }, { app, viewer }) =>
      unpinMessage(app, viewer, messageKey(input.messageId)),
  }),
}));
