/** An inbox as a client over WebSocket sees it. */
import { connect } from './client.ts';
import { createSignals } from './signals.ts';

const DOCUMENT = `subscription { inbox {
  ... on InboxOpened { state { rooms { ...Entry } drafts { roomId body } } }
  ... on InboxRoomChanged { entry { ...Entry } }
  ... on InboxRoomRemoved { roomId }
  ... on InboxDraftChanged { roomId draft { body } }
} }
fragment Entry on InboxRoom {
  room { id name } unreadCount mentionCount readCursor lastMessage { body author { username } }
}`;

export interface WatchedEntry {
  room: { id: string; name: string };
  unreadCount: number;
  mentionCount: number;
  readCursor: string;
  lastMessage: { body: string } | null;
}

/** Follows the inbox of whoever has that token, and keeps what it is told. */
export function watchInbox(url: string, token: string) {
  const client = connect(url, token);
  const signals = createSignals();
  const rooms = new Map<string, WatchedEntry>();
  const drafts = new Map<string, string>();
  let events = 0;
  let error: unknown = null;
  client.subscribe<{ inbox: any }>(
    { query: DOCUMENT },
    {
      next({ data, errors }) {
        if (errors) error = errors;
        const event = data?.inbox;
        events++;
        if (event?.state) {
          rooms.clear();
          drafts.clear();
          for (const entry of event.state.rooms) rooms.set(entry.room.id, entry);
          for (const { roomId, body } of event.state.drafts) drafts.set(roomId, body);
        } else if (event?.entry) rooms.set(event.entry.room.id, event.entry);
        else if (event?.draft) drafts.set(event.roomId, event.draft.body);
        else if (event?.draft === null) drafts.delete(event.roomId);
        else rooms.delete(event.roomId);
        signals.tell();
      },
      error: (cause) => signals.fail(cause),
      complete: () => signals.fail(new Error('The inbox has ended.')),
    },
  );
  return {
    rooms,
    drafts,
    signals,
    get events() {
      return events;
    },
    get error() {
      return error;
    },
    unread: (roomId: string) => rooms.get(roomId)?.unreadCount,
    async [Symbol.asyncDispose]() {
      await client.dispose();
    },
  };
}
