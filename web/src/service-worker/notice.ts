/** What is made of what the server pushes. */

/** What the server sends; more kinds may come. */
export type Push = MessagePush | ReadPush | { kind: 'TEST' };

export interface MessagePush {
  kind: 'MESSAGE';
  roomId: string;
  slug: string;
  room: string;
  author: string;
  text: string;
  seq: number;
  /** How many messages there are to tell of, this one the newest. */
  count: number;
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

export interface NoticeData {
  /** Where a click leads. */
  path: string;
  seq?: number;
}

export const TEST_NOTICE: Notice = {
  title: 'Notifications arrive',
  options: {
    body: 'This is how Parley tells you of messages.',
    tag: 'test',
    data: { path: '/settings' },
  },
};

/** A room has one: a newer one takes its place, and says so again. */
export function noticeOf({ roomId, slug, room, author, text, seq, count }: MessagePush): Notice {
  const said = text || 'Sent a file';
  return {
    title: `${author} in #${room}`,
    options: {
      body: count > 1 ? `${said}\n${count} new messages` : said,
      tag: roomId,
      renotify: true,
      data: { path: `/rooms/${encodeURIComponent(slug)}`, seq },
    },
  };
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
