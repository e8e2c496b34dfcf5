/**
 * Pictures of people. Each is kept under a name of its own, which is all that its user's row says of it: another
 * picture is at another address, so that browsers may keep what they have for ever.
 */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { loggedIn, type Viewer } from '../viewer.ts';
import { holdOwn } from '../account/user.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { detectMediaType } from './media-type.ts';
import type { Portrait } from './image.ts';
import { receive, tooLarge } from './receive.ts';
import { refuseIfFull } from './storage.ts';

const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
/** Pixels of each side: thrice what the largest place shows. */
const AVATAR = { size: 256, fit: 'cover' } as const;

export interface PictureInput {
  /** Null where the sender does not say. */
  length: number | null;
  body: Readable;
  /** Aborted when whoever sends has gone. */
  signal: AbortSignal;
}

/**
 * Gives the viewer a picture in the place of what they had.
 * @throws Refusal UNAUTHENTICATED; INVALID_INPUT; RATE_LIMITED; STORAGE_FULL
 */
export async function setAvatar(app: App, viewer: Viewer, input: PictureInput): Promise<User> {
  const { id: userId } = loggedIn(viewer).user;
  await app.limits.take('upload', userId);
  const avatarId = randomUUID();
  return storePicture(app, avatarId, { ...input, ...AVATAR }, () =>
    replaceAvatar(app, userId, avatarId),
  );
}

/**
 * Puts a picture in its place and has it referred to; where it is refused nothing of it is left.
 * @throws Refusal INVALID_INPUT, STORAGE_FULL; whatever `refer` throws.
 */
export async function storePicture<T>(
  app: App,
  id: string,
  input: PictureInput & Portrait,
  refer: () => Promise<T>,
): Promise<T> {
  await keepPicture(app, id, input);
  // Where this fails it may be referred to nevertheless, as where the database goes away: the sweep will know.
  return refer();
}

async function keepPicture(
  app: App,
  id: string,
  { length, body, signal, ...form }: PictureInput & Portrait,
): Promise<void> {
  if (length !== null && length > MAX_PICTURE_BYTES) throw tooLarge(MAX_PICTURE_BYTES);
  try {
    await app.storage.requireSpace(length ?? 0);
    await using scratch = await app.storage.openScratch();
    const source = scratch.path('source');
    const { sample } = await receive(app.storage, body, source, {
      limit: MAX_PICTURE_BYTES,
      signal,
    });
    const mediaType = await detectMediaType(sample);
    if (!PICTURE_TYPES.includes(mediaType)) {
      throw new Refusal('INVALID_INPUT', 'A picture is a PNG, JPEG, WebP or GIF.', {
        field: 'file',
      });
    }
    await app.images.portray(mediaType, source, scratch.path('portrait'), { ...form, signal });
    signal.throwIfAborted();
    await app.storage.keep(scratch.path('portrait'), id, 'file');
  } catch (error) {
    await app.storage.remove([id]);
    throw refuseIfFull(error);
  }
}

/** Takes the viewer's picture away. @throws Refusal UNAUTHENTICATED */
export async function removeAvatar(app: App, viewer: Viewer): Promise<User> {
  return replaceAvatar(app, loggedIn(viewer).user.id, null);
}

/** Whether somebody has that picture; everybody who is logged in may see it. */
export async function hasAvatar(app: App, viewer: Viewer, avatarId: string): Promise<boolean> {
  loggedIn(viewer);
  const where = { avatarId };
  return (await app.db.prisma.user.findUnique({ where, select: { id: true } })) !== null;
}

async function replaceAvatar(app: App, userId: string, avatarId: string | null): Promise<User> {
  const { former, user } = await app.db.commit(async (tx, afterCommit) => {
    // Of two at once the later one knows what the earlier one has put there.
    const { avatarId: before } = await holdOwn(tx, { id: userId });
    afterCommit(() => app.bus.publish('people', { userId }));
    return {
      former: before,
      user: await tx.user.update({ where: { id: userId }, data: { avatarId } }),
    };
  });
  // What is not removed now is the sweep's.
  if (former) {
    await app.storage.remove([former]).catch((error: unknown) => {
      app.log.warn({ err: error }, 'A former picture could not be removed');
    });
  }
  return user;
}
