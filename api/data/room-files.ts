import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import type { App } from '../app.ts';
import { detectMediaType, kindOf, SAMPLE_BYTES } from '../upload/media-type.ts';
import type { Rendition, Scratch } from '../upload/storage.ts';
import { type ArchiveEntry, damaged } from './archive.ts';
import { storedIn } from './intake.ts';
import { FILES } from './manifest.ts';

const ROWS_AT_ONCE = 1_000;

interface FileRow {
  id: string;
  ours: string;
  mediaType: string;
  size: number;
  hash: string;
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
    let unclaimed = [...checksums.keys()].filter((name) => name.startsWith(FILES)).length;
    let missing = 0;
    for await (const row of readRows(client)) {
      const name = FILES + row.id;
      const hash = checksums.get(name);
      if (hash === undefined) missing++;
      else {
        unclaimed--;
        const { size, mediaType } = await this.#look({ id: row.id, rendition: 'file' });
        const isThat = `\\x${hash}` === row.hash && size === row.size;
        // What browsers show is served as what it is said to be.
        const kind = kindOf(row.mediaType);
        if (!isThat || (kind !== 'OTHER' && kindOf(mediaType) !== kind)) {
          throw damaged(this.#path, `${name} is not what its row says`);
        }
      }
      if (!checksums.has(`${name}.thumbnail`)) continue;
      unclaimed--;
      const { mediaType } = await this.#look({ id: row.id, rendition: 'thumbnail' });
      if (mediaType !== 'image/webp' || kindOf(row.mediaType) !== 'IMAGE') {
        throw damaged(this.#path, `${name}.thumbnail is no small picture`);
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
        const suffix = rendition === 'file' ? '' : `.${rendition}`;
        if (!checksums.has(`${FILES}${id}${suffix}`)) continue;
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

interface Stored {
  id: string;
  rendition: Rendition;
}

async function* readRows(client: pg.ClientBase): AsyncGenerator<FileRow> {
  await client.query(`
    DECLARE incoming_files NO SCROLL CURSOR FOR
    SELECT id, ours, media_type AS "mediaType", size, hash::text FROM incoming_file`);
  for (;;) {
    const { rows } = await client.query<FileRow>(`FETCH ${ROWS_AT_ONCE} FROM incoming_files`);
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE incoming_files');
}
