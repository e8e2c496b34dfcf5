import type { App } from '../app.ts';

/** What of an app its inboxes are made of. */
export type InboxParts = Pick<
  App,
  'db' | 'bus' | 'feeds' | 'unread' | 'threads' | 'threadFollowers' | 'roomGists' | 'log'
>;
