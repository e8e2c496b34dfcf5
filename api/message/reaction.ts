import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Batch } from '../batch.ts';
import { select, take, USER } from '../columns.ts';
import type { Db, Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { User } from '../generated/prisma/client.ts';
import { requireEmoji } from '../input.ts';
import type { LoggedMessage } from '../live/log.ts';
import { changeMessage } from './change.ts';
import type { MessageKey } from './key.ts';

/** Different emoji on one message. */
export const EMOJI_PER_MESSAGE = 30;
/** How many of those who reacted are named. */
export const REACTORS = 50;

export interface ReactionInput extends MessageKey {
  emoji: string;
}

/** Those who reacted to a message with the same emoji. */
export interface Reactions extends MessageKey {
  emoji: string;
  count: number;
  /** The first REACTORS, in the order in which they came. */
  users: User[];
}

/**
 * Adds a reaction of the viewer's; nothing happens where it is there.
 * @throws Refusal INVALID_INPUT for what is no emoji, or one too many; NOT_FOUND; FORBIDDEN for those
 * who are no members; CONFLICT where the message was deleted.
 */
export async function addReaction(
  app: App,
  viewer: Viewer,
  { emoji, ...key }: ReactionInput,
): Promise<LoggedMessage> {
  requireEmoji(emoji, { field: 'emoji', noun: 'A reaction' });
  return changeMessage(app, viewer, key, {
    ability: 'react',
    event: { kind: 'REACTION_ADDED', messageSeq: key.seq, data: { emoji } },
    isDue: async (tx, _message, user) => !(await hasReacted(tx, user, { ...key, emoji })),
    async write(tx, _message, user) {
      const others = await tx.reaction.groupBy({ by: 'emoji', where: key });
      if (others.length >= EMOJI_PER_MESSAGE && !others.some((other) => other.emoji === emoji)) {
        throw new Refusal(
          'INVALID_INPUT',
          `A message takes ${EMOJI_PER_MESSAGE} different emoji: use one that is there.`,
          { field: 'emoji' },
        );
      }
      await tx.reaction.create({ data: { ...key, emoji, userId: user.id } });
    },
  });
}

/**
 * Takes a reaction of the viewer's back; nothing happens where there is none.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members; CONFLICT where the message was deleted.
 */
export async function removeReaction(
  app: App,
  viewer: Viewer,
  { emoji, ...key }: ReactionInput,
): Promise<LoggedMessage> {
  return changeMessage(app, viewer, key, {
    ability: 'react',
    event: { kind: 'REACTION_REMOVED', messageSeq: key.seq, data: { emoji } },
    isDue: (tx, _message, user) => hasReacted(tx, user, { ...key, emoji }),
    write: (tx, _message, user) =>
      tx.reaction.deleteMany({ where: { ...key, emoji, userId: user.id } }),
  });
}

async function hasReacted(tx: Tx, user: User, reaction: ReactionInput): Promise<boolean> {
  const { roomId, seq, emoji } = reaction;
  const where = { roomId_seq_emoji_userId: { roomId, seq, emoji, userId: user.id } };
  return (await tx.reaction.findUnique({ where })) !== null;
}

const LOOKUP_SIZE = 1_000;
const LOOKUP_LANES = 4;

/** By message: those of one page, and of all who ask at the same time, are looked up together. */
export type ReactionLookup = Batch<MessageKey, Reactions[]>;

export function createReactionLookup({ pool }: Db): ReactionLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(keys) {
      const { rows } = await pool.query<{ place: number; emoji: string; count: number }>({
        name: 'find-reactions',
        text: `
          SELECT * FROM (
            SELECT asked.place::int, reaction.emoji, ${select('user', USER)},
                   count(*) OVER emoji AS count_all, row_number() OVER ordered AS nth,
                   min(reaction.created_at) OVER emoji AS since
            FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS asked (room_id, seq, place)
            JOIN reaction ON reaction.room_id = asked.room_id AND reaction.seq = asked.seq
            JOIN "user" ON "user".id = reaction.user_id
            WINDOW emoji AS (PARTITION BY asked.place, reaction.emoji),
                   ordered AS (emoji ORDER BY reaction.created_at, reaction.user_id)
          ) each
          WHERE nth <= ${REACTORS}
          ORDER BY place, since, emoji, nth`,
        values: [keys.map(({ roomId }) => roomId), keys.map(({ seq }) => seq)],
      });
      const found = keys.map((): Reactions[] => []);
      for (const row of rows as (Record<string, unknown> & (typeof rows)[number])[]) {
        const list = found[row.place - 1]!;
        const user = take<User>(row, 'user', USER);
        const last = list.at(-1);
        if (last?.emoji === row.emoji) last.users.push(user);
        else {
          const count = Number(row['count_all']);
          list.push({ ...keys[row.place - 1]!, emoji: row.emoji, count, users: [user] });
        }
      }
      return found;
    },
  });
}

/** What a message was reacted to with, by emoji, in the order in which they came. */
export async function listReactions(
  app: App,
  { roomId, seq, isFresh }: LoggedMessage,
): Promise<Reactions[]> {
  return isFresh ? [] : app.reactions.ask({ roomId, seq });
}

/** Whether the viewer is one of those who reacted so. */
export async function viewerHasReacted(
  app: App,
  viewer: Viewer,
  { users, count, ...reaction }: Reactions,
): Promise<boolean> {
  const { user } = loggedIn(viewer);
  if (users.some(({ id }) => id === user.id)) return true;
  return count > users.length && hasReacted(app.db.prisma, user, reaction);
}
