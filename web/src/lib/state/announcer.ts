/**
 * Tells of messages while a page of the app is open and nobody looks at it: by a sound, and by a notification where
 * none is pushed. It waits a moment, by when whoever reads along on another screen has read; of several tabs
 * the one that takes the lock tells.
 */
import type { InboxRoomFragment, InboxThreadFragment } from '#lib/graphql/generated/graphql.ts';
import { excerptOf } from '../../../../text/excerpt.ts';
import { type MessagePush, noticeOf } from '../../service-worker/notice.ts';
import type { TitledRoom } from './room-title.ts';
import { chime } from './chime.ts';
import type { Notifications } from './notifications.svelte.ts';

const WAIT_MS = 1_500;
/** By then every tab has heard of it. */
const LOCK_MS = 5_000;

export interface AnnouncerParts {
  notifications: Notifications;
  userId: string;
  isBlocked(userId: string): boolean;
  titleOf(room: TitledRoom): string;
  /** As the inbox has it now. */
  roomOf(roomId: string): InboxRoomFragment | undefined;
  /** Likewise, by the id of its first message. */
  threadOf(messageId: string): InboxThreadFragment | undefined;
  mayDisturb(): boolean;
}

/** Gives what is called with a room of the inbox, and with a thread, before and after it changed. */
export function createAnnouncer(parts: AnnouncerParts) {
  const { notifications, userId, isBlocked, titleOf, roomOf, threadOf, mayDisturb } = parts;
  return {
    roomChanged(before: InboxRoomFragment | undefined, after: InboxRoomFragment): void {
      if (!notifications.isEnabled) return;
      const { room, lastMessage } = after;
      if (!hasNews(after)) void notifications.close(room.id);
      else if (before && wasTakenBack(before, after)) {
        void notifications.close(room.id, { past: lastMessage?.seq ?? 0 });
      } else if (before && concerns(before, after, (id) => id === userId || isBlocked(id))) {
        setTimeout(() => void tellRoom(room.id), WAIT_MS);
      }
    },
    threadChanged(before: InboxThreadFragment | undefined, after: InboxThreadFragment): void {
      if (!notifications.isEnabled || after.unreadCount <= (before?.unreadCount ?? 0)) return;
      const room = roomOf(after.message.room.id);
      if (room && mayTell(room)) setTimeout(() => void tellThread(after.message.id), WAIT_MS);
    },
  };

  async function tellRoom(roomId: string): Promise<void> {
    const entry = roomOf(roomId);
    if (!entry || !isUnread(entry)) return;
    const { room, lastMessage, unreadCount, mentionCount } = entry;
    const name = `${roomId}:${lastMessage?.seq}:${mentionCount}`;
    // What is shown is what was said last; of the blocked nothing is.
    if (!lastMessage || isBlocked(lastMessage.author.id)) return tell(name, null);
    const { seq, body, author } = lastMessage;
    const count = Math.max(unreadCount, mentionCount);
    const about = { roomId, author: author.displayName, ...placeOf(room) };
    await tell(name, { kind: 'MESSAGE', ...about, text: excerptOf(body), seq, count });
  }

  async function tellThread(messageId: string): Promise<void> {
    const thread = threadOf(messageId);
    if (!thread) return;
    const { message, unreadCount: count } = thread;
    const { seq, body, room } = message;
    const about = { roomId: room.id, author: 'New reply', ...placeOf(room) };
    const push = {
      kind: 'MESSAGE',
      ...about,
      messageId,
      text: excerptOf(body),
      seq,
      count,
    } as const;
    await tell(`${messageId}:${message.lastReplyAt}`, push);
  }

  function placeOf(room: TitledRoom & { slug: string }) {
    const isDirect = room.kind === 'DIRECT';
    return { slug: room.slug, room: titleOf(room), ...(isDirect && { isDirect }) };
  }

  /** @param name the same in all tabs */
  async function tell(name: string, message: MessagePush | null): Promise<void> {
    if (document.hasFocus() || !mayDisturb()) return;
    await navigator.locks.request(`parley:told:${name}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      chime();
      if (!notifications.hasPush && message) await notifications.show(noticeOf(message));
      await new Promise((resolve) => setTimeout(resolve, LOCK_MS));
    });
  }
}

const isUnread = ({ unreadCount, mentionCount }: InboxRoomFragment) =>
  unreadCount + mentionCount > 0;

/** Whether anything is unread of which this room notifies. */
export function hasNews({
  notificationLevel,
  unreadCount,
  mentionCount,
}: InboxRoomFragment): boolean {
  if (notificationLevel === 'NOTHING') return false;
  return mentionCount > 0 || (notificationLevel === 'ALL' && unreadCount > 0);
}

/** Whether what was said last is no more. */
export function wasTakenBack(before: InboxRoomFragment, after: InboxRoomFragment): boolean {
  return (after.lastMessage?.seq ?? 0) < (before.lastMessage?.seq ?? 0);
}

/** Whether something came that this room notifies of; `isNoNews` is whose messages are none. */
export function concerns(
  before: InboxRoomFragment,
  after: InboxRoomFragment,
  isNoNews: (authorId: string) => boolean,
): boolean {
  const { notificationLevel, lastMessage } = after;
  if (!mayTell(after)) return false;
  if (after.mentionCount > before.mentionCount) return true;
  if (notificationLevel !== 'ALL' || !lastMessage || isNoNews(lastMessage.author.id)) return false;
  return lastMessage.seq > (before.lastMessage?.seq ?? 0);
}

function mayTell({ notificationLevel, mutedUntil }: InboxRoomFragment): boolean {
  const isMuted = mutedUntil !== null && new Date(mutedUntil) > new Date();
  return !isMuted && notificationLevel !== 'NOTHING';
}
