/**
 * Group commit. Messages that are posted at the same time are written together, in one statement and
 * so in one transaction: a busy room costs commits, and not messages. A message that may not be
 * written does not hold up its neighbours.
 */
import { Batch } from '../batch.ts';
import type { Db } from '../db.ts';
import type { User } from '../generated/prisma/client.ts';
import type { Bus } from '../live/bus.ts';
import type { LoggedMessage } from '../live/log.ts';
import type { Mentions } from './mention.ts';
import { POST, POST_REPLIES } from './posting-statement.ts';

export interface NewMessage extends Mentions {
  roomId: string;
  author: User;
  body: string;
  idempotencyKey: string;
  /** The numbers of the message that it quotes and of the one in whose thread it is. */
  replyToSeq: number | null;
  threadSeq: number | null;
  /** Whether the room's history has it. */
  inRoom: boolean;
  /** Files to be sent with it, in their order. */
  fileIds: readonly string[];
  fileCount: number;
  /** Whether the author has waited as long as the room's slow mode wants (`pace.ts`). */
  hasWaited?: boolean;
}

/** Null where nothing was written: the author may not post, the key has been used, or a file is not to be had. */
export type Posting = Batch<NewMessage, LoggedMessage | null>;

/** Messages of one transaction. */
const GROUP_SIZE = 100;
/** Transactions at once: while one waits for the disk, the next one gathers. */
const LANES = 2;

export function createPosting(db: Db, bus: Bus): Posting {
  return new Batch({
    ask: (messages) => insert(db, bus, messages),
    size: GROUP_SIZE,
    lanes: LANES,
    keyOf: ({ roomId }) => roomId,
  });
}

type Answers = (LoggedMessage | null | Promise<LoggedMessage | null>)[];

async function insert(db: Db, bus: Bus, messages: NewMessage[]): Promise<Answers> {
  // Of two messages that want the same file the first one gets it.
  if (messages.length > 1 && wantTheSame(messages)) return insertEach(db, bus, messages);
  try {
    return await insertTogether(db, bus, messages);
  } catch (error) {
    if (!isOwnFault(error)) throw error;
    if (messages.length > 1) return insertEach(db, bus, messages);
    // The same key at the same time: the other one has committed, and this one took no number.
    if (isKeyUsed(error)) return [null];
    throw error;
  }
}

/** One at a time, which keeps their order, so that one's fault is only its own. */
async function insertEach(db: Db, bus: Bus, messages: NewMessage[]): Promise<Answers> {
  const answers: Answers = [];
  for (const message of messages) {
    const answer = insert(db, bus, [message]).then(([posted]) => posted!);
    await answer.catch(() => {});
    answers.push(answer);
  }
  return answers;
}

interface Row {
  /** In the group, from 1. */
  place: number;
  seq: number;
  at: Date;
  had_draft: boolean;
}

async function insertTogether(
  db: Db,
  bus: Bus,
  messages: NewMessage[],
): Promise<(LoggedMessage | null)[]> {
  const posted = new Map<NewMessage, LoggedMessage>();
  const group = withoutRepetitions(messages);
  const column = <T>(read: (message: NewMessage) => T) => group.map(read);
  await db.commitStatement<Row>(
    {
      ...(group.some(({ threadSeq }) => threadSeq !== null) ? POST_REPLIES : POST),
      values: [
        column(({ roomId }) => roomId),
        column(({ author }) => author.id),
        column(({ idempotencyKey }) => idempotencyKey),
        column(({ body }) => body),
        column(({ replyToSeq }) => replyToSeq),
        column(({ threadSeq }) => threadSeq),
        column(({ inRoom }) => inRoom),
        // An array of arrays must have all of one length: these travel as text.
        column(({ mentionedIds }) => `{${mentionedIds.join()}}`),
        column(({ mentionScope }) => mentionScope),
        column(({ fileIds }) => (fileIds.length > 0 ? `{${fileIds.join()}}` : null)),
        column(({ fileCount }) => fileCount),
        column(({ hasWaited }) => hasWaited ?? false),
      ],
    },
    (rows) => {
      for (const { place, seq, at: createdAt, had_draft: hadDraft } of rows) {
        const posting = group[place - 1]!;
        const message: LoggedMessage = { ...posting, ...FRESH, seq, createdAt };
        posted.set(posting, message);
        const { roomId, author: actor } = message;
        const event = { kind: 'MESSAGE_POSTED', roomId, seq, actor, createdAt, message } as const;
        bus.publish(`room:${roomId}`, { seq, event });
        if (hadDraft) bus.publish(`user:${actor.id}`, { changed: 'DRAFTS' });
      }
    },
  );
  return messages.map((message) => posted.get(message) ?? null);
}

const FRESH = {
  isFresh: true,
  editedAt: null,
  deletedAt: null,
  replyCount: 0,
  lastReplyAt: null,
  lastReplierIds: [],
  pinnedAt: null,
  pinnedById: null,
} as const satisfies Partial<LoggedMessage>;

/** A key that comes twice in a group has been used when its second message is looked at. */
function withoutRepetitions(messages: NewMessage[]): NewMessage[] {
  const keys = new Set<string>();
  return messages.filter(
    ({ author, idempotencyKey }) => keys.size < keys.add(`${author.id} ${idempotencyKey}`).size,
  );
}

function wantTheSame(messages: NewMessage[]): boolean {
  const fileIds = messages.flatMap((message) => message.fileIds);
  return new Set(fileIds).size < fileIds.length;
}

interface DatabaseError {
  code?: string;
  constraint?: string;
}

/** SQLSTATE classes of what one message can cause alone: its data, a constraint, a deadlock. */
function isOwnFault(error: unknown): boolean {
  return /^(22|23|40)/.test((error as DatabaseError).code ?? '');
}

function isKeyUsed(error: unknown): boolean {
  const { code, constraint } = error as DatabaseError;
  return code === '23505' && Boolean(constraint?.includes('idempotency_key'));
}
