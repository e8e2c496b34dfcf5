import type { InboxRoomFragment } from '#lib/graphql/generated/graphql.ts';

export interface ListWish {
  /** The room that is open, which is always listed; undefined on pages without one. */
  openSlug: string | undefined;
  unreadOnly: boolean;
  /** Only what is unread shows of a folded list, in its place. */
  isFolded: boolean;
}

/**
 * What the sidebar lists of the viewer's rooms, which come by name. Where unread ones only are asked for, those that
 * mention the viewer come first, and those that notify of nothing come last.
 */
export function listed(
  rooms: readonly InboxRoomFragment[],
  { openSlug, unreadOnly, isFolded }: ListWish,
): readonly InboxRoomFragment[] {
  if (!unreadOnly && !isFolded) return rooms;
  const shown = rooms.filter((entry) => isUnread(entry) || entry.room.slug === openSlug);
  return unreadOnly ? shown.toSorted((a, b) => urgency(b) - urgency(a)) : shown;
}

const isUnread = ({ unreadCount, mentionCount }: InboxRoomFragment) =>
  unreadCount + mentionCount > 0;

function urgency({ mentionCount, notificationLevel, mutedUntil }: InboxRoomFragment): number {
  if (mentionCount > 0) return 2;
  const isMuted = mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
  return isMuted || notificationLevel === 'NOTHING' ? 0 : 1;
}
