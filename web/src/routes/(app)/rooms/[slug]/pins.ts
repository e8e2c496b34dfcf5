import type { TimelineMessageFragment } from '#lib/graphql/generated/graphql.ts';

type Pinned = Pick<TimelineMessageFragment, 'id' | 'pinnedAt'>;

/** The pinned messages after one of the room's has changed, the latest pin first. */
export function withPin<Message extends Pinned>(
  pins: readonly Message[],
  message: Message,
): Message[] {
  const others = pins.filter(({ id }) => id !== message.id);
  if (!message.pinnedAt) return others;
  return [...others, message].sort((a, b) => (a.pinnedAt! < b.pinnedAt! ? 1 : -1));
}
