/** Files that administrators take away, wherever they are but in direct messages. */
import { onServer, requireOutranked, roomFor } from '../access.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { File } from '../generated/prisma/client.ts';
import { isBlank } from '../input.ts';
import { append, type Commit } from '../live/log.ts';
import { removeFiles, replaceByTombstone } from '../message/deletion.ts';
import { lockRoom } from '../room/settings.ts';
import type { Person, Viewer } from '../viewer.ts';

/**
 * Deletes a file. One that was sent is taken out of its message, which is an edit of it; a message that had nothing else is deleted.
 * @throws Refusal NOT_FOUND; FORBIDDEN for all but administrators, towards those of as high a role, and in an archived room.
 */
export async function deleteFile(
  app: App,
  viewer: Viewer,
  { fileId }: { fileId: string },
): Promise<void> {
  const person = onServer(viewer, 'administer');
  const found = await readFile(app.db.prisma, fileId);
  if (!found || found.room.kind === 'DIRECT') throw noSuchFile();
  if (found.uploaderId !== person.user.id) requireOutranked(person, found.uploader);
  const { viewerMembership: _, ...room } = await roomFor(
    app,
    viewer,
    { id: found.roomId },
    'moderate',
  );
  const ids = await app.db.commit(async (tx, afterCommit) => {
    // As all that changes messages: one after the other, and what is left is as it is then.
    await lockRoom(tx, room.id);
    const file = await readFile(tx, fileId);
    if (!file) throw noSuchFile();
    await recordDeed(tx, viewer, {
      ...{ action: 'FILE_DELETED', user: file.uploader, room },
      ...(file.messageSeq !== null && { messageSeq: file.messageSeq }),
      before: { mediaType: file.mediaType, size: file.size },
    });
    return takeOut({ tx, afterCommit, bus: app.bus }, person, file);
  });
  await removeFiles(app, ids);
}

/** @returns the ids of files that are gone by it. */
async function takeOut(
  commit: Commit,
  { user }: Person,
  { id, roomId, messageSeq }: File,
): Promise<string[]> {
  const { tx } = commit;
  if (messageSeq === null) {
    await tx.file.delete({ where: { id } });
    return [id];
  }
  const where = { roomId_seq: { roomId, seq: messageSeq } };
  const message = await tx.message.findUniqueOrThrow({ where });
  if (message.fileCount === 1 && isBlank(message.body)) {
    await append(commit, roomId, user, { kind: 'MESSAGE_DELETED', messageSeq });
    return replaceByTombstone(tx, message);
  }
  await append(commit, roomId, user, { kind: 'MESSAGE_EDITED', messageSeq });
  await tx.file.delete({ where: { id } });
  await tx.message.update({ where, data: { fileCount: { decrement: 1 } } });
  return [id];
}

function readFile({ file }: Pick<Tx, 'file'>, id: string) {
  return file.findUnique({ where: { id }, include: { uploader: true, room: true } });
}

function noSuchFile(): Refusal {
  return new Refusal('NOT_FOUND', 'There is no such file.');
}
