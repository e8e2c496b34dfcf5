import type { InboxRoomFragment } from '#lib/graphql/generated/graphql.ts';

/** Direct messages as they are listed: in which something was said last first, and before them those that were just opened. */
export function byActivity(directs: readonly InboxRoomFragment[]): InboxRoomFragment[] {
  return directs.toSorted((a, b) => lastOf(b) - lastOf(a));
}

const lastOf = ({ lastMessage }: InboxRoomFragment) =>
  lastMessage ? Date.parse(lastMessage.createdAt) : Number.POSITIVE_INFINITY;
