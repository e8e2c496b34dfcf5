import { findAccount } from '../account/operator.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { ExportOptions } from './export.ts';
import { type Manifest, peekManifest } from './manifest.ts';
import { importRoom, type RoomImport } from './room-import.ts';
import { importServer } from './server-import.ts';

export interface ImportOptions extends Pick<ExportOptions, 'onAdvance'> {
  /** The username of who is to own a room. */
  owner?: string | undefined;
}

/**
 * Takes an export: that of a server into an empty one, and that of a room as one more room.
 * @throws Refusal INVALID_INPUT for another file, a damaged one, and the export of a person; CONFLICT; NOT_FOUND for an
 * owner whom there is not; STORAGE_FULL.
 */
export async function importExport(
  app: Pick<App, 'bus' | 'db' | 'storage'>,
  path: string,
  { owner: username, ...options }: ImportOptions = {},
): Promise<{ manifest: Manifest; room: RoomImport | null }> {
  const { kind } = await peekManifest(path);
  if (kind === 'ROOM') {
    const owner = username === undefined ? null : await findOwner(app, username);
    const room = await importRoom(app, path, { ...options, owner });
    return { manifest: room.manifest, room };
  }
  if (username !== undefined) {
    throw new Refusal('INVALID_INPUT', `${path} is not the export of a room: leave --owner out.`);
  }
  if (kind === 'SERVER') {
    return { manifest: await importServer(app, path, options), room: null };
  }
  throw new Refusal(
    'INVALID_INPUT',
    `${path} is the export of a person, which is theirs to keep: what they said stands in rooms, which are imported by their own exports.`,
  );
}

async function findOwner({ db }: Pick<App, 'db'>, username: string) {
  const owner = await findAccount(db.prisma, username);
  if (!owner.deactivatedAt) return owner;
  throw new Refusal('INVALID_INPUT', `${owner.username} cannot log in: name another owner.`);
}
