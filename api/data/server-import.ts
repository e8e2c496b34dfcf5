/**
 * Takes the export of a server into an empty one. The archive is read twice: first all of it is checked, while its files are
 * put in their places, where without rows they are nobody's; then its rows are written in one transaction, which
 * is committed only if the database then gives back the very lines of the archive. So an import that is interrupted,
 * however hard, has left nothing but bytes that the sweep removes, and is simply begun again.
 */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { ACCOUNTS_LOCK } from '../account/names.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { holdKept } from '../statistics/rollup.ts';
import { refuseIfFull, type Scratch, type Storage } from '../upload/storage.ts';
import { SWEEP_LOCK } from '../upload/sweep.ts';
import { type ArchiveEntry, checkArchive, readText } from './archive.ts';
import type { ExportOptions } from './export.ts';
import { type OnAdvance, requireKnown, takeRows } from './intake.ts';
import { entryOf, type Manifest, MANIFEST, notOurs, readManifest, storedIn } from './manifest.ts';
import { CANONICAL, columnsOf, hashLines } from './rows.ts';
import { TABLES } from './tables.ts';

type Parts = Pick<App, 'db' | 'storage'>;

/**
 * Takes the export of a server.
 * @throws Refusal INVALID_INPUT for another file, or a damaged one; CONFLICT where somebody has registered already;
 * STORAGE_FULL.
 */
export async function importServer(
  { db, storage }: Parts,
  path: string,
  { onAdvance = () => {} }: Pick<ExportOptions, 'onAdvance'> = {},
): Promise<Manifest> {
  const client = await db.pool.connect();
  let isWhole = false;
  try {
    await client.query('BEGIN');
    await client.query(CANONICAL);
    await requireEmpty(client);
    const { manifest, checksums } = await takeFiles(client, storage, path, onAdvance);
    await client.query(MAKE_WAY);
    await takeRows(client, path, manifest.tables, { onAdvance });
    for (const table of manifest.tables) {
      const hash = await hashLines(client, 'SERVER', null, table);
      if (hash !== checksums.get(entryOf(table.name))) {
        throw new Error(`The database has other rows of ${table.name} than the archive.`);
      }
    }
    // Late, since a server that runs goes on counting that there is nothing.
    await holdKept(client);
    await client.query('DELETE FROM statistic');
    // Its rooms' numbers are the same as where it was made, and what is said from now on is not.
    await client.query('UPDATE server SET epoch = gen_random_uuid()');
    await client.query('COMMIT');
    isWhole = true;
    return manifest;
  } finally {
    client.release(!isWhole);
  }
}

/** What was set of an empty server, and kept of that: its log takes no change but this. */
const MAKE_WAY = `
  DELETE FROM server_settings;
  ALTER TABLE audit_entry DISABLE TRIGGER only_added;
  DELETE FROM audit_entry;
  ALTER TABLE audit_entry ENABLE TRIGGER only_added`;

/** Nobody registers until the end, and no file is taken for somebody's that was killed. */
async function requireEmpty(client: pg.ClientBase): Promise<void> {
  // In the order in which the import of a room takes them.
  await client.query(`SELECT pg_advisory_xact_lock(${SWEEP_LOCK})`);
  await client.query(`SELECT pg_advisory_xact_lock(${ACCOUNTS_LOCK})`);
  const { rows } = await client.query<{ used: boolean }>(
    'SELECT EXISTS (SELECT FROM "user") AS used',
  );
  if (!rows[0]!.used) return;
  throw new Refusal(
    'CONFLICT',
    'This server has accounts already: import into an empty one, with another DATA_DIR or DATABASE_URL.',
  );
}

async function takeFiles(
  client: pg.ClientBase,
  storage: Storage,
  path: string,
  onAdvance: OnAdvance,
): Promise<{ manifest: Manifest; checksums: Map<string, string> }> {
  const { size: total } = await stat(path);
  await storage.requireSpace(total);
  await using scratch = await storage.openScratch();
  let manifest: Manifest | null = null;
  let done = 0;
  const checksums = await checkArchive(path, async (entry) => {
    if (manifest) await takeFile(storage, scratch, path, entry);
    else manifest = await takeManifest(client, path, entry);
    done += entry.size;
    onAdvance({ done, total });
  }).catch((error: unknown) => {
    throw refuseIfFull(error);
  });
  // Never null, for an archive without a manifest at its beginning has been refused.
  return { manifest: manifest!, checksums };
}

async function takeManifest(
  client: pg.ClientBase,
  path: string,
  { name, content }: ArchiveEntry,
): Promise<Manifest> {
  if (name !== MANIFEST) throw notOurs(path);
  const manifest = readManifest(path, await readText(content));
  await requireKnown(path, manifest, (table) =>
    TABLES.some((each) => each.name === table) ? columnsOf(client, table) : [],
  );
  return manifest;
}

async function takeFile(
  storage: Storage,
  scratch: Scratch,
  path: string,
  { name, content }: ArchiveEntry,
): Promise<void> {
  const stored = storedIn(path, name);
  if (!stored) return;
  const written = scratch.path('file');
  await pipeline(content, createWriteStream(written));
  await storage.keep(written, stored.id, stored.rendition);
}
