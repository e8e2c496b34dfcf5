/** What somebody has begun to write, kept for all their screens until it is sent. */
import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { Draft } from '../generated/prisma/client.ts';
import { requireText } from '../input.ts';
import { findMessage } from '../message/history.ts';

/** Twice what a message may have: it may have to be cut yet. */
const DRAFT_MAX_LENGTH = 16_000;
/** The latest; older ones are kept, and found in their rooms. */
export const DRAFTS_LISTED = 100;

/** Where a draft is: a room, or the thread of one of its messages. */
export interface DraftPlace {
  roomId: string;
  /** The number of any message of the thread; null for the room itself. */
  thread: number | null;
}

/**
 * Keeps what the viewer has begun to write there in place of what was kept; an empty text is none.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for those who are no members.
 */
export async function saveDraft(
  app: App,
  viewer: Viewer,
  { body, ...place }: DraftPlace & { body: string },
): Promise<Draft | null> {
  const { user } = loggedIn(viewer);
  const { roomId } = place;
  const isBlank = body.trim() === '';
  if (!isBlank) requireText(body, { field: 'body', noun: 'draft', maxLength: DRAFT_MAX_LENGTH });
  await roomFor(app, viewer, { id: roomId }, 'post');
  const key = { userId: user.id, roomId, threadSeq: await findThread(app, viewer, place) };
  return app.db.commit(async (tx, afterCommit) => {
    afterCommit(() => app.bus.publish(`user:${user.id}`, { changed: 'DRAFTS' }));
    if (isBlank) {
      await tx.draft.deleteMany({ where: key });
      return null;
    }
    const data = { body, updatedAt: new Date() };
    const where = { userId_roomId_threadSeq: key };
    return tx.draft.upsert({ where, create: { ...key, ...data }, update: data });
  });
}

/** What the viewer has begun to write in a room; null where there is nothing. */
export async function findDraft(app: App, viewer: Viewer, roomId: string): Promise<Draft | null> {
  const { user } = loggedIn(viewer);
  const key = { userId: user.id, roomId, threadSeq: 0 };
  return app.db.prisma.draft.findUnique({ where: { userId_roomId_threadSeq: key } });
}

/** The latest drafts of somebody in rooms of theirs, the latest first. */
export async function listDrafts({ db }: Pick<App, 'db'>, userId: string): Promise<Draft[]> {
  return db.prisma.draft.findMany({
    where: { userId, room: { memberships: { some: { userId } } } },
    orderBy: [{ updatedAt: 'desc' }, { roomId: 'asc' }, { threadSeq: 'asc' }],
    take: DRAFTS_LISTED,
  });
}

/** The number of the thread's first message; 0 for the room itself. */
async function findThread(
  app: App,
  viewer: Viewer,
  { roomId, thread }: DraftPlace,
): Promise<number> {
  if (thread === null) return 0;
  const message = await findMessage(app, viewer, { roomId, seq: thread });
  if (message) return message.threadSeq ?? message.seq;
  throw new Refusal('NOT_FOUND', 'There is no such message in this room.', { field: 'threadId' });
}
