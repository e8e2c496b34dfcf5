/**
 * What one person has before them, on one process, for all their screens there: their rooms and threads
 * with what is unread in them, their drafts, and what is pending. It hears of the person's own changes on the bus before it reads anything;
 * what each part does to be what the database would give is told there. Screens are told which names have changed, the
 * first time at once and then at most every `pauseMs`, and show them as they are when they get to it: nothing
 * grows but by the number of things. Ends with its last screen.
 */
import type { Draft } from '../generated/prisma/client.ts';
import type { PersonHint } from '../live/bus.ts';
import { InboxDrafts } from './inbox-drafts.ts';
import type { InboxParts } from './inbox-parts.ts';
import { InboxPending, type Pending } from './inbox-pending.ts';
import { type InboxRoom, InboxRooms } from './inbox-rooms.ts';
import { type InboxChange, type InboxName, InboxScreen, nameIn } from './inbox-screen.ts';
import { InboxThreads } from './inbox-threads.ts';
import type { RoomWatch, Watcher } from './room-watch.ts';
import { type FollowedThread, threadKey } from './thread-unread.ts';

/** All of an inbox. */
export interface InboxState {
  /** As they are listed. */
  rooms: InboxRoom[];
  /** Those with something unread. */
  threads: FollowedThread[];
  drafts: Draft[];
  pending: Pending;
}

export interface InboxOptions {
  takeWatch: (roomId: string, watcher: Watcher) => RoomWatch;
  /** How long screens are told nothing after they have been told something. */
  pauseMs: () => number;
  onEnd: () => void;
}

export class Inbox {
  readonly userId: string;
  readonly rooms: InboxRooms;
  readonly threads: InboxThreads;
  readonly drafts: InboxDrafts;
  readonly pending: InboxPending;
  readonly #parts: InboxParts;
  readonly #options: InboxOptions;
  readonly #screens = new Set<InboxScreen>();
  readonly #stopListening: () => void;
  #opening: Promise<unknown> | null = null;
  #changed = new Set<InboxName>();
  #pause: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(parts: InboxParts, userId: string, options: InboxOptions) {
    this.#parts = parts;
    this.userId = userId;
    this.#options = options;
    const tell = (kind: 'room' | 'thread' | 'draft') => (name: string) =>
      this.#touch(`${kind}:${name}`);
    this.threads = new InboxThreads(parts, userId, tell('thread'));
    this.drafts = new InboxDrafts(parts, userId, tell('draft'));
    this.pending = new InboxPending(parts, userId, () => this.#touch('pending:'));
    this.rooms = new InboxRooms(parts, userId, {
      takeWatch: options.takeWatch,
      tell: tell('room'),
      onReply: (key) => this.#try(this.threads.touch(key)),
      // Of another history, say: every screen begins anew.
      onLoss: () => this.reload(),
    });
    this.#stopListening = parts.bus.listen(`user:${userId}`, (hint) => this.#hear(hint));
  }

  /** A screen that is shown all of it first. @throws whatever the database throws. */
  async enter(): Promise<InboxScreen> {
    const screen = new InboxScreen(this);
    this.#screens.add(screen);
    screen.onEnd(() => this.#leave(screen));
    this.#opening ??= Promise.all(this.#loaded.map((part) => part.load()));
    try {
      await this.#opening;
    } catch (error) {
      this.#opening = null;
      await screen.return();
      throw error;
    }
    return screen;
  }

  get state(): InboxState {
    return {
      rooms: this.rooms.all,
      threads: this.threads.all,
      drafts: this.drafts.all,
      pending: this.pending.all,
    };
  }

  get #loaded() {
    return [this.rooms, this.threads, this.drafts, this.pending];
  }

  /** How something stands that has changed. */
  read(name: InboxName): InboxChange {
    if (name === 'pending:') return { kind: 'PENDING_CHANGED', pending: this.pending.all };
    const key = nameIn(name);
    if (name.startsWith('room:')) {
      const entry = this.rooms.get(key);
      return entry ? { kind: 'ROOM_CHANGED', entry } : { kind: 'ROOM_REMOVED', roomId: key };
    }
    const place = threadKey(key);
    return name.startsWith('thread:')
      ? { kind: 'THREAD_CHANGED', place, thread: this.threads.get(key) }
      : { kind: 'DRAFT_CHANGED', place, draft: this.drafts.get(key) };
  }

  /** Something may have been missed: everything is read again. */
  reload(): void {
    if (this.#isOver) return;
    for (const part of this.#loaded) this.#try(part.load());
  }

  /** The database has told the sweep how the person stands to all their threads. */
  compareThreads(print: string): void {
    if (print === this.threads.print || this.#isOver) return;
    this.threads.print = print;
    this.#try(this.threads.load());
  }

  #hear(hint: PersonHint): void {
    if (hint.changed === 'DRAFTS') this.#try(this.drafts.load());
    else if (hint.changed === 'PENDING') this.#try(this.pending.load());
    else if (hint.changed === 'THREAD') this.#try(this.threads.touch(hint));
    else if (hint.changed === 'PLACE') this.rooms.recount(hint.roomId);
    // Threads and drafts go and come with the rooms that they are in.
    else this.reload();
  }

  #touch(name: InboxName): void {
    this.#changed.add(name);
    // The first at once: what one turn brings goes together.
    if (this.#pause || this.#isOver) return;
    this.#pause = setTimeout(() => this.#flush(), 0).unref();
  }

  #flush(): void {
    this.#pause = null;
    if (this.#changed.size === 0) return;
    for (const screen of this.#screens) screen.tell(this.#changed);
    this.#changed = new Set();
    this.#pause = setTimeout(() => this.#flush(), this.#options.pauseMs()).unref();
  }

  close(): void {
    for (const screen of this.#screens) void screen.return();
  }

  #leave(screen: InboxScreen): void {
    this.#screens.delete(screen);
    if (this.#screens.size > 0 || this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    if (this.#pause) clearTimeout(this.#pause);
    this.rooms.close();
    this.#options.onEnd();
  }

  /** The sweep asks again. */
  #try(reading: Promise<void>): void {
    reading.catch((error: unknown) => {
      this.#parts.log.warn({ err: error, userId: this.userId }, 'An inbox could not be read');
    });
  }
}
