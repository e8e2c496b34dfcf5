/**
 * Makes a room of a room's export, on a server that may run. All of the archive is checked first, while its files wait in a
 * scratch folder; then its rows are read into temporary tables (`identities.ts`), none that is not of a known form
 * (`room-rows.ts`), and from these written as rows of this server, in one transaction. It is committed only if the database
 * then gives back the very lines of the archive, and all counts agree. What the archive says of people is who said what, and
 * no more: it gives nobody a right but in this room, and changes no row that was there before.
 */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { OPERATOR } from '../account/operator.ts';
import type { App } from '../app.ts';
import { recordDeedIn } from '../audit/audit.ts';
import type { User } from '../generated/prisma/client.ts';
import { SLUG_MAX_LENGTH } from '../room/slug.ts';
import { addToKept } from '../statistics/rollup.ts';
import { refuseIfFull } from '../upload/storage.ts';
import { SWEEP_LOCK } from '../upload/sweep.ts';
import { checkArchive, damaged, readText } from './archive.ts';
import { nameBeside } from './beside.ts';
import type { ExportOptions } from './export.ts';
import { asOurs, asTheirs, incoming, openIncoming } from './identities.ts';
import type { RoomIds } from './identities.ts';
import { recount } from './inspection.ts';
import { type OnAdvance, requireKnown, takeRows } from './intake.ts';
import { entryOf, type Manifest, MANIFEST, notOurs, readManifest } from './manifest.ts';
import type { Newcomers } from './newcomers.ts';
import { RoomFiles } from './room-files.ts';
import { giveRoom } from './room-owner.ts';
import { eraseTombstones, followThreads, identifyPeople } from './room-people.ts';
import { columnsOfForm, FORMS, readRow } from './room-rows.ts';
import { CANONICAL, hashLines, quote } from './rows.ts';
import { STORED } from './tables.ts';

type Parts = Pick<App, 'bus' | 'db' | 'storage'>;

export interface RoomImportOptions extends Pick<ExportOptions, 'onAdvance'> {
  /** Who is to own it; null for its owners, where they are here. */
  owner: User | null;
}

export interface RoomImport {
  manifest: Manifest;
  /** Where it is now. */
  slug: string;
  newcomers: Newcomers;
  /** Files of which the archive has no bytes. */
  missingFiles: number;
}

/**
 * Takes the export of a room.
 * @throws Refusal INVALID_INPUT for a damaged file, for one that has what no room has, and where nobody who is here
 * would own it; STORAGE_FULL.
 */
export async function importRoom(
  { bus, db, storage }: Parts,
  path: string,
  { owner, onAdvance = () => {} }: RoomImportOptions,
): Promise<RoomImport> {
  await using scratch = await storage.openScratch();
  const client = await db.pool.connect();
  let isWhole = false;
  try {
    await client.query('BEGIN');
    await client.query(CANONICAL);
    // What waits is nobody's yet, and one import does not see what another one takes.
    await client.query(`SELECT pg_advisory_xact_lock(${SWEEP_LOCK})`);
    const files = new RoomFiles(path, scratch);
    await storage.requireSpace((await stat(path)).size);
    const { manifest, checksums } = await readAll(path, files, onAdvance);
    await readRows(client, path, manifest, onAdvance);
    const missingFiles = await identifyFiles(client, files, checksums);
    const newcomers = await identifyPeople(client);
    const ids = await identifyRoom(client, manifest);
    const slug = await writeRows(client, manifest, ids);
    await compare(client, path, manifest, ids, checksums);
    await followThreads(client, ids.ours);
    await giveRoom(client, { id: ids.ours, slug }, owner);
    await recordDeedIn(client, OPERATOR, {
      action: 'ROOM_IMPORTED',
      room: { id: ids.ours, slug },
      after: { exportedAt: manifest.createdAt, newAccounts: newcomers.count },
    });
    await files.keep(client, storage, checksums);
    await eraseTombstones(client, ids.ours);
    const members = await client.query<{ id: string }>(
      `SELECT "user".id FROM membership JOIN "user" ON "user".id = user_id
       WHERE room_id = $1 AND deactivated_at IS NULL`,
      [ids.ours],
    );
    await addToKept(client, ids.ours);
    await client.query('COMMIT');
    isWhole = true;
    for (const { id } of members.rows) bus.publish(`user:${id}`, { changed: 'ROOMS' });
    return { manifest, slug, newcomers, missingFiles };
  } catch (error) {
    throw refuseIfUnfit(path, error);
  } finally {
    client.release(!isWhole);
  }
}

async function readAll(
  path: string,
  files: RoomFiles,
  onAdvance: OnAdvance,
): Promise<{ manifest: Manifest; checksums: Map<string, string> }> {
  const { size: total } = await stat(path);
  let manifest: Manifest | null = null;
  let done = 0;
  const checksums = await checkArchive(path, async (entry) => {
    if (manifest) await files.take(entry);
    else if (entry.name !== MANIFEST) throw notOurs(path);
    else {
      manifest = readManifest(path, await readText(entry.content));
      await requireRoom(path, manifest);
    }
    done += entry.size;
    onAdvance({ done, total });
  }).catch((error: unknown) => {
    throw refuseIfFull(error);
  });
  // Never null, for an archive without a manifest at its beginning has been refused.
  return { manifest: manifest!, checksums };
}

