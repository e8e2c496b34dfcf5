/** What is made of what the server pushes. */

/** What the server sends; more kinds may come. */
export type Push = MessagePush | ReadPush | { kind: 'TEST' };

export interface MessagePush {
  kind: 'MESSAGE';
  roomId: string;
  slug: string;
  /** Of direct messages, the names of the others. */
  room: string;
  isDirect?: boolean;
  author: string;
  text: string;
  seq: number;
  /** Of what was said in a thread only, its id. */
  messageId?: string;
  /** How many messages there are to tell of, this one the newest. */
  count: number;
  /** It takes the place of one that was deleted, and is no news. */
  isQuiet?: boolean;
}

/** What was read on another device, up to that message. */
export interface ReadPush {
  kind: 'READ';
  roomId: string;
  seq: number;
}

export interface Notice {
  title: string;
  options: NotificationOptions & { renotify?: boolean; data: NoticeData };
}

/** What a notification has with it. */
export interface NoticeData {
  /** Where a click leads. */
  path: string;
  seq?: number;
}

/** In colours where there is room, and as a silhouette where there is none. */
const PICTURES = { icon: '/icons/192.png', badge: '/icons/badge.png' } as const;

export const TEST_NOTICE: Notice = {
  title: 'Notifications arrive',
  options: {
    ...PICTURES,
    body: 'This is how Parley tells you of messages.',
    tag: 'test',
    data: { path: '/settings' },
  },
};

/** A room has one: a newer one takes its place, and says so again. */
export function noticeOf(push: MessagePush): Notice {
  const { roomId, slug, text, seq, messageId, count, isQuiet = false } = push;
  const path = `/rooms/${encodeURIComponent(slug)}`;
  const said = text || 'Sent a file';
  return {
    title: titleOf(push),
    options: {
      ...PICTURES,
      body: count > 1 ? `${said}\n${count} new messages` : said,
      tag: roomId,
      renotify: !isQuiet,
      silent: isQuiet,
      data: { path: messageId ? `${path}/m/${encodeURIComponent(messageId)}` : path, seq },
    },
  };
}

function titleOf({ room, author, isDirect, messageId }: MessagePush): string {
  if (!isDirect) return messageId ? `${author} in a thread of #${room}` : `${author} in #${room}`;
  if (messageId) return `${author} in a thread`;
  return room === author ? author : `${author} to you and others`;
}

/** Whether somebody looks at that place already. */
export function isLookedAt(path: string, windows: readonly WindowState[]): boolean {
  return windows.some(({ focused, url }) => focused && new URL(url).pathname === path);
}

export interface WindowState {
  focused: boolean;
  url: string;
}

/** Whether a notification of a room tells of nothing past what was read. */
export const isRead = ({ seq = 0 }: NoticeData, read: ReadPush): boolean => seq <= read.seq;
