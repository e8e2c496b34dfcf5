/**
 * The viewer's rooms with what is unread in them, the threads with news that they follow, and their drafts, as this tab holds them: what the server told at
 * first, and since `follow()` what it tells. Whoever comes back after an interruption is told all of it again, so nothing here is resumed.
 */
import { backoffMs } from '../../../../client/src/backoff.ts';
import type { Api } from '#lib/graphql/api.ts';
import {
  InboxEventsDocument,
  MarkAllReadDocument,
  type DraftFragment,
  type InboxEventsSubscription,
  type InboxRoomFragment,
  type InboxStateFragment,
  type InboxThreadFragment,
  type PendingInvitationFragment,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';

export type DraftPlace = Pick<DraftFragment, 'roomId' | 'threadId'>;

export class Inbox {
  #rooms: ReadonlyMap<string, InboxRoomFragment> = $state.raw(new Map());
  #threads: ReadonlyMap<string, InboxThreadFragment> = $state.raw(new Map());
  #drafts: ReadonlyMap<string, DraftFragment> = $state.raw(new Map());
  /** Favourites first; in each part as they were put, then by name, as people of the reader's language sort. */
  readonly rooms = $derived([...this.#rooms.values()].sort(inOrder));
  readonly directs = $derived(this.rooms.filter(({ room }) => room.kind === 'DIRECT'));
  /** What the viewer is invited to. */
  invitations: readonly PendingInvitationFragment[] = $state.raw([]);
  readonly unreadCount = $derived(sum(this.rooms.map(({ unreadCount }) => unreadCount)));
  readonly mentionCount = $derived(sum(this.rooms.map(({ mentionCount }) => mentionCount)));
  /** Of all threads together. */
  readonly inThreads = $derived({
    unreadCount: sum([...this.#threads.values()].map(({ unreadCount }) => unreadCount)),
    mentionCount: sum([...this.#threads.values()].map(({ mentionCount }) => mentionCount)),
  });
  readonly hasUnread = $derived(
    this.unreadCount + this.mentionCount + this.inThreads.unreadCount > 0,
  );
  /** Called with a room before and after it has changed. */
  onRoomChange: (before: InboxRoomFragment | undefined, after: InboxRoomFragment) => void =
    () => {};
  /** Called with a thread before it changed, where something was unread in it, and after. */
  onThreadChange: (before: InboxThreadFragment | undefined, after: InboxThreadFragment) => void =
    () => {};
  readonly #api: Api;

  constructor(api: Api, state: InboxStateFragment | null) {
    this.#api = api;
    if (state) this.#begin(state);
  }

  room(roomId: string): InboxRoomFragment | undefined {
    return this.#rooms.get(roomId);
  }

  /** A thread with something unread, by the id of its first message. */
  thread(messageId: string): InboxThreadFragment | undefined {
    return this.#threads.get(messageId);
  }

  draft(place: DraftPlace): DraftFragment | undefined {
    return this.#drafts.get(keyOf(place));
  }

  /** The title of a page, with what is unread in front. */
  titled(title: string): string {
    const count = this.unreadCount + this.inThreads.unreadCount;
    return count > 0 ? `(${count}) ${title}` : title;
  }

  async markAllRead(): Promise<void> {
    await this.#api.client.mutation(MarkAllReadDocument, {});
  }

  /** Follows the inbox across any interruption. Gives the function that stops it. */
  follow(): () => void {
    let stopped = false;
    let attempt = 0;
    let subscription: { unsubscribe(): void } | undefined;
    const start = () => {
      if (stopped) return;
      subscription = this.#api.client
        .subscription(InboxEventsDocument, {})
        .subscribe(({ data, error }) => {
          if (error) void recover(refusalOf(error).code);
          else if (data) {
            attempt = 0;
            this.#take(data.inbox);
          }
        });
    };
    const recover = async (code: string) => {
      subscription?.unsubscribe();
      if (code === 'UNAUTHENTICATED') return;
      await this.#api.wakeup?.sleep(backoffMs(attempt++));
      start();
    };
    start();
    return () => {
      stopped = true;
      subscription?.unsubscribe();
    };
  }

  #begin({ rooms, threads, drafts, invitations }: InboxStateFragment): void {
    this.invitations = invitations;
    this.#threads = new Map(threads.map((thread) => [thread.message.id, thread]));
    this.#rooms = new Map(rooms.map((entry) => [entry.room.id, entry]));
    this.#drafts = new Map(drafts.map((draft) => [keyOf(draft), draft]));
  }

  #take(event: InboxEventsSubscription['inbox']): void {
    if (event.__typename === 'InboxOpened') this.#begin(event.state);
    else if (event.__typename === 'InboxRoomChanged') {
      const { entry } = event;
      const before = this.#rooms.get(entry.room.id);
      this.#rooms = new Map(this.#rooms).set(entry.room.id, entry);
      this.onRoomChange(before, entry);
    } else if (event.__typename === 'InboxRoomRemoved') {
      this.#rooms = without(this.#rooms, event.roomId);
    } else if (event.__typename === 'InboxThreadChanged') {
      const { messageId, thread } = event;
      const before = this.#threads.get(messageId);
      if (!thread) this.#threads = without(this.#threads, messageId);
      else {
        this.#threads = new Map(this.#threads).set(messageId, thread);
        this.onThreadChange(before, thread);
      }
    } else if (event.__typename === 'InboxPendingChanged') {
      this.invitations = event.invitations;
    } else if (event.draft) {
      this.#drafts = new Map(this.#drafts).set(keyOf(event), event.draft);
    } else this.#drafts = without(this.#drafts, keyOf(event));
  }
}

function keyOf({ roomId, threadId }: DraftPlace): string {
  return `${roomId} ${threadId ?? ''}`;
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

function inOrder(a: InboxRoomFragment, b: InboxRoomFragment): number {
  if (a.isFavourite !== b.isFavourite) return a.isFavourite ? -1 : 1;
  const places = (a.position ?? Infinity) - (b.position ?? Infinity);
  // Of two that were put nowhere, the difference is no number.
  return places || a.room.name.localeCompare(b.room.name);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
