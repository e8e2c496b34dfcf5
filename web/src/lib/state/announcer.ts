/**
 * Tells of messages while a page of the app is open and nobody looks at it: by a sound, and by a notification where
 * none is pushed. It waits a moment, by when whoever reads along on another screen has read; of several tabs
 * the one that takes the lock tells.
 */
import type { InboxRoomFragment } from '#lib/graphql/generated/graphql.ts';
import { excerptOf } from '../../../../text/excerpt.ts';
import { noticeOf } from '../../service-worker/notice.ts';
import { chime } from './chime.ts';
import type { Notifications } from './notifications.svelte.ts';

const WAIT_MS = 1_500;
/** By then every tab has heard of it. */
const LOCK_MS = 5_000;

export interface AnnouncerParts {
  notifications: Notifications;
  userId: string;
  /** As the inbox has it now. */
  roomOf(roomId: string): InboxRoomFragment | undefined;
  mayDisturb(): boolean;
}

/** Gives what is called with a room of the inbox before and after it changed. */
export function createAnnouncer({ notifications, userId, roomOf, mayDisturb }: AnnouncerParts) {
  return (before: InboxRoomFragment | undefined, after: InboxRoomFragment): void => {
    if (!notifications.isEnabled) return;
    if (!isUnread(after)) void notifications.close(after.room.id);
    else if (before && concerns(before, after, userId)) {
      setTimeout(() => void tell(after.room.id), WAIT_MS);
    }
  };

  async function tell(roomId: string): Promise<void> {
    const entry = roomOf(roomId);
    if (!entry || !isUnread(entry) || document.hasFocus() || !mayDisturb()) return;
    const { room, lastMessage, unreadCount, mentionCount } = entry;
    const name = `parley:told:${roomId}:${lastMessage?.seq}:${mentionCount}`;
    await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      chime();
      if (!notifications.hasPush && lastMessage) {
        const { seq, body, author } = lastMessage;
        const count = Math.max(unreadCount, mentionCount);
        const about = { roomId, slug: room.slug, room: room.name, author: author.displayName };
        await notifications.show(
          noticeOf({ kind: 'MESSAGE', ...about, text: excerptOf(body), seq, count }),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_MS));
    });
  }
}

const isUnread = ({ unreadCount, mentionCount }: InboxRoomFragment) =>
  unreadCount + mentionCount > 0;

/** Whether something came that this room notifies of. */
export function concerns(
  before: InboxRoomFragment,
  after: InboxRoomFragment,
  userId: string,
): boolean {
  const { notificationLevel, mutedUntil, lastMessage } = after;
  if (mutedUntil && new Date(mutedUntil) > new Date()) return false;
  if (notificationLevel === 'NOTHING') return false;
  if (after.mentionCount > before.mentionCount) return true;
  if (notificationLevel !== 'ALL' || !lastMessage || lastMessage.author.id === userId) return false;
  return lastMessage.seq > (before.lastMessage?.seq ?? 0);
}
