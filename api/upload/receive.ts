import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
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
 * Writes what comes to a file, holding no more of it in memory than what is on its way. It ends with
 * `body` or with `signal`, and leaves `body` open where it refuses: whoever sends it is to hear why.
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
  let checkAt = 0;
  const file = await open(path, 'wx');
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      if (size < SAMPLE_BYTES) beginning.push(Buffer.from(chunk.subarray(0, SAMPLE_BYTES - size)));
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      if (size > checkAt) {
        checkAt = size + SPACE_CHECK_BYTES;
        await storage.requireSpace(0);
      }
      hash.update(chunk);
      await file.writeFile(chunk);
      free(chunk);
    }
  } catch (error) {
    throw refuseIfFull(error);
  } finally {
    await file.close();
  }
  return { size, hash: hash.digest(), sample: Buffer.concat(beginning) };
}

/**
 * Gives the memory of a chunk back at once. The collector would let some 50 MiB of them lie before it
 * thought of it.
 */
function free(chunk: Buffer): void {
  const { buffer } = chunk;
  // Small ones are parts of a pool that others use.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.length) buffer.transfer(0);
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
