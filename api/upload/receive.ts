import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '../errors.ts';
import { SAMPLE_BYTES } from './media-type.ts';
import { refuseIfFull, type Storage } from './storage.ts';

/** How often it is looked whether the disk has room for more. */
const SPACE_CHECK_BYTES = 16 * 1024 * 1024;

export interface Received {
  size: number;
  /** SHA-256. */
  hash: Buffer;
  /** Its first SAMPLE_BYTES. */
  sample: Buffer;
}

/**
 * Writes what comes to a file, holding no more of it in memory than what is on its way.
 * @throws Refusal INVALID_INPUT for what is longer than `limit`; STORAGE_FULL; whatever `body` fails with.
 */
export async function receive(
  storage: Storage,
  body: Readable,
  path: string,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<Received> {
  const hash = createHash('sha256');
  const beginning: Buffer[] = [];
  let size = 0;
  let sampled = 0;
  let checkAt = 0;
  const meter = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      if (size > checkAt) {
        checkAt = size + SPACE_CHECK_BYTES;
        await storage.requireSpace(SPACE_CHECK_BYTES);
      }
      if (sampled < SAMPLE_BYTES) {
        beginning.push(Buffer.from(chunk.subarray(0, SAMPLE_BYTES - sampled)));
        sampled += beginning.at(-1)!.length;
      }
      hash.update(chunk);
      yield chunk;
    }
  };
  try {
    await pipeline(body, meter, createWriteStream(path), { signal });
  } catch (error) {
    throw refuseIfFull(error);
  }
  return { size, hash: hash.digest(), sample: Buffer.concat(beginning) };
}

/** The same of a file that we have written ourselves. */
export async function measure(path: string): Promise<Pick<Received, 'size' | 'hash'>> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    size += chunk.length;
    hash.update(chunk);
  }
  return { size, hash: hash.digest() };
}

export function tooLarge(limit: number): Refusal {
  return new Refusal('INVALID_INPUT', `The file is larger than ${describeBytes(limit)}.`, {
    field: 'file',
  });
}

function describeBytes(bytes: number): string {
  const MEBIBYTE = 1024 * 1024;
  return bytes >= MEBIBYTE ? `${Math.floor(bytes / MEBIBYTE)} MiB` : `${bytes} bytes`;
}
