/** Exports for tests: what is in a server, what is in an archive, and archives that somebody has tampered with. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInvitation } from '../account/invitation.ts';
import type { App } from '../app.ts';
import { ArchiveWriter, checkArchive, readText } from '../data/archive.ts';
import { writeExport } from '../data/export.ts';
import { importExport } from '../data/import.ts';
import type { Manifest } from '../data/manifest.ts';
import type { Room } from '../generated/prisma/client.ts';
import { editMessage } from '../message/editing.ts';
import { postMessage } from '../message/message.ts';
import { addReaction } from '../message/reaction.ts';
import { saveDraft } from '../read/draft.ts';
import { startApp, type TestApp } from './harness.ts';
import { people } from './people.ts';
import { kept, picture, uploaded } from './uploads.ts';

/** A server on which there is something in many tables. */
export async function garden() {
  const server = await startApp();
  const { app, url } = server;
  const found = await people(app);
  const { ann, bob, room, roomId } = found;
  const say = (person: typeof ann, body: string, more = {}) =>
    postMessage(app, person, { roomId: room.id, body, idempotencyKey: body, ...more });
  const first = await say(ann, 'The beans are up.\u2028Really \\ "up" \u0001 🌱');
  await say(bob, 'So are the weeds @ann', { thread: first.seq });
  const image = { roomId, name: 'Bühne.png', body: await picture(40, 30) };
  const fileIds = [
    (await uploaded(url, ann.token, image)).url.split('/')[2],
    (await uploaded(url, ann.token, { roomId, body: 'x'.repeat(200_000) })).url.split('/')[2],
  ];
  await say(ann, 'Look', { fileIds });
  await editMessage(app, ann, { roomId: room.id, seq: first.seq, body: 'The beans are down.' });
  await addReaction(app, bob, { roomId: room.id, seq: first.seq, emoji: '🌱' });
  await saveDraft(app, bob, { roomId: room.id, thread: null, body: 'I would' });
  await createInvitation(app, found.root, { maxUses: 3, expiresInDays: 2 });
  await app.db.prisma.auditEntry.create({
    data: {
      ...{ action: 'MEMBER_BANNED', actorId: ann.user.id, actorName: 'ann', address: '::1' },
      before: { deep: [1.5, null, { a: 'ü' }] },
    },
  });
  return { server, ...found, first };
}

/** A folder that goes with the test. */
export async function scratch() {
  const folder = await mkdtemp(join(tmpdir(), 'parley-export-'));
  return {
    path: (name: string) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** The entries of an archive as text. */
export async function entriesOf(path: string): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  await checkArchive(path, async ({ name, content }) => {
    entries.set(name, await readText(content));
  });
  return entries;
}

/** The rows that it has of a table. */
export const linesOf = (entries: Map<string, string>, table: string): any[] =>
  entries
    .get(`data/${table}.ndjson`)!
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Writes an archive of these entries, with checksums that hold. */
export async function writeEntries(
  path: string,
  entries: Iterable<[name: string, content: Buffer]>,
): Promise<void> {
  const archive = new ArchiveWriter();
  const fill = async () => {
    for (const [name, content] of entries) {
      await archive.add(
        name,
        content.length,
        (async function* () {
          yield content;
        })(),
      );
    }
    await archive.finish();
  };
  await Promise.all([fill(), pipeline(archive.stream, createWriteStream(path))]);
}

/** What somebody makes of an archive who knows the format: its sums and counts hold. */
export interface Tampering {
  manifest?: (manifest: Manifest) => void;
  /** By table; gives its rows. */
  rows?: Record<string, (rows: any[]) => any[]>;
  /** Gives all entries. */
  entries?: (entries: Map<string, Buffer>) => void;
}

export async function tamper(from: string, to: string, how: Tampering): Promise<void> {
  const entries = new Map<string, Buffer>();
  await checkArchive(from, async ({ name, content }) => {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(piece);
    entries.set(name, Buffer.concat(pieces));
  });
  const manifest: Manifest = JSON.parse(entries.get('manifest.json')!.toString());
  for (const [table, change] of Object.entries(how.rows ?? {})) {
    const name = `data/${table}.ndjson`;
    const lines = entries.get(name)!.toString().split('\n').filter(Boolean);
    const rows = change(lines.map((line) => JSON.parse(line)));
    const content = Buffer.from(
      rows.map((row) => `${typeof row === 'string' ? row : asLine(row)}\n`).join(''),
    );
    entries.set(name, content);
    const described = manifest.tables.find((each) => each.name === table)!;
    Object.assign(described, { rows: rows.length, bytes: content.length });
  }
  how.manifest?.(manifest);
  entries.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  how.entries?.(entries);
  await writeEntries(to, entries);
}

/** As PostgreSQL writes a row, which writes what is JSON in it with spaces. */
function asLine(row: object): string {
  const spaced = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
    const parts = Object.entries(value).map(
      ([key, part]) => `${JSON.stringify(key)}: ${spaced(part)}`,
    );
    return `{${parts.join(', ')}}`;
  };
  const parts = Object.entries(row).map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${Array.isArray(value) ? JSON.stringify(value) : spaced(value)}`,
  );
  return `{${parts.join(',')}}`;
}

/** What a server writes by itself. */
const BY_ITSELF = [
  ...['job_runner', 'server_sample', 'statistic'],
  ...['message_search', 'search_position', 'search_word'],
];

/** All that a server has, but for what it writes by itself. */
export async function allOf({ app }: TestApp) {
  const { rows } = await app.db.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
       AND relname <> ALL ($1)`,
    [BY_ITSELF],
  );
  const tables: [string, string[]][] = [];
  for (const { name } of rows) {
    const found = await app.db.pool.query(`SELECT row_to_json(t)::text AS line FROM "${name}" t`);
    tables.push([name, found.rows.map(({ line }) => line).toSorted()]);
  }
  return { tables, files: (await kept(app)).toSorted() };
}

/** Takes a room from one server to another, as whoever runs them does. */
export async function importRoomOf(from: App, { id, slug }: Room, to: App): Promise<void> {
  await using folder = await scratch();
  const file = folder.path('room.tar');
  await writeExport(from, { kind: 'ROOM', subject: { id, name: slug } }, file);
  await importExport(to, file);
}
