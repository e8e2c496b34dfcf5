import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import { readableRooms } from '../visibility.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { type File, Prisma } from '../generated/prisma/client.ts';
import { requireLine, requireText } from '../input.ts';
import { claimsImage, detectMediaType, hasScript, isAllowed, kindOf } from './media-type.ts';
import { measure, receive, tooLarge } from './receive.ts';
import { refuseIfFull, type Scratch } from './storage.ts';

export const FILE_NAME_MAX_LENGTH = 200;
export const ALT_MAX_LENGTH = 1_000;
const KEY_MAX_LENGTH = 100;
/** Uploads of one person that are under way at a process. */
export const UPLOADS_PER_USER = 32;

export interface UploadInput {
  roomId: string;
  /** What it is called, for whoever downloads it. */
  name: string;
  /** Chosen by the uploader, once for each file; a retry brings the same. */
  idempotencyKey: string;
  /** Null where the sender does not say. */
  length: number | null;
  body: Readable;
  /** Aborted when whoever sends has gone. */
  signal: AbortSignal;
}

/**
 * Takes a file for a room, to be sent with a message. The same key again gives the file that it gave
 * first. Of what is refused, or cut short, nothing is left.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for those who are not members; CONFLICT for a key
 * that was used for another file; RATE_LIMITED; STORAGE_FULL.
 */
export async function uploadFile(app: App, viewer: Viewer, input: UploadInput): Promise<File> {
  const { user } = loggedIn(viewer);
  const name = requireName(input.name);
  const idempotencyKey = requireText(input.idempotencyKey, {
    field: 'idempotencyKey',
    noun: 'idempotency key',
    maxLength: KEY_MAX_LENGTH,
  });
  await roomFor(app, viewer, { id: input.roomId }, 'post');
  const { maxUploadBytes } = app.settings.current;
  if (input.length !== null && input.length > maxUploadBytes) throw tooLarge(maxUploadBytes);
  const key = { uploaderId: user.id, idempotencyKey };
  const known = await findByKey(app, key);
  if (known) return requireSame(known, { ...input, name });
  await app.limits.take('upload', user.id);
  const leave = app.uploads.enter(user.id);
  if (!leave) throw tooManyAtOnce();
  try {
    const stored = await store(app, { ...input, name });
    return await record(app, { ...key, roomId: input.roomId, name, ...stored });
  } finally {
    leave();
  }
}

/**
 * A file that the viewer may have: one of a message that they see, or one that they have uploaded
 * and not sent yet.
 */
export async function findFile(app: App, viewer: Viewer, id: string): Promise<File | null> {
  const { user } = loggedIn(viewer);
  return app.db.prisma.file.findFirst({
    where: {
      id,
      room: readableRooms(viewer),
      OR: [{ messageSeq: { not: null } }, { uploaderId: user.id }],
    },
  });
}

/**
 * Says in words what a file shows, before it is sent.
 * @throws Refusal INVALID_INPUT, NOT_FOUND, CONFLICT once it is sent.
 */
export async function describeFile(
  app: App,
  viewer: Viewer,
  { fileId: id, alt: typed }: { fileId: string; alt: string | null },
): Promise<File> {
  const form = { field: 'alt', noun: 'description', maxLength: ALT_MAX_LENGTH };
  const alt = typed === null || typed.trim() === '' ? null : requireText(typed.trim(), form);
  await requireUnsent(app, viewer, id);
  return app.db.prisma.file.update({ where: { id }, data: { alt } });
}

/**
 * Removes a file that was uploaded and not sent.
 * @throws Refusal NOT_FOUND, CONFLICT once it is sent.
 */
export async function discardFile(
  app: App,
  viewer: Viewer,
  { fileId: id }: { fileId: string },
): Promise<void> {
  await requireUnsent(app, viewer, id);
  // Sent at this very moment, it stays.
  const { count } = await app.db.prisma.file.deleteMany({ where: { id, messageSeq: null } });
  if (count > 0) await app.storage.remove([id]);
}

type Content = Pick<File, 'mediaType' | 'size' | 'hash' | 'width' | 'height'>;
type NewFile = Content & Pick<File, 'id' | 'uploaderId' | 'idempotencyKey' | 'roomId' | 'name'>;