async function requireRoom(path: string, manifest: Manifest): Promise<void> {
  const { kind, subject, tables } = manifest;
  if (kind !== 'ROOM' || !subject) throw damaged(path, 'it is not of a room');
  await requireKnown(path, manifest, columnsOfForm);
  const listOf = (parts: { name: string; columns: string[] }[]) =>
    parts.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`)).toSorted();
  const expected = Object.keys(FORMS).map((name) => ({ name, columns: columnsOfForm(name) }));
  if (listOf(tables).join() === listOf(expected).join()) return;
  throw damaged(path, 'its tables are not those of a room');
}

async function readRows(
  client: pg.ClientBase,
  path: string,
  { subject, tables }: Manifest,
  onAdvance: OnAdvance,
): Promise<void> {
  await openIncoming(client, tables);
  await takeRows(client, path, tables, {
    into: incoming,
    read: (table, line) => readRow(path, subject!.id, table, line),
    onAdvance,
  });
  const { rows } = await client.query<{ id: string; name: string }>(
    'SELECT id, slug AS name FROM incoming_room',
  );
  if (rows.length === 1 && isDeepStrictEqual({ ...rows[0] }, subject)) return;
  throw damaged(path, 'it has another room than its manifest says');
}

/** Gives files the ids that they have, or others where these are taken. */
async function identifyFiles(
  client: pg.ClientBase,
  files: RoomFiles,
  checksums: Map<string, string>,
): Promise<number> {
  await client.query(`
    UPDATE incoming_file SET ours = CASE WHEN EXISTS (
      SELECT FROM (${STORED}) AS stored WHERE stored.id = incoming_file.id
    ) THEN gen_random_uuid() ELSE id END`);
  return files.check(client, checksums);
}

/** The room keeps its id where no other has it. Where one had it that was deleted, cursors of that one must not go on in it. */
async function identifyRoom(client: pg.ClientBase, { subject }: Manifest): Promise<RoomIds> {
  const theirs = subject!.id;
  const { rows } = await client.query<{ isTaken: boolean; wasTaken: boolean }>(
    `SELECT EXISTS (SELECT FROM room WHERE id = $1) AS "isTaken", EXISTS (
       SELECT FROM audit_entry WHERE action = 'ROOM_DELETED' AND room_id = $1
     ) AS "wasTaken"`,
    [theirs],
  );
  const { isTaken, wasTaken } = rows[0]!;
  if (!isTaken && wasTaken) await client.query('UPDATE server SET epoch = gen_random_uuid()');
  return { theirs, ours: isTaken ? randomUUID() : theirs };
}

/** What rows have here beside what was exported of them: who was there has read it all. */
const BESIDES: Record<string, Record<string, string>> = {
  membership: { read_seq: '(SELECT last_seq FROM incoming_room)' },
  message: { idempotency_key: 'gen_random_uuid()::text' },
  file: { idempotency_key: 'gen_random_uuid()::text' },
};

/** Gives the slug that the room has here. */
async function writeRows(
  client: pg.ClientBase,
  { tables, subject }: Manifest,
  ids: RoomIds,
): Promise<string> {
  let slug = subject!.name;
  for (const { name, columns } of tables) {
    if (name === 'user') continue;
    const as = asOurs(name, ids);
    const besides = Object.entries(BESIDES[name] ?? {});
    const list = [...columns, ...besides.map(([column]) => column)].map(quote).join(', ');
    const read = (column: string) => (name === 'room' && column === 'slug' ? '$1' : as(column));
    const values = [...columns.map(read), ...besides.map(([, value]) => value)].join(', ');
    const insertion = `INSERT INTO ${quote(name)} (${list}) SELECT ${values} FROM ${incoming(name)}`;
    if (name !== 'room') await client.query(insertion);
    else {
      const { rows } = await client.query<{ slug: string }>('SELECT slug FROM incoming_room');
      slug = await nameBeside(rows[0]!.slug, SLUG_MAX_LENGTH, async (free) => {
        const text = `${insertion} ON CONFLICT (slug) DO NOTHING`;
        return (await client.query(text, [free])).rowCount === 1;
      });
    }
  }
  return slug;
}

/** @throws Refusal INVALID_INPUT where what is here is not what was exported, or does not agree with itself. */
async function compare(
  client: pg.ClientBase,
  path: string,
  { tables }: Manifest,
  ids: RoomIds,
  checksums: Map<string, string>,
): Promise<void> {
  for (const table of tables) {
    const hash = await hashLines(client, 'ROOM', ids.ours, table, asTheirs(table.name, ids));
    if (hash === checksums.get(entryOf(table.name))) continue;
    throw damaged(path, `its rows of ${table.name} do not fit the others`);
  }
  for (const [what, wrong] of await recount(client, ids.ours)) {
    if (wrong > 0) throw damaged(path, `its rows do not agree on the ${what}`);
  }
}

/** What the database says of rows that contradict each other is said of the file. */
function refuseIfUnfit(path: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  return /^2[23]\w{3}$/.test(code ?? '')
    ? damaged(path, `its rows do not fit (${message})`)
    : error;
}
