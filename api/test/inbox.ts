/** An inbox as clients see it: read once, or followed over WebSocket. */
import { connect, run } from './client.ts';
import { createSignals } from './signals.ts';

const PENDING =
  'invitations { roomId room { name icon } invitedBy { id } } joinRequests { room { id } text }';
const STATE = `rooms { ...Entry } drafts { roomId threadId body } ${PENDING}`;
const FRAGMENT = `fragment Entry on InboxRoom {
  room { id name icon visibility archivedAt } isFavourite position joinRequestCount unreadCount mentionCount readCursor notificationLevel mutedUntil
  lastMessage { body author { username } }
}`;
const QUERY = `query { inbox { ${STATE} } } ${FRAGMENT}`;
const SUBSCRIPTION = `subscription { inbox {
  ... on InboxOpened { state { ${STATE} } }
  ... on InboxRoomChanged { entry { ...Entry } }
  ... on InboxRoomRemoved { roomId }
  ... on InboxPendingChanged { ${PENDING} }
  ... on InboxDraftChanged { roomId threadId draft { body } }
} } ${FRAGMENT}`;

export interface WatchedEntry {
  room: { id: string; name: string; icon: string | null; archivedAt: string | null };
  isFavourite: boolean;
  position: number | null;
  joinRequestCount: number;
  unreadCount: number;
  mentionCount: number;
  readCursor: string;
  lastMessage: { body: string } | null;
}

interface Pending {
  invitations: { roomId: string; room: { name: string }; invitedBy: { id: string } }[];
  joinRequests: { room: { id: string }; text: string }[];
}

interface State extends Pending {
  rooms: WatchedEntry[];
  drafts: { roomId: string; threadId: string | null; body: string }[];
}

/** What an inbox shows. */
export class ShownInbox {
  readonly rooms = new Map<string, WatchedEntry>();
  /** By the id of the thread's first message, or of the room. */
  readonly drafts = new Map<string, string>();
  /** The rooms that it was told are in it no more. */
  readonly removed = new Set<string>();

  pending: Pending = { invitations: [], joinRequests: [] };

  open({ rooms, drafts, invitations, joinRequests }: State): this {
    this.pending = { invitations, joinRequests };
    this.rooms.clear();
    this.drafts.clear();
    for (const entry of rooms) this.rooms.set(entry.room.id, entry);
    for (const { roomId, threadId, body } of drafts) this.drafts.set(threadId ?? roomId, body);
    return this;
  }

  change(event: any): void {
    if (event.state) this.open(event.state);
    else if (event.invitations) this.pending = event;
    else if (event.entry) this.rooms.set(event.entry.room.id, event.entry);
    else if (event.draft) this.drafts.set(event.threadId ?? event.roomId, event.draft.body);
    else if (event.draft === null) this.drafts.delete(event.threadId ?? event.roomId);
    else if (this.removed.add(event.roomId)) this.rooms.delete(event.roomId);
  }

  /** All of it, as two of them are compared. */
  get inOrder(): string[] {
    const lines = [
      ...[...this.rooms.values()].map((entry) => JSON.stringify(entry)),
      ...[...this.drafts].map((draft) => JSON.stringify(draft)),
      JSON.stringify(this.pending),
    ];
    return lines.sort();
  }
}

/** The inbox as it is now. */
export async function loadInbox(url: string, token: string): Promise<ShownInbox> {
  const { inbox } = await run<{ inbox: State }>(url, QUERY, {}, token);
  return new ShownInbox().open(inbox);
}

/** Follows the inbox of whoever has that token, and keeps what it is told. */
export function watchInbox(url: string, token: string) {
  const client = connect(url, token);
  const signals = createSignals();
  const shown = new ShownInbox();
  let events = 0;
  let cuts = 0;
  let error: unknown = null;
  client.subscribe<{ inbox: any }>(
    { query: SUBSCRIPTION },
    {
      next({ data, errors }) {
        if (errors) error = errors;
        events++;
        if (data) shown.change(data.inbox);
        signals.tell();
      },
      error: (cause) => signals.fail(cause),
      complete: () => signals.fail(new Error('The inbox has ended.')),
    },
  );
  return {
    shown,
    rooms: shown.rooms,
    drafts: shown.drafts,
    signals,
    get events() {
      return events;
    },
    get error() {
      return error;
    },
    get cuts() {
      return cuts;
    },
    unread: (roomId: string) => shown.rooms.get(roomId)?.unreadCount,
    /** Cuts the connection off without a word; it comes back. */
    cut() {
      const socket = client.sockets.at(-1);
      if (socket?.readyState !== socket?.OPEN) return;
      socket!.terminate();
      cuts++;
    },
    async [Symbol.asyncDispose]() {
      await client.dispose();
    },
  };
}
