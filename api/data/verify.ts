/** Compares an export with what the server has now. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type pg from 'pg';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { normalizeSlug } from '../room/slug.ts';
import { checkArchive, readText } from './archive.ts';
import type { ExportOptions } from './export.ts';
import { asTheirs, incoming, openIncoming, recognizePeople } from './identities.ts';
import { takeRows } from './intake.ts';
import { entryOf, type Manifest, MANIFEST, notOurs, readManifest, storedIn } from './manifest.ts';
import { columnsOf, hashLines, inSnapshot, measureTables, type Reading } from './rows.ts';

const PIECE_BYTES = 256 * 1024;
/** Of these, an import may have given other ids. */
const IDENTIFIED = ['user', 'room', 'file'];

export interface VerifyOptions extends Pick<ExportOptions, 'onAdvance'> {
  /** Where the room of a room's export is here; where it was exported, if that is not said. */
  slug?: string | undefined;
}

export interface Verification {
  manifest: Manifest;
  files: number;
  /** What differs, a line each; none where all is equal, by count and by hash. */
  differences: string[];
}

/** @throws Refusal INVALID_INPUT for what is no export, or damaged; NOT_FOUND for a room that is not there. */
export async function verifyExport(
  { db, storage }: Pick<App, 'db' | 'storage'>,
  path: string,
  { slug, onAdvance = () => {} }: VerifyOptions = {},
): Promise<Verification> {
  // All of it is read once, and then what it is compared with.
  const total = (await stat(path)).size * 2;
  let done = 0;
  const advance = (bytes: number) => onAdvance({ done: (done += bytes), total });
  let manifest: Manifest | null = null;
  const checksums = await checkArchive(path, async ({ name, size, content }) => {
    advance(size);
    if (manifest) return;
    if (name !== MANIFEST) throw notOurs(path);
    manifest = readManifest(path, await readText(content));
  });
  const read = manifest! as Manifest;
  const { differences, renamed } = await compareTables(db, path, read, { checksums, slug });
  let files = 0;
  for (const [name, promised] of checksums) {
    const stored = storedIn(path, name);
    if (!stored) continue;
    files++;
    const { id, rendition } = stored;
    const found = await hashFile(storage.pathOf(renamed.get(id) ?? id, rendition), advance);
    if (found === null) differences.push(`${name} is missing on the disk.`);
    else if (found !== promised) differences.push(`${name} has other bytes on the disk.`);
  }
  return { manifest: read, files, differences };
}

interface Compared {
  differences: string[];
  /** Ids that files have here, by those that they have in the export, where they are others. */
  renamed: Map<string, string>;
}

async function compareTables(
  { pool }: App['db'],
  path: string,
  manifest: Manifest,
  { checksums, slug }: { checksums: Map<string, string>; slug: string | undefined },
): Promise<Compared> {
  const { kind, subject, tables } = manifest;
  const client = await pool.connect();
  const differences: string[] = [];
  try {
    return await inSnapshot(client, async () => {
      const id = kind === 'ROOM' ? await findRoom(client, manifest, slug) : (subject?.id ?? null);
      const counts = await measureTables(client, kind, id);
      const strange = await findStrange(client, tables, counts);
      if (strange.length > 0) {
        const others = strange.map((name) => `${name} has other columns.`);
        return { differences: others, renamed: new Map() };
      }
      const isRoom = kind === 'ROOM' && id !== null && subject !== null;
      const renamed = isRoom ? await identify(client, path, tables, id) : new Map();
      for (const table of tables) {
        const rows = counts.find(({ name }) => name === table.name)!.rows;
        const as: [Reading?] = isRoom
          ? [asTheirs(table.name, { ours: id, theirs: subject.id })]
          : [];
        if (rows !== table.rows) {
          differences.push(`${table.name} has ${rows} rows, and ${table.rows} in the export.`);
        } else if (
          (await hashLines(client, kind, id, table, ...as)) !== checksums.get(entryOf(table.name))
        ) {
          differences.push(`${table.name} has other rows.`);
        }
      }
      return { differences, renamed };
    });
  } finally {
    client.release();
  }
}

/** The tables of an export that are not known here, or have columns that are not. */
async function findStrange(
  client: pg.ClientBase,
  tables: Manifest['tables'],
  known: readonly { name: string }[],
): Promise<string[]> {
  const strange: string[] = [];
  for (const { name, columns } of tables) {
    const isKnown = known.some((table) => table.name === name);
    const names = isKnown ? await columnsOf(client, name) : [];
    if (!isKnown || !columns.every((column) => names.includes(column))) strange.push(name);
  }
  return strange;
}

async function findRoom(
  client: pg.ClientBase,
  { subject }: Manifest,
  slug: string | undefined,
): Promise<string | null> {
  if (slug === undefined) return subject?.id ?? null;
  const { rows } = await client.query<{ id: string }>('SELECT id FROM room WHERE slug = $1', [
    normalizeSlug(slug),
  ]);
  if (rows[0]) return rows[0].id;
  throw new Refusal('NOT_FOUND', `There is no room ${slug}: see the room's address.`);
}

/** Finds out what the people and files of a room's export are here. */
async function identify(
  client: pg.ClientBase,
  path: string,
  tables: Manifest['tables'],
  roomId: string,
): Promise<Map<string, string>> {
  const identified = tables.filter(({ name }) => IDENTIFIED.includes(name));
  await openIncoming(client, identified);
  await takeRows(client, path, identified, { into: incoming, onAdvance: () => {} });
  await recognizePeople(client);
  await client.query(
    `UPDATE incoming_file SET ours = file.id FROM file
     WHERE file.room_id = $1 AND file.message_seq = incoming_file.message_seq
       AND file.position = incoming_file.position`,
    [roomId],
  );
  const { rows } = await client.query<{ id: string; ours: string }>(
    'SELECT id, ours FROM incoming_file WHERE ours <> id',
  );
  return new Map(rows.map(({ id, ours }) => [id, ours]));
}

/** Null where there is no such file. Reads into the same memory again and again, which no collector has to find. */
async function hashFile(path: string, advance: (bytes: number) => void): Promise<string | null> {
  const hash = createHash('sha256');
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(piece);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
      advance(bytesRead);
    }
  } finally {
    await handle.close();
  }
}
