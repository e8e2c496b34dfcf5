import type { Api } from '#lib/graphql/api.ts';
import {
  MarkReadDocument,
  MarkThreadReadDocument,
  MarkThreadUnreadDocument,
  MarkUnreadDocument,
} from '#lib/graphql/generated/graphql.ts';
import type { Inbox } from '#lib/state/inbox.svelte.ts';

/** What is read, a room or a thread, and how the server is told of it. */
export interface ReadingPlace {
  /** By the inbox, which is told of it on all screens. */
  readonly hasUnread: boolean;
  /** Gives whether it got through. */
  markRead(cursor: string): Promise<boolean>;
  markUnread(messageId: string): Promise<unknown>;
}

export function roomToRead({ client }: Api, inbox: Inbox, roomId: string): ReadingPlace {
  return {
    get hasUnread() {
      const entry = inbox.room(roomId);
      return entry !== undefined && entry.unreadCount + entry.mentionCount > 0;
    },
    async markRead(cursor) {
      const input = { roomId, cursor };
      return !(await client.mutation(MarkReadDocument, { input }).toPromise()).error;
    },
    markUnread: (messageId) =>
      client.mutation(MarkUnreadDocument, { input: { messageId } }).toPromise(),
  };
}

/** @param id of the thread's first message */
export function threadToRead({ client }: Api, inbox: Inbox, id: string): ReadingPlace {
  return {
    get hasUnread() {
      return inbox.thread(id) !== undefined;
    },
    async markRead(cursor) {
      const input = { messageId: id, cursor };
      return !(await client.mutation(MarkThreadReadDocument, { input }).toPromise()).error;
    },
    markUnread: (messageId) =>
      client.mutation(MarkThreadUnreadDocument, { input: { messageId } }).toPromise(),
  };
}
