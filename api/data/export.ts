/**
 * Writes an export: one snapshot of the database, read as it is written, and the bytes of the files that are in it. Files
 * never change; one that was deleted since the snapshot is named in `missing.ndjson`.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { VERSION } from '../about/version.ts';
import type { App } from '../app.ts';
import { ArchiveWriter } from './archive.ts';
import {
  entryOf,
  entryOfStored,
  FORMAT,
  FORMAT_VERSION,
  MANIFEST,
  type Manifest,
  type Stored,
} from './manifest.ts';
import { inSnapshot, measureFiles, measureTables, readLines, readStored } from './rows.ts';
import type { ExportKind } from '../generated/prisma/client.ts';

export interface ExportSubject {
  kind: ExportKind;
  /** Of the room or the person; null for the server. */
  subject: Manifest['subject'];
}

export interface Advance {
  /** Bytes that are written, of how many. */
  done: number;
  total: number;
}

export interface ExportOptions {
  signal?: AbortSignal;
  onAdvance?: (advance: Advance) => void;
  /** Awaited before anything is written. */
  onMeasured?: (bytes: number) => Promise<void>;
}

type Parts = Pick<App, 'db' | 'storage'>;

/** Writes an export to `path`, which must be new or is replaced, and gives what it says of itself. */
export async function writeExport(
  { db, storage }: Parts,
  { kind, subject }: ExportSubject,
  path: string,
  { signal, onAdvance = () => {}, onMeasured }: ExportOptions = {},
): Promise<Manifest> {
  const client = await db.pool.connect();
  let isWhole = false;
  try {
    const manifest = await inSnapshot(client, async () => {
      const id = subject?.id ?? null;
      const tables = await measureTables(client, kind, id);
      const written = describe(kind, subject, tables);
      const files = await measureFiles(client, kind, id);
      const total = tables.reduce((sum, { bytes }) => sum + bytes, files);
      await onMeasured?.(total);
      // Pictures have small versions, too, which are not counted.
      const progress = { done: 0, total };
      const archive = new ArchiveWriter((count) => {
        progress.done = Math.min(progress.done + count, progress.total);
        onAdvance(progress);
      });
      const filled = fill({ client, storage }, archive, written).catch((error: Error) => {
        archive.destroy(error);
        throw error;
      });
      const out = createWriteStream(path, { mode: 0o600 });
      await Promise.all([filled, pipeline(archive.stream, out, signal ? { signal } : {})]);
      return written;
    });
    isWhole = true;
    return manifest;
  } finally {
    // Cut short, it may be in the middle of an answer.
    client.release(!isWhole);
  }
}

function describe(
  kind: ExportKind,
  subject: Manifest['subject'],
  tables: Manifest['tables'],
): Manifest {
  const about = { format: FORMAT, version: FORMAT_VERSION, kind } as const;
  return {
    ...about,
    createdAt: new Date().toISOString(),
    parleyVersion: VERSION,
    subject,
    tables,
  };
}

async function fill(
  { client, storage }: { client: pg.ClientBase; storage: App['storage'] },
  archive: ArchiveWriter,
  manifest: Manifest,
): Promise<void> {
  const { kind, subject, tables } = manifest;
  const id = subject?.id ?? null;
  await archive.addText(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const table of tables) {
    await archive.add(entryOf(table.name), table.bytes, readLines(client, kind, id, table));
  }
  const missing: string[] = [];
  for await (const stored of readStored(client, kind, id)) {
    const isThere = await addStored(archive, storage, { id: stored, rendition: 'file' });
    if (!isThere) missing.push(`${JSON.stringify({ id: stored })}\n`);
    await addStored(archive, storage, { id: stored, rendition: 'thumbnail' });
  }
  await archive.addText('missing.ndjson', missing.join(''));
  await archive.finish();
}

/** Adds the bytes of a file, unless there are none. */
async function addStored(
  archive: ArchiveWriter,
  storage: App['storage'],
  { id, rendition }: Stored,
): Promise<boolean> {
  const path = storage.pathOf(id, rendition);
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const content = createReadStream(path, { fd: handle, autoClose: false });
    await archive.add(entryOfStored({ id, rendition }), size, content);
    return true;
  } finally {
    await handle.close();
  }
}
