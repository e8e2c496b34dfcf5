/**
 * Exports that people ask for. Asking writes a row and enqueues `write-export`, which any process does; the file lies
 * on the disk that they share until `remove-export` takes it and the row away, which is enqueued with the row, so that
 * whatever fails leaves nothing. How far it has come is in the row, and the bus says when to look; whoever downloads has to
 * have the right to it then, too.
 */
import { rm } from 'node:fs/promises';
import { onServer, roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import { visibleRooms } from '../visibility.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { Export, ExportKind, ExportState, Prisma, Room } from '../generated/prisma/client.ts';
import { enqueue, isToBeDone } from '../jobs.ts';
import { refuseIfFull } from '../upload/storage.ts';
import { type ExportSubject, writeExport } from './export.ts';

/** How long it can be downloaded. */
const TTL_MS = 24 * 60 * 60 * 1000;
/** Of a process that is killed in the middle of it, another one begins anew. */
const ATTEMPTS = 5;
const REMOVE_ATTEMPTS = 25;
const PROGRESS_MS = 500;
const MOST_LISTED = 20;
const UNDER_WAY: ExportState[] = ['WAITING', 'RUNNING'];

export interface ExportInput {
  kind: ExportKind;
  /** Of a room. */
  roomId: string | null;
}

/**
 * Has an export written; where the viewer has asked for the same and it is under way, gives that.
 * @throws Refusal INVALID_INPUT for a room’s without a room; NOT_FOUND; FORBIDDEN for those who may not; RATE_LIMITED.
 */
export async function startExport(app: App, viewer: Viewer, input: ExportInput): Promise<Export> {
  const { user } = loggedIn(viewer);
  if ((input.kind === 'ROOM') !== (input.roomId !== null)) {
    throw new Refusal('INVALID_INPUT', 'A room’s export, and no other, names the room.', {
      field: 'roomId',
    });
  }
  const room = await requireRight(app, viewer, input);
  const same = { ...input, requesterId: user.id };
  if (!(await findUnderWay(app.db.prisma, same))) await app.limits.take('export', user.id);
  return app.db.commit(async (tx) => {
    // Of two who ask at once with one account the second finds what the first has begun.
    await tx.$queryRaw`SELECT FROM "user" WHERE id = ${user.id}::uuid FOR NO KEY UPDATE`;
    // What is the viewer's own is nobody's else to know of.
    if (input.kind === 'SERVER') await recordDeed(tx, viewer, { action: 'SERVER_EXPORTED' });
    else if (room) await recordDeed(tx, viewer, { action: 'ROOM_EXPORTED', room });
    const underWay = await findUnderWay(tx, same);
    if (underWay) return underWay;
    const expiresAt = new Date(Date.now() + TTL_MS);
    const begun = await tx.export.create({ data: { ...same, expiresAt } });
    const { id: exportId } = begun;
    await enqueue(
      tx,
      'write-export',
      { exportId },
      // One at a time, or they would leave no process to do anything else for long.
      { key: writingOf(begun), attempts: ATTEMPTS, queue: 'exports' },
    );
    await enqueue(
      tx,
      'remove-export',
      { exportId },
      { key: `remove-export:${exportId}`, delayMs: TTL_MS, attempts: REMOVE_ATTEMPTS },
    );
    return begun;
  });
}

async function findUnderWay(
  tx: Pick<Tx, 'export' | '$queryRaw'>,
  same: ExportInput & { requesterId: string },
): Promise<Export | null> {
  const found = await tx.export.findFirst({
    where: { ...same, state: { in: UNDER_WAY }, expiresAt: { gt: new Date() } },
    orderBy: { id: 'desc' },
  });
  return found && (await isToBeDone(tx, writingOf(found))) ? found : null;
}

/** Where the process ended in the middle of every try, nobody has said that it failed. */
async function asItStands({ db }: App, found: Export): Promise<Export> {
  if (!UNDER_WAY.includes(found.state)) return found;
  return (await isToBeDone(db.prisma, writingOf(found))) ? found : { ...found, state: 'FAILED' };
}

/** The key of its job. */
const writingOf = ({ id }: Pick<Export, 'id'>) => `write-export:${id}`;

/** One that the viewer has asked for; null where there is none, or no more. */
export async function findExport(app: App, viewer: Viewer, id: string): Promise<Export | null> {
  const { user } = loggedIn(viewer);
  const found = await app.db.prisma.export.findFirst({
    where: { id, requesterId: user.id, expiresAt: { gt: new Date() } },
  });
  return found && asItStands(app, found);
}

/** Those that the viewer has asked for, the latest first. */
export async function listExports(app: App, viewer: Viewer): Promise<Export[]> {
  const { user } = loggedIn(viewer);
  const found = await app.db.prisma.export.findMany({
    where: { requesterId: user.id, expiresAt: { gt: new Date() } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: MOST_LISTED,
  });
  return Promise.all(found.map((one) => asItStands(app, one)));
}

/** The room that it is of; `query` is what Prisma is to do for it. */
export async function findExportedRoom(
  app: App,
  viewer: Viewer,
  { roomId }: Export,
  query: Prisma.RoomFindFirstArgs,
): Promise<Room | null> {
  if (roomId === null) return null;
  const where = { AND: [{ id: roomId }, visibleRooms(viewer)] };
  return app.db.prisma.room.findFirst({ ...query, where });
}

/** One that the viewer may download now; null for any other, whatever the reason. */
export async function findDownload(app: App, viewer: Viewer, id: string): Promise<Export | null> {
  const found = viewer.user && (await findExport(app, viewer, id));
  if (!found || found.state !== 'READY') return null;
  try {
    await requireRight(app, viewer, found);
    return found;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

export const addressOfExport = ({ id }: Pick<Export, 'id'>) => `/exports/${id}.tar`;

/** The job `write-export`. */
export async function writeRequested(
  app: App,
  { exportId: id }: { exportId: string },
  signal: AbortSignal,
): Promise<void> {
  const asked = await app.db.prisma.export.findUnique({ where: { id } });
  if (!asked || asked.state === 'READY' || asked.state === 'FAILED') return;
  const note = async (data: Partial<Export>) => {
    await app.db.prisma.export.updateMany({ where: { id }, data });
    app.bus.publish(`export:${id}`, null);
  };
  await note({ state: 'RUNNING', done: 0n });
  try {
    const bytes = await write(app, asked, signal, note);
    await note({ state: 'READY', done: bytes, total: bytes });
  } catch (error) {
    // The process ends: another one begins anew.
    if (signal.aborted) throw error;
    app.log.warn({ err: error }, 'An export failed');
    await note({ state: 'FAILED' });
  }
}

/** The job `remove-export`. */
export async function removeExport(
  app: App,
  { exportId: id }: { exportId: string },
): Promise<void> {
  await app.db.prisma.export.deleteMany({ where: { id } });
  await rm(app.storage.pathOfExport(id), { force: true });
}

/** Gives how many bytes it had to write. */
async function write(
  app: App,
  asked: Export,
  signal: AbortSignal,
  note: (data: Partial<Export>) => Promise<void>,
): Promise<bigint> {
  await using scratch = await app.storage.openScratch();
  const path = scratch.path('export');
  let total = 0;
  let noted = performance.now();
  let noting = Promise.resolve();
  try {
    await writeExport(app, await subjectOf(app, asked), path, {
      signal,
      async onMeasured(bytes) {
        total = bytes;
        await app.storage.requireSpace(bytes);
        await note({ total: BigInt(bytes) });
      },
      onAdvance({ done }) {
        if (performance.now() - noted < PROGRESS_MS) return;
        noted = performance.now();
        // What cannot be noted is noted by the next, or fails with all else.
        noting = noting.then(() => note({ done: BigInt(done) })).catch(() => {});
      },
    });
    await app.storage.keep(path, asked.id, 'export');
    return BigInt(total);
  } catch (error) {
    throw refuseIfFull(error);
  } finally {
    await noting;
  }
}

async function subjectOf(
  { db }: Pick<App, 'db'>,
  { kind, roomId, requesterId }: Export,
): Promise<ExportSubject> {
  if (kind === 'SERVER') return { kind, subject: null };
  if (kind === 'PERSON') {
    const { id, username } = await db.prisma.user.findUniqueOrThrow({ where: { id: requesterId } });
    return { kind, subject: { id, name: username } };
  }
  const { id, slug } = await db.prisma.room.findUniqueOrThrow({ where: { id: roomId! } });
  return { kind, subject: { id, name: slug } };
}

/** @returns the room, of a room's. @throws Refusal NOT_FOUND, FORBIDDEN */
async function requireRight(
  app: App,
  viewer: Viewer,
  { kind, roomId }: ExportInput,
): Promise<Room | null> {
  if (kind === 'SERVER') onServer(viewer, 'appoint');
  return kind === 'ROOM' ? roomFor(app, viewer, { id: roomId! }, 'export') : null;
}
