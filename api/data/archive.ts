/**
 * The tar that an export is: each entry comes and goes in pieces, whatever its size. The last one, `checksums`, has the
 * SHA-256 of all before it, as `sha256sum --check` takes them.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import { Refusal } from '../errors.ts';

const CHECKSUMS = 'checksums';
const CHECKSUM = /^([0-9a-f]{64}) {2}(\S+)$/;
/** Of entries that are read whole: the checksums of a million files have about half of it. */
const MOST_BYTES_AT_ONCE = 256 * 1024 * 1024;
/** Of a row: the longest message has some 100 kB. */
const MOST_LINE_BYTES = 16 * 1024 * 1024;
/** No name becomes a path; these would where plain tools unpack an export. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;

export class ArchiveWriter {
  readonly #pack = pack();
  readonly #checksums: string[] = [];
  readonly #onBytes: (count: number) => void;

  /** @param onBytes told of each piece of content. */
  constructor(onBytes: (count: number) => void = () => {}) {
    this.#onBytes = onBytes;
  }

  /** Where the archive comes out. */
  get stream(): AsyncIterable<Buffer> {
    return this.#pack as AsyncIterable<Buffer>;
  }

  async add(name: string, size: number, content: AsyncIterable<Buffer>): Promise<void> {
    const hash = createHash('sha256');
    const entry = this.#pack.entry({ name, size, mode: 0o600, mtime: new Date() });
    await pipeline(hashing(content, hash, this.#onBytes), entry);
    this.#checksums.push(`${hash.digest('hex')}  ${name}\n`);
  }

  async addText(name: string, text: string): Promise<void> {
    const content = Buffer.from(text);
    await this.add(name, content.length, just(content));
  }

  /** Adds what all of it sums up to, and ends it. */
  async finish(): Promise<void> {
    await this.addText(CHECKSUMS, this.#checksums.join(''));
    this.#pack.finalize();
  }

  /** Ends it where it stands. */
  destroy(error: Error): void {
    this.#pack.destroy(error);
  }
}

export interface ArchiveEntry {
  name: string;
  size: number;
  content: AsyncIterable<Buffer>;
}

/**
 * The entries of an archive, in order; the content of each has to be read before the next.
 * @throws Refusal INVALID_INPUT for links and folders, and for names that no export has.
 */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry> {
  const parser = extract();
  const fed = pipeline(createReadStream(path), parser).then(
    () => null,
    (error: unknown) => error,
  );
  try {
    for await (const entry of parser) {
      const { name, size = 0, type } = entry.header;
      if (type !== 'file' || !NAME.test(name)) {
        throw damaged(path, `it has an entry that is none of an export (${JSON.stringify(name)})`);
      }
      yield { name, size, content: entry as AsyncIterable<Buffer> };
      if (!entry.destroyed) entry.resume();
    }
    const failure = await fed;
    if (failure) throw failure;
  } finally {
    parser.destroy();
  }
}

/**
 * Reads all of an archive. `visit` is given each entry but the checksums, and may leave its content unread.
 * @returns the SHA-256 of each entry, in hexadecimal, by its name.
 * @throws Refusal INVALID_INPUT where it is no tar, or cut short, or the checksums are not those of the entries.
 */
export function checkArchive(
  path: string,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<Map<string, string>> {
  return reading(path, () => checkEntries(path, visit));
}

/** What `read` gives, which reads an archive. @throws Refusal INVALID_INPUT where that is no tar, or cut short. */
export async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || !NO_TAR.test(error.message)) throw error;
    throw damaged(path, 'it is cut short, or no tar file');
  }
}

/** What the library says of such. */
const NO_TAR =
  /^(Invalid (tar )?header|Header exceeds|Unexpected end of data|Premature close|Writable stream closed prematurely)/;

async function checkEntries(
  path: string,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let promised: Map<string, string> | null = null;
  for await (const { name, size, content } of readArchive(path)) {
    if (promised) throw damaged(path, `${name} comes after the checksums`);
    if (name === CHECKSUMS) {
      promised = readChecksums(path, await readText(content));
      continue;
    }
    if (found.has(name)) throw damaged(path, `${name} is there twice`);
    const hash = createHash('sha256');
    const hashed = hashing(content, hash, () => {});
    await visit({ name, size, content: hashed });
    for await (const _ of hashed);
    found.set(name, hash.digest('hex'));
  }
  if (!promised) throw damaged(path, 'its end is missing');
  for (const name of new Set([...found.keys(), ...promised.keys()])) {
    if (found.get(name) !== promised.get(name)) {
      throw damaged(path, `${name} is not what its checksum says`);
    }
  }
  return found;
}

export async function readText(content: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MOST_BYTES_AT_ONCE) throw new Refusal('INVALID_INPUT', 'An entry is too large.');
  }
  return Buffer.concat(pieces).toString();
}

/** Lines without their ends. Not by node:readline, for which some characters within JSON end lines, too. */
export async function* readLinesOf(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    let start = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
      yield Buffer.concat([...rest, piece.subarray(start, end)]).toString();
      rest = [];
      bytes = 0;
      start = end + 1;
    }
    if (start < piece.length) rest.push(piece.subarray(start));
    bytes += piece.length - start;
    if (bytes > MOST_LINE_BYTES) throw new Refusal('INVALID_INPUT', 'A row is too large.');
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString();
}

export function damaged(path: string, cause: string): Refusal {
  return new Refusal(
    'INVALID_INPUT',
    `${path} cannot be used: ${cause}. Copy it again, or export again.`,
  );
}

function readChecksums(path: string, text: string): Map<string, string> {
  const lines = text.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [, hash, name] = CHECKSUM.exec(line) ?? [];
      if (!hash || !name) throw damaged(path, 'its checksums cannot be read');
      return [name, hash];
    }),
  );
}

async function* hashing(
  content: AsyncIterable<Buffer>,
  hash: Hash,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  for await (const piece of content) {
    hash.update(piece);
    onBytes(piece.length);
    yield piece;
  }
}

async function* just(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
