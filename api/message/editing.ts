import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { MessageRevision, Prisma } from '../generated/prisma/client.ts';
import type { LoggedMessage } from '../live/log.ts';
import { type PageArguments, readPageArguments } from '../page.ts';
import { changeMessage } from './change.ts';
import type { MessageKey } from './key.ts';
import { findMentions } from './mention.ts';
import { requireBody } from './message.ts';
import { followAsMentioned } from './thread-follow.ts';

/**
 * Gives a message of the viewer's another text; what it said before stays, for the members to see.
 * @throws Refusal INVALID_INPUT, NOT_FOUND; FORBIDDEN for all but its author; CONFLICT where it was deleted.
 */
export async function editMessage(
  app: App,
  viewer: Viewer,
  { body, ...key }: MessageKey & { body: string },
): Promise<LoggedMessage> {
  requireBody(body);
  const { roomId, seq } = key;
  const mentions = await findMentions(app, { roomId, author: loggedIn(viewer).user, body });
  return changeMessage(app, viewer, key, {
    ability: null,
    event: { kind: 'MESSAGE_EDITED', messageSeq: seq },
    isDue: (_tx, message) => message.body !== body,
    async write(tx, message, _user, editSeq) {
      const createdAt = message.editedAt ?? message.createdAt;
      await tx.messageRevision.create({
        data: { roomId, seq, editSeq, body: message.body, createdAt },
      });
      await tx.message.update({
        where: { roomId_seq: { roomId, seq } },
        data: { body, editedAt: new Date(), ...mentions },
      });
      const known = new Set(message.mentionedIds);
      const added = mentions.mentionedIds.filter((id) => !known.has(id));
      await followAsMentioned(tx, message, added);
    },
  });
}

/** What a message said before, the latest first. @throws Refusal INVALID_INPUT, NOT_FOUND */
export async function listRevisions(
  app: App,
  viewer: Viewer,
  { roomId, seq }: MessageKey,
  page: PageArguments,
  query: Prisma.MessageRevisionFindManyArgs,
): Promise<MessageRevision[]> {
  readPageArguments(page);
  await roomFor(app, viewer, { id: roomId }, 'read');
  return app.db.prisma.messageRevision.findMany({
    ...query,
    where: { roomId, seq },
    orderBy: { editSeq: 'desc' },
  });
}
