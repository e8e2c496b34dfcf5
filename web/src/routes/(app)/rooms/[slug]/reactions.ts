import type { TimelineMessageFragment } from '#lib/graphql/generated/graphql.ts';
import { reactionKey } from '#lib/state/pending-change.ts';

/** A reaction as it is shown, with what the viewer wants of it already done. */
export interface ShownReaction {
  emoji: string;
  count: number;
  isOwn: boolean;
  /** Who, in a sentence. */
  who: string;
}

type Message = Pick<TimelineMessageFragment, 'id' | 'reactions'>;

/** @param wanted the reactions of the viewer's that are on their way */
export function shownReactions(
  { id, reactions }: Message,
  wanted: ReadonlyMap<string, boolean>,
  viewerId: string,
): ShownReaction[] {
  const shown: ShownReaction[] = [];
  for (const { emoji, count, users, viewerHasReacted } of reactions) {
    const isOwn = wanted.get(reactionKey(id, emoji)) ?? viewerHasReacted;
    const others = count - Number(viewerHasReacted);
    if (others === 0 && !isOwn) continue;
    const names = users.filter((user) => user.id !== viewerId).map((user) => user.displayName);
    shown.push({ emoji, count: others + Number(isOwn), isOwn, who: nameAll(isOwn, names, others) });
  }
  const prefix = reactionKey(id, '');
  for (const [key, on] of wanted) {
    const emoji = key.slice(prefix.length);
    if (!on || !key.startsWith(prefix) || reactions.some((group) => group.emoji === emoji))
      continue;
    shown.push({ emoji, count: 1, isOwn: true, who: nameAll(true, [], 0) });
  }
  return shown;
}

/** You, Ann, Bob and 3 others */
function nameAll(isOwn: boolean, names: readonly string[], others: number): string {
  const unnamed = others - names.length;
  const all = [...(isOwn ? ['You'] : []), ...names];
  if (unnamed > 0) all.push(unnamed === 1 ? '1 other' : `${unnamed} others`);
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(all);
}
