/**
 * Images are decoded and encoded again before anybody is shown them. What comes out is pixels and
 * nothing else: no place where it was taken, no second file behind the first, nothing that was made to
 * break a reader. An upload is kept in its own format at its own size, upright, and beside it as a
 * thumbnail for the conversation.
 */
import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { Refusal } from '../errors.ts';
import { refuseIfFull } from './storage.ts';

/** Of all frames together. In memory a pixel takes up to four bytes. */
const MAX_PIXELS = 50_000_000;
const TIMEOUT_S = 30;
/** Images decoded at once, of all that a process was sent. */
const LANES = 2;
/** Twice what the conversation shows, for screens of twice the density. */
const THUMBNAIL = { width: 960, height: 720, fit: 'inside', withoutEnlargement: true } as const;
/** Moving pictures have many of them. */
const MOVING_THUMBNAIL = { ...THUMBNAIL, width: 480, height: 360 } as const;

/** How each type that is shown is encoded again; sharp's name of the format that it must be read as. */
const ENCODERS: Record<string, { format: string; encode: (image: Sharp) => Sharp }> = {
  'image/jpeg': { format: 'jpeg', encode: (image) => image.jpeg({ quality: 90 }) },
  'image/png': { format: 'png', encode: (image) => image.png() },
  'image/webp': { format: 'webp', encode: (image) => image.webp({ quality: 90, effort: 2 }) },
  'image/gif': { format: 'gif', encode: (image) => image.gif({ effort: 3 }) },
  'image/avif': { format: 'heif', encode: (image) => image.avif({ quality: 65, effort: 1 }) },
};

const TRANSPARENT = { r: 0, g: 0, b: 0, alpha: 0 };

export interface ImagePaths {
  source: string;
  /** Where the cleaned image is written. */
  clean: string;
  thumbnail: string;
}

/** Cleans an image and gives its size, as it is seen. Refuses with INVALID_INPUT. */
export type CleanImage = (
  mediaType: string,
  paths: ImagePaths,
  signal: AbortSignal,
) => Promise<{ width: number; height: number }>;

/** A small square. */
export interface Portrait {
  /** Pixels of each side. */
  size: number;
  /** Whether it is filled, and what does not fit is cut off, or all is shown, and what is left is transparent. */
  fit: 'cover' | 'contain';
}

/** Makes a small square of an image, of its first frame, in WebP. Refuses with INVALID_INPUT. */
export type Portray = (
  mediaType: string,
  source: string,
  target: string,
  how: Portrait & { signal: AbortSignal },
) => Promise<void>;

export interface Images {
  clean: CleanImage;
  portray: Portray;
}

export function createImages(): Images {
  limitReaders();
  // What was decoded once is not asked for again.
  sharp.cache(false);
  const lanes = pLimit(LANES);
  const inLane = <Result>(signal: AbortSignal, work: () => Promise<Result>) =>
    lanes(async () => {
      signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        const cause = refuseIfFull(error);
        if (cause instanceof Refusal) throw cause;
        throw refused('is damaged, or cannot be read');
      }
    });
  return {
    clean: (mediaType, paths, signal) => inLane(signal, () => clean(mediaType, paths)),
    portray: (mediaType, source, target, { signal, ...portrait }) =>
      inLane(signal, () => portray(mediaType, source, target, portrait)),
  };
}

/** Of the readers of many formats only these are ever needed. */
function limitReaders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}`),
  });
}

/** Whether a file is an image of that type and size, none that is too large to be shown. Only its beginning is read. */
export async function isImageOf(
  path: string,
  { mediaType, width, height }: { mediaType: string; width: number | null; height: number | null },
): Promise<boolean> {
  const found = await readMetadata(path);
  if (!found || found.format !== ENCODERS[mediaType]?.format || isTooLarge(found)) return false;
  // Moving pictures are kept as they lie, and told as they are seen.
  const sides = [found.width, found.height];
  const told = [width, height];
  return isDeepStrictEqual(sides, told) || isDeepStrictEqual(sides, told.reverse());
}

/** Whether a file is a thumbnail such as are made here. Only its beginning is read. */
export async function isThumbnail(path: string): Promise<boolean> {
  const found = await readMetadata(path);
  if (found?.format !== 'webp' || isTooLarge(found)) return false;
  return found.width <= THUMBNAIL.width && found.height <= THUMBNAIL.height;
}

/** Null for what is no image. */
async function readMetadata(path: string): Promise<Metadata | null> {
  limitReaders();
  return sharp(path, { limitInputPixels: false })
    .metadata()
    .catch(() => null);
}

async function portray(
  mediaType: string,
  source: string,
  target: string,
  { size, fit }: Portrait,
): Promise<void> {
  const { format } = ENCODERS[mediaType]!;
  const metadata = await sharp(source, { limitInputPixels: false }).metadata();
  if (metadata.format !== format) throw refused('is not of one type alone');
  requireSize({ ...metadata, pages: 1 });
  await sharp(source, { failOn: 'error', limitInputPixels: MAX_PIXELS })
    .timeout({ seconds: TIMEOUT_S })
    .autoOrient()
    .resize(size, size, { fit, background: TRANSPARENT })
    .webp({ quality: 85, effort: 4 })
    .toFile(target);
}

async function clean(mediaType: string, { source, clean, thumbnail }: ImagePaths) {
  const { format, encode } = ENCODERS[mediaType]!;
  const metadata = await sharp(source, { limitInputPixels: false }).metadata();
  if (metadata.format !== format) throw refused('is not of one type alone');
  requireSize(metadata);
  const isMoving = (metadata.pages ?? 1) > 1 && format !== 'heif';
  const read = () => {
    const image = sharp(source, {
      animated: isMoving,
      failOn: 'error',
      limitInputPixels: MAX_PIXELS,
      sequentialRead: true,
    }).timeout({ seconds: TIMEOUT_S });
    return isMoving ? image : image.autoOrient();
  };
  await encode(read()).toFile(clean);
  // Whatever is wrong with the image has shown by now.
  await read()
    .resize(isMoving ? MOVING_THUMBNAIL : THUMBNAIL)
    .webp({ quality: 78, effort: 2 })
    .toFile(thumbnail);
  return { width: metadata.autoOrient.width, height: metadata.autoOrient.height };
}

function requireSize(metadata: Metadata): void {
  if (!isTooLarge(metadata)) return;
  const { width, height, pages = 1 } = metadata;
  const frames = pages > 1 ? ` in ${pages} frames` : '';
  throw refused(
    `has ${width} × ${height} pixels${frames}, which is more than ${MAX_PIXELS / 1e6} million`,
  );
}

function isTooLarge({ width, height, pages = 1 }: Metadata): boolean {
  return width * height * pages > MAX_PIXELS;
}

function refused(fault: string): Refusal {
  return new Refusal('INVALID_INPUT', `The image ${fault}.`, { field: 'file' });
}
