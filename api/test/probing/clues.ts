/** Things that somebody may not see, named in every way in which the API can be asked of them; and the same of nothing. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSecret, hashSecret } from '../../account/secret.ts';
import type { App } from '../../app.ts';
import type { Room } from '../../generated/prisma/client.ts';
import { postMessage } from '../../message/message.ts';
import { encodeNodeId } from '../../node-id.ts';
import { collected } from '../collected.ts';
import type { TestPerson } from '../people.ts';

export interface Clues {
  /** By what they are of. */
  ids: Record<string, string>;
  slug: string;
  /** That were said. */
  words: string;
  /** Of a link that leads nowhere any more. */
  code: string;
  /** The keys of a file and an export, as addresses have them. */
  fileKey: string;
  exportKey: string;
}

interface Keys {
  roomKey: string;
  userKey: string;
  fileKey: string;
  exportKey: string;
  reportKey: string;
  sessionKey: string;
  linkKey: string;
  /** The number of what was said. */
  seq: number;
}

const newKeys = (): Omit<Keys, 'userKey' | 'seq'> => ({
  ...{ roomKey: crypto.randomUUID(), fileKey: crypto.randomUUID() },
  ...{ exportKey: crypto.randomUUID(), reportKey: crypto.randomUUID() },
  ...{ sessionKey: crypto.randomUUID(), linkKey: crypto.randomUUID() },
});

/** `userKey` is of somebody who belongs to it. */
function cluesOf(keys: Keys, said: Pick<Clues, 'slug' | 'words' | 'code'>): Clues {
  const { roomKey, userKey, fileKey, exportKey } = keys;
  return {
    ids: {
      Room: encodeNodeId('Room', roomKey),
      Message: encodeNodeId('Message', `${roomKey}.${keys.seq}`),
      Membership: encodeNodeId('Membership', `${roomKey}.${userKey}`),
      File: encodeNodeId('File', fileKey),
      Report: encodeNodeId('Report', keys.reportKey),
      Export: encodeNodeId('Export', exportKey),
      Session: encodeNodeId('Session', keys.sessionKey),
      RoomLink: keys.linkKey,
    },
    ...{ fileKey, exportKey, ...said },
  };
}

/** Of what never was, and in a spelling as long as that of what is. */
export function cluesOfNothing(slug: string, words: string, { user }: TestPerson): Clues {
  const keys = { ...newKeys(), userKey: user.id, seq: 1 };
  return cluesOf(keys, { slug, words, code: createSecret().text });
}

/** Fills a room that is empty yet with all that can be asked of: its author says words with a picture, another reports them. */
export async function fill(
  app: App,
  room: Room,
  { author, other, words }: { author: TestPerson; other: TestPerson; words: string },
): Promise<Clues> {
  const { prisma } = app.db;
  const keys = { ...newKeys(), roomKey: room.id, userKey: author.user.id };
  const expiresAt = new Date(Date.now() + 86_400_000);
  const code = createSecret().text;
  const inRoom = { roomId: room.id };
  await prisma.file.create({
    data: {
      ...{ ...inRoom, id: keys.fileKey, uploaderId: author.user.id, idempotencyKey: 'plan' },
      ...{ name: 'plan.png', mediaType: 'image/png', size: 4, hash: Buffer.from('plan') },
    },
  });
  await keep(app.storage.pathOf(keys.fileKey, 'file'));
  await keep(app.storage.pathOf(keys.fileKey, 'thumbnail'));
  const message = { ...inRoom, body: words, idempotencyKey: 'said', fileIds: [keys.fileKey] };
  const { seq } = await postMessage(app, author, message);
  await prisma.report.create({
    data: {
      ...{ ...inRoom, seq, id: keys.reportKey, reason: words },
      ...{ reporterId: other.user.id, authorId: author.user.id },
    },
  });
  await prisma.export.create({
    data: {
      ...{ id: keys.exportKey, kind: 'PERSON', state: 'READY' },
      ...{ requesterId: author.user.id, expiresAt },
    },
  });
  await keep(app.storage.pathOfExport(keys.exportKey));
  await prisma.session.create({
    data: {
      ...{ id: keys.sessionKey, kind: 'TOKEN', userId: author.user.id },
      ...{ tokenHash: createSecret().hash, expiresAt },
    },
  });
  await prisma.roomLink.create({
    data: {
      ...{ ...inRoom, id: keys.linkKey, codeHash: hashSecret(code), createdById: author.user.id },
      ...{ maxUses: 1, uses: 1, expiresAt },
    },
  });
  await collected(app);
  return cluesOf({ ...keys, seq }, { slug: room.slug, words, code });
}

async function keep(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'plan');
}
