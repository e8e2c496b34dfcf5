import { z } from 'zod';
import { Refusal } from '../errors.ts';
import type { Rendition } from '../upload/storage.ts';
import { damaged, readArchive, reading, readText } from './archive.ts';

export const FORMAT = 'parley-export';
/** Another one where what read the former would read the new one wrongly. */
export const FORMAT_VERSION = 1;
export const MANIFEST = 'manifest.json';

const count = z.number().int().nonnegative();
const name = z.string().regex(/^[a-z_0-9]+$/);

const MANIFEST_FORM = z.object({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  kind: z.enum(['SERVER', 'ROOM', 'PERSON']),
  createdAt: z.iso.datetime(),
  /** That wrote it. */
  parleyVersion: z.string().regex(/^[0-9A-Za-z.+-]{1,64}$/),
  /** Of the room or the person; null for a server. */
  subject: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  tables: z.array(z.object({ name, columns: z.array(name), rows: count, bytes: count })),
});

/** What an export says of itself, before anything else. */
export type Manifest = z.infer<typeof MANIFEST_FORM>;

export const entryOf = (table: string) => `data/${table}.ndjson`;

/** Bytes that a server keeps on its disk. */
export interface Stored {
  id: string;
  rendition: Rendition;
}

const FILES = 'files/';
const STORED = /^files\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.(thumbnail))?$/;

export const entryOfStored = ({ id, rendition }: Stored) =>
  FILES + (rendition === 'file' ? id : `${id}.${rendition}`);

/** The file whose bytes an entry has; null for other entries. @throws Refusal INVALID_INPUT */
export function storedIn(path: string, name: string): Stored | null {
  if (!name.startsWith(FILES)) return null;
  const [, id, suffix] = STORED.exec(name) ?? [];
  if (!id) throw damaged(path, `${name} is no name of a file`);
  return { id, rendition: suffix ? 'thumbnail' : 'file' };
}

/** What a file says of itself, of which nothing is checked yet. @throws Refusal INVALID_INPUT */
export function peekManifest(path: string): Promise<Manifest> {
  return reading(path, async () => {
    for await (const { name, content } of readArchive(path)) {
      if (name === MANIFEST) return readManifest(path, await readText(content));
      break;
    }
    throw notOurs(path);
  });
}

/** @throws Refusal INVALID_INPUT for another format or another version. */
export function readManifest(path: string, text: string): Manifest {
  const said = parse(text) as { format?: unknown; version?: unknown } | null;
  if (said?.format !== FORMAT) throw notOurs(path);
  if (typeof said.version !== 'number') throw notOurs(path);
  if (said.version !== FORMAT_VERSION) {
    throw new Refusal(
      'INVALID_INPUT',
      `${path} has version ${said.version} of the format, and this Parley reads version ` +
        `${FORMAT_VERSION}: use the Parley that wrote it, or a later one.`,
    );
  }
  const read = MANIFEST_FORM.safeParse(said);
  if (!read.success) throw notOurs(path);
  return read.data;
}

export function notOurs(path: string): Refusal {
  return new Refusal(
    'INVALID_INPUT',
    `${path} is no export of Parley: give a file that an export has made.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
