import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findAccount } from '../../api/account/operator.ts';
import { readConfig } from '../../api/config.ts';
import { type ExportSubject, writeExport } from '../../api/data/export.ts';
import { importExport } from '../../api/data/import.ts';
import type { Manifest } from '../../api/data/manifest.ts';
import type { RoomImport } from '../../api/data/room-import.ts';
import { verifyExport } from '../../api/data/verify.ts';
import { recordExport } from '../../api/data/operator.ts';
import { Refusal } from '../../api/errors.ts';
import { normalizeSlug } from '../../api/room/slug.ts';
import { type Command, readArguments, UsageError } from './command.ts';
import { type House, inHouse } from './house.ts';
import { showProgress } from './progress.ts';

const FORCE = { force: { type: 'boolean' } } as const;
const EXPORT_HELP = `The server may run meanwhile: what is exported is as of the moment at which it begins. The format is
described in docs/export.md.`;
const FORCE_HELP = `  --force               write over FILE where it is there already`;

export const exportServer: Command = {
  summary: 'export server FILE           write all that the server has to a file',
  help: `Writes all that the server has to a file, with its files, and with what people log in by: keep it as
you keep the server. ${EXPORT_HELP}

  npm run parley -- export server FILE [--force]

${FORCE_HELP}`,
  run: (args) => runExport(args, ['FILE'], async () => ({ kind: 'SERVER', subject: null })),
};

export const exportRoom: Command = {
  summary: 'export room SLUG FILE        write a room to a file',
  help: `Writes a room to a file: what was said in it, its files, its members' names. ${EXPORT_HELP}

  npm run parley -- export room SLUG FILE [--force]

${FORCE_HELP}`,
  run: (args) =>
    runExport(args, ['SLUG', 'FILE'], async ({ db }, slug) => {
      const room = await db.prisma.room.findUnique({ where: { slug: normalizeSlug(slug) } });
      if (!room) {
        throw new Refusal('NOT_FOUND', `There is no room ${slug}: see the room's address.`);
      }
      return { kind: 'ROOM', subject: { id: room.id, name: room.slug } };
    }),
};

export const exportPerson: Command = {
  summary: 'export person NAME FILE      write what somebody has said and done to a file',
  help: `Writes what somebody has said and done, and their files, to a file. ${EXPORT_HELP}

  npm run parley -- export person NAME FILE [--force]

${FORCE_HELP}`,
  run: (args) =>
    runExport(args, ['NAME', 'FILE'], async ({ db }, name) => {
      const user = await findAccount(db.prisma, name);
      return { kind: 'PERSON', subject: { id: user.id, name: user.username } };
    }),
};

export const importCommand: Command = {
  summary: 'import FILE                  take the export of a server or of a room',
  help: `Takes the export of a server into an empty one, or that of a room as one more room of a server, which may run
meanwhile. Nothing of it is there until all of it is, and equals the export; interrupted, it is simply begun
again.

A room's people are those who have their ids or usernames here; for the others accounts are made that
nobody can log in to. What the file says of who said what is believed: import what you trust.

  npm run parley -- import FILE [--owner NAME]

  --owner NAME          who is to own the room; needed where none of its owners can log in here`,
  async run(args) {
    const options = { owner: { type: 'string' } } as const;
    const { values, positionals } = readArguments(args, ['FILE'], options);
    const file = resolve(positionals[0]!);
    const { owner } = values;
    const progress = showProgress('Importing');
    const onAdvance = progress.advance.bind(progress);
    const { manifest, room } = await inHouse(
      readConfig(process.env),
      (house) => importExport(house, file, { owner, onAdvance }),
      { mayBeNew: true },
    ).finally(() => progress.stop());
    console.log(`Imported and equal: ${countsInWords(manifest)}.`);
    if (room) sayOfRoom(room);
    return 0;
  },
};

/** A room may be another one here than it was. */
function sayOfRoom({ manifest, slug, newcomers, missingFiles }: RoomImport): void {
  const { name } = manifest.subject!;
  console.log(
    slug === name
      ? `The room is at /rooms/${slug}.`
      : `There is a room at /rooms/${name} already: this one is at /rooms/${slug}.`,
  );
  if (missingFiles > 0) console.log(`The export lacks the bytes of ${missingFiles} files.`);
  if (newcomers.count === 0) return;
  const isAll = newcomers.count === newcomers.usernames.length;
  const names = newcomers.usernames.join(', ') + (isAll ? '' : ' …');
  console.log(`Nobody can log in to ${newcomers.count} accounts that were made: ${names}`);
}

export const verifyCommand: Command = {
  summary: 'verify FILE                  compare an export with what the server has',
  help: `Checks that an export is whole, and compares it with what the server has now, by count and by hash.

  npm run parley -- verify FILE [--room SLUG]

  --room SLUG           which room a room's export is compared with (default: the one that was exported)

Exit code: 0 where all is equal, 1 where anything differs.`,
  async run(args) {
    const options = { room: { type: 'string' } } as const;
    const { values, positionals } = readArguments(args, ['FILE'], options);
    const file = resolve(positionals[0]!);
    const progress = showProgress('Comparing');
    const onAdvance = progress.advance.bind(progress);
    const { manifest, files, differences } = await inHouse(readConfig(process.env), (house) =>
      verifyExport(house, file, { slug: values.room, onAdvance }),
    ).finally(() => progress.stop());
    for (const difference of differences) console.log(difference);
    if (differences.length > 0) return 1;
    console.log(`Equal: ${countsInWords(manifest)}, ${files} files on the disk.`);
    return 0;
  },
};

async function runExport(
  args: string[],
  names: string[],
  find: (house: House, name: string) => Promise<ExportSubject>,
): Promise<number> {
  const { values, positionals } = readArguments(args, names, FORCE);
  const file = resolve(positionals.at(-1)!);
  if (existsSync(file) && !values.force) {
    throw new UsageError(`${file} is there already: give another name, or --force.`);
  }
  const progress = showProgress('Exporting');
  // Whole, or not there.
  const part = `${file}.part`;
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const manifest = await inHouse(readConfig(process.env), async (house) => {
      const subject = await find(house, positionals[0]!);
      await recordExport(house, subject);
      // Of one that was killed: what is written over keeps the rights that it had.
      await rm(part, { force: true });
      const onAdvance = progress.advance.bind(progress);
      return writeExport(house, subject, part, { onAdvance, signal: interrupted.signal });
    });
    const handle = await open(part);
    await handle.sync().finally(() => handle.close());
    await rename(part, file);
    progress.stop();
    console.log(`Exported to ${file}: ${countsInWords(manifest)}.`);
    return 0;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    console.error('Interrupted: nothing was written.');
    return 1;
  } finally {
    progress.stop();
    await rm(part, { force: true });
  }
}

/** Such as `3 users, 1 rooms, 100 messages`. */
function countsInWords({ tables }: Manifest): string {
  const count = (table: string) => tables.find(({ name }) => name === table)?.rows ?? 0;
  return ['user', 'room', 'message', 'file'].map((name) => `${count(name)} ${name}s`).join(', ');
}
