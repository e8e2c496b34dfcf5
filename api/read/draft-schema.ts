import { builder } from '../builder.ts';
import type { Draft as DraftRow } from '../generated/prisma/client.ts';
import { messageIn } from '../message/key.ts';
import { encodeNodeId, nodeKey } from '../node-id.ts';
import { Room } from '../room/schema.ts';
import { findDraft, saveDraft } from './draft.ts';
import type { ThreadKey } from './thread-unread.ts';

/** The global id of the thread's first message; null for the room itself. */
export const threadIdOf = ({ roomId, threadSeq }: ThreadKey) =>
  threadSeq === 0 ? null : encodeNodeId('Message', `${roomId}.${threadSeq}`);

export const Draft = builder.objectRef<DraftRow>('Draft').implement({
  description: 'What the viewer has begun to write, the same on all their screens.',
  fields: (t) => ({
    roomId: t.id({
      description: 'The `id` of the room in which it is to be said.',
      resolve: ({ roomId }) => encodeNodeId('Room', roomId),
    }),
    threadId: t.id({
      nullable: true,
      description: 'The `id` of the message in whose thread; null for the room itself.',
      resolve: threadIdOf,
    }),
    body: t.exposeString('body', { description: 'The text as typed.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was kept.' }),
  }),
});

builder.prismaObjectField(Room, 'draft', (t) =>
  t.field({
    type: Draft,
    nullable: true,
    description: 'What the viewer has begun to write in it, apart from its threads.',
    resolve: ({ id }, _args, { app, viewer }) => findDraft(app, viewer, id),
  }),
);

const SaveDraftInput = builder.inputType('SaveDraftInput', {
  description: 'A text that is not finished.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room in which it is to be said.' }),
    threadId: t.id({
      required: false,
      description: 'The `id` of a message in whose thread it is to be said.',
    }),
    body: t.string({ description: 'Up to 16,000 characters; an empty text takes the draft away.' }),
  }),
});

const SaveDraftPayload = builder
  .objectRef<{ draft: DraftRow | null }>('SaveDraftPayload')
  .implement({
    description: 'The draft as it was kept.',
    fields: (t) => ({
      draft: t.field({
        type: Draft,
        nullable: true,
        description: 'Null where there is none now.',
        resolve: ({ draft }) => draft,
      }),
    }),
  });

builder.mutationField('saveDraft', (t) =>
  t.field({
    type: SaveDraftPayload,
    description:
      'Keeps what the viewer has begun to write, in place of what was kept there. A message that is ' +
      'sent to the same place takes it away. Refuses with INVALID_INPUT, NOT_FOUND, or FORBIDDEN for ' +
      'those who may not write there.',
    args: { input: t.arg({ type: SaveDraftInput, description: 'The text, and where.' }) },
    resolve: async (_root, { input }, { app, viewer }) => {
      const roomId = nodeKey('Room', input.roomId);
      const thread = messageIn(roomId, input.threadId, 'threadId');
      return { draft: await saveDraft(app, viewer, { roomId, thread, body: input.body }) };
    },
  }),
);
