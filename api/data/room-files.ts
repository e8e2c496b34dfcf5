import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import type { App } from '../app.ts';
import { detectMediaType, kindOf, SAMPLE_BYTES } from '../upload/media-type.ts';
import type { Scratch } from '../upload/storage.ts';
import { type ArchiveEntry, damaged } from './archive.ts';
import { entryOfStored, type Stored, storedIn } from './manifest.ts';

const ROWS_AT_ONCE = 1_000;

interface FileRow {
  id: string;
  ours: string;
  mediaType: string;
  size: number;
  hash: string;
  width: number | null;
  height: number | null;
}

/** The files of a room's export, which wait in a scratch folder until it is sure what they are. */
export class RoomFiles {
  readonly #path: string;
  readonly #scratch: Scratch;

  constructor(path: string, scratch: Scratch) {
    this.#path = path;
    this.#scratch = scratch;
  }

  /** Takes the bytes of an entry, if it has those of a file. @throws Refusal INVALID_INPUT */
  async take({ name, content }: ArchiveEntry): Promise<void> {
    const stored = storedIn(this.#path, name);
    if (stored) await pipeline(content, createWriteStream(this.#place(stored)));
  }

  /**
   * Compares the bytes with the incoming rows.
   * @param checksums of the entries of the archive
   * @returns of how many files there are no bytes.
   * @throws Refusal INVALID_INPUT for bytes of nothing, and for those that are not what their row says.
   */
  async check(client: pg.ClientBase, checksums: Map<string, string>): Promise<number> {
    // What reads pictures is large, and no other command needs it.
    const { isImageOf, isThumbnail } = await import('../upload/image.ts');
    let unclaimed = [...checksums.keys()].filter((name) => storedIn(this.#path, name)).length;
    let missing = 0;
    for await (const row of readRows(client)) {
      const file: Stored = { id: row.id, rendition: 'file' };
      const name = entryOfStored(file);
      const hash = checksums.get(name);
      if (hash === undefined) missing++;
      else {
        unclaimed--;
        const { size, mediaType } = await this.#look(file);
        const isThat = `\\x${hash}` === row.hash && size === row.size;
        // What browsers show is served as what it is said to be.
        const kind = kindOf(row.mediaType);
        const isShown =
          kind === 'IMAGE'
            ? mediaType === row.mediaType && (await isImageOf(this.#place(file), row))
            : kind === 'OTHER' || kindOf(mediaType) === kind;
        if (!isThat || !isShown) throw damaged(this.#path, `${name} is not what its row says`);
      }
      const thumbnail: Stored = { id: row.id, rendition: 'thumbnail' };
      if (!checksums.has(entryOfStored(thumbnail))) continue;
      unclaimed--;
      if (kindOf(row.mediaType) !== 'IMAGE' || !(await isThumbnail(this.#place(thumbnail)))) {
        throw damaged(this.#path, `${entryOfStored(thumbnail)} is no small picture`);
      }
    }
    if (unclaimed === 0) return missing;
    throw damaged(this.#path, 'it has files of no message');
  }

  /** Puts them in their places, for good. */
  async keep(
    client: pg.ClientBase,
    storage: App['storage'],
    checksums: Map<string, string>,
  ): Promise<void> {
    for await (const { id, ours } of readRows(client)) {
      for (const rendition of ['file', 'thumbnail'] as const) {
        if (!checksums.has(entryOfStored({ id, rendition }))) continue;
        await storage.keep(this.#place({ id, rendition }), ours, rendition);
      }
    }
  }

  async #look(stored: Stored): Promise<{ size: number; mediaType: string }> {
    const handle: FileHandle = await open(this.#place(stored));
    try {
      const { size } = await handle.stat();
      const sample = Buffer.alloc(Math.min(size, SAMPLE_BYTES));
      await handle.read(sample);
      return { size, mediaType: await detectMediaType(sample) };
    } finally {
      await handle.close();
    }
  }

  #place({ id, rendition }: Stored): string {
    return this.#scratch.path(`${id}.${rendition}`);
  }
}

async function* readRows(client: pg.ClientBase): AsyncGenerator<FileRow> {
  await client.query(`
    DECLARE incoming_files NO SCROLL CURSOR FOR
    SELECT id, ours, media_type AS "mediaType", size, hash::text, width, height
    FROM incoming_file`);
  for (;;) {
    const { rows } = await client.query<FileRow>(`FETCH ${ROWS_AT_ONCE} FROM incoming_files`);
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE incoming_files');
}