/** Puts the bytes in their place, or leaves nothing of them. */
async function store(app: App, input: UploadInput): Promise<Content & { id: string }> {
  const id = randomUUID();
  try {
    await app.storage.requireSpace(input.length ?? 0);
    await using scratch = await app.storage.openScratch();
    const content = await take(app, scratch, id, input);
    // A file that was called off is not wanted, although it has arrived.
    input.signal.throwIfAborted();
    return { id, ...content };
  } catch (error) {
    await app.storage.remove([id]);
    throw refuseIfFull(error);
  }
}

async function take(
  { settings, storage, images }: App,
  scratch: Scratch,
  id: string,
  { name, body, signal }: UploadInput,
): Promise<Content> {
  const source = scratch.path('source');
  const { maxUploadBytes: limit, uploadTypes } = settings.current;
  const { size, hash, sample } = await receive(storage, body, source, { limit, signal });
  const mediaType = await detectMediaType(sample);
  if (!isAllowed(mediaType, uploadTypes)) {
    throw refusedFile(`Files of type ${mediaType} are not taken here.`);
  }
  if (claimsImage(name) && kindOf(mediaType) !== 'IMAGE') {
    throw refusedFile('The file is not the image that its name says.');
  }
  if (mediaType === 'image/svg+xml' && (await hasScript(source))) {
    throw refusedFile('The drawing has a script in it.');
  }
  if (kindOf(mediaType) !== 'IMAGE') {
    await storage.keep(source, id, 'file');
    return { mediaType, size, hash: new Uint8Array(hash), width: null, height: null };
  }
  const paths = { source, clean: scratch.path('clean'), thumbnail: scratch.path('thumbnail') };
  const dimensions = await images.clean(mediaType, paths, signal);
  const cleaned = await measure(paths.clean);
  await storage.keep(paths.clean, id, 'file');
  await storage.keep(paths.thumbnail, id, 'thumbnail');
  return { mediaType, size: cleaned.size, hash: new Uint8Array(cleaned.hash), ...dimensions };
}

async function record(app: App, data: NewFile): Promise<File> {
  try {
    return await app.db.prisma.file.create({ data });
  } catch (error) {
    // Where the database has gone, the row may be there nevertheless: the sweep will know.
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002')
      throw error;
    await app.storage.remove([data.id]);
    const known = await findByKey(app, data);
    if (!known) throw error;
    return requireSame(known, data);
  }
}

function findByKey(
  app: App,
  { uploaderId, idempotencyKey }: Pick<File, 'uploaderId' | 'idempotencyKey'>,
): Promise<File | null> {
  return app.db.prisma.file.findUnique({
    where: { uploaderId_idempotencyKey: { uploaderId, idempotencyKey } },
  });
}

function requireSame(known: File, { roomId, name }: { roomId: string; name: string }): File {
  if (known.roomId === roomId && known.name === name) return known;
  throw new Refusal('CONFLICT', 'That idempotency key was used for another file.', {
    field: 'idempotencyKey',
  });
}

async function requireUnsent(app: App, viewer: Viewer, id: string): Promise<void> {
  const { user } = loggedIn(viewer);
  const file = await findFile(app, viewer, id);
  if (!file || file.uploaderId !== user.id) throw noSuchFile();
  if (file.messageSeq !== null) throw new Refusal('CONFLICT', 'The file is sent already.');
}

/** A name by itself: no path, nothing that a file system or a header would take for something else. */
export function requireName(typed: string): string {
  const name = requireLine(typed, {
    field: 'name',
    noun: 'file’s name',
    maxLength: FILE_NAME_MAX_LENGTH,
  });
  if (/[/\\\p{Cc}\p{Bidi_Control}]/u.test(name) || /^\.+$/.test(name)) {
    throw new Refusal('INVALID_INPUT', 'The file’s name has characters that no name may have.', {
      field: 'name',
    });
  }
  return name;
}

function noSuchFile(): Refusal {
  return new Refusal('NOT_FOUND', 'There is no such file.');
}

function refusedFile(message: string): Refusal {
  return new Refusal('INVALID_INPUT', message, { field: 'file' });
}

function tooManyAtOnce(): Refusal {
  return new Refusal('RATE_LIMITED', `You may upload ${UPLOADS_PER_USER} files at a time.`, {
    retryAfterMs: 1_000,
  });
}
