/**
 * The bytes of files, in a folder that all API processes share. A file is written in a scratch folder
 * of its upload and renamed into place once it is on the disk, so that what has a name is whole. Names are
 * ours alone: nothing of what a user has typed becomes part of a path. What has no row in the database
 * any more, or has none yet and never will, is removed by the sweep (`sweep.ts`).
 */
import { randomUUID } from 'node:crypto';
import {
  access,
  constants,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal, StartupError } from '../errors.ts';

/** What there is of a file: itself, and of an image a small version. */
export type Rendition = 'file' | 'thumbnail';

const SCRATCH = 'scratch';
const EXPORTS = 'exports';
const SUFFIX: Record<Rendition, string> = { file: '', thumbnail: '.thumbnail' };
const STORED = /^([0-9a-f-]{36})(?:\.thumbnail)?$/;

export class Storage {
  readonly folder: string;
  readonly #reserveBytes: number;

  /** @param reserveBytes what has to stay free on the disk */
  constructor(folder: string, reserveBytes: number) {
    this.folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  pathOf(id: string, rendition: Rendition = 'file'): string {
    return join(this.folder, id.slice(0, 2), `${id}${SUFFIX[rendition]}`);
  }

  /** Where an export lies that somebody has asked for. */
  pathOfExport(id: string): string {
    return join(this.folder, EXPORTS, `${id}.tar`);
  }

  /** Whether the bytes of a file are there. */
  async has(id: string): Promise<boolean> {
    return (await stat(this.pathOf(id)).catch(() => null)) !== null;
  }

  /** @throws Refusal STORAGE_FULL where so many more bytes would eat into the reserve. */
  async requireSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize - bytes < this.#reserveBytes) throw storageFull();
  }

  /** A folder for what an upload writes; whatever is left in it goes with it. */
  async openScratch(): Promise<Scratch> {
    const folder = join(this.folder, SCRATCH, randomUUID());
    await mkdir(folder, { recursive: true });
    return {
      path: (name) => join(folder, name),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  }

  /** Puts what was written in its place, for good: it survives a loss of power. */
  async keep(path: string, id: string, rendition: Rendition | 'export'): Promise<void> {
    const place = rendition === 'export' ? this.pathOfExport(id) : this.pathOf(id, rendition);
    await mkdir(dirname(place), { recursive: true });
    await sync(path);
    await rename(path, place);
    await sync(dirname(place));
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      for (const rendition of ['file', 'thumbnail'] as const) {
        await rm(this.pathOf(id, rendition), { force: true });
      }
    }
  }

  /** Ids of files of which something was stored before a moment. */
  async *storedBefore(moment: Date): AsyncGenerator<string> {
    for (const name of await list(this.folder)) {
      if (name === SCRATCH) continue;
      for (const entry of await list(join(this.folder, name))) {
        const id = STORED.exec(entry)?.[1];
        if (id && (await isOlder(join(this.folder, name, entry), moment))) yield id;
      }
    }
  }

  /** Removes what uploads have left that were cut short with their process. */
  async removeScratchBefore(moment: Date): Promise<void> {
    for (const name of await list(join(this.folder, SCRATCH))) {
      const folder = join(this.folder, SCRATCH, name);
      const entries = await list(folder);
      const ages = [folder, ...entries.map((entry) => join(folder, entry))];
      const old = await Promise.all(ages.map((path) => isOlder(path, moment)));
      if (old.every(Boolean)) await rm(folder, { recursive: true, force: true });
    }
  }
}

export interface Scratch extends AsyncDisposable {
  path(name: string): string;
}

/** @throws StartupError where nothing can be written there. */
export async function openStorage(folder: string, reserveBytes: number): Promise<Storage> {
  try {
    await mkdir(join(folder, SCRATCH), { recursive: true, mode: 0o700 });
    await access(join(folder, SCRATCH), constants.W_OK);
  } catch (error) {
    throw new StartupError(
      `Files cannot be kept in ${folder} (${(error as NodeJS.ErrnoException).code}): let Parley ` +
        'write there, or set DATA_DIR to a folder in which it may.',
    );
  }
  return new Storage(folder, reserveBytes);
}

/** The disk's own words for being full, also by a quota, as a refusal; any other error as it is. */
export function refuseIfFull(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  // Libraries that write files themselves leave only the words.
  const isFull = ['ENOSPC', 'EDQUOT'].includes(code ?? '') || /no space left/i.test(message ?? '');
  return isFull ? storageFull() : error;
}

function storageFull(): Refusal {
  return new Refusal(
    'STORAGE_FULL',
    'There is no room left for files on the server. Tell whoever runs it.',
  );
}

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}

/** What is gone meanwhile is somebody else's to remove. */
async function isOlder(path: string, moment: Date): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtime < moment;
}
