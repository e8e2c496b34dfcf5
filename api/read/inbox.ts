/**
 * One person's rooms with what is unread in them, on one process, for all their screens there.
 *
 * It hears of the person's own changes on the bus before it reads their rooms, and of each room's events
 * from its watch. A message of another one is counted in memory; whatever else may change a count (a place that moved, an
 * edit, a deletion) asks the database, and the answer says at which event of the log it holds: events up to
 * that are in it, and those that came meanwhile and lie past it are counted on top. So the counts are at
 * every moment what the database would count at the events that have been taken in.
 *
 * Screens are told which rooms have changed, the first time at once and then at most every `pauseMs`, and
 * show them as they are when they get to it: nothing grows but by the number of rooms. Ends with its last screen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { Draft } from '../generated/prisma/client.ts';
import type { PersonHint } from '../live/bus.ts';
import type { LoggedMessage, RoomEvent } from '../live/log.ts';
import { mentions } from '../message/mention.ts';
import { listDrafts } from './draft.ts';
import type { InboxParts } from './inbox-parts.ts';
import { InboxScreen } from './inbox-screen.ts';
import type { RoomGist } from './room-gist.ts';
import type { RoomWatch, Watcher } from './room-watch.ts';
import type { Counts } from './unread.ts';

/** A room in somebody's list. */
export interface InboxRoom extends RoomGist {
  counts: Counts;
}

/** All of an inbox, the rooms by name. */
export interface InboxState {
  rooms: InboxRoom[];
  drafts: Draft[];
}

interface Entry {
  watch: RoomWatch;
  counts: Counts;
  /** Events that came while the database counts; null while it does not. */
  missed: RoomEvent[] | null;
  /** Whether it has to count again. */
  isStale: boolean;
}

/** Past so many it is quicker to count again. */
const MISSED_LIMIT = 1_000;
const RETRY_MS = 1_000;

export interface InboxOptions {
  takeWatch: (roomId: string, watcher: Watcher) => RoomWatch;
  /** How long screens are told nothing after they have been told something. */
  pauseMs: () => number;
  onEnd: () => void;
}

export class Inbox implements Watcher {
  readonly userId: string;
  readonly #parts: InboxParts;
  readonly #options: InboxOptions;
  readonly #entries = new Map<string, Entry>();
  #drafts = new Map<string, Draft>();
  readonly #screens = new Set<InboxScreen>();
  readonly #stopListening: () => void;
  #opening: Promise<void> | null = null;
  #isLoading = false;
  #isStale = false;
  #areDraftsStale = false;
  #areDraftsLoading = false;
  #dirtyRooms = new Set<string>();
  #dirtyDrafts = new Set<string>();
  #pause: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(parts: InboxParts, userId: string, options: InboxOptions) {
    this.#parts = parts;
    this.userId = userId;
    this.#options = options;
    this.#stopListening = parts.bus.listen(`user:${userId}`, (hint) => this.#hear(hint));
  }

  /** A screen that is shown all of it first. @throws whatever the database throws. */
  async enter(): Promise<InboxScreen> {
    const screen = new InboxScreen(this, () => this.#leave(screen));
    this.#screens.add(screen);
    this.#opening ??= Promise.all([this.#load(), this.#loadDrafts()]).then(() => {});
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
    const rooms = [...this.#entries.values()].map(show);
    return { rooms: rooms.sort(byName), drafts: [...this.#drafts.values()] };
  }

  /** What the sweep compares with the database. */
  get places(): { roomId: string; readSeq: number }[] {
    return [...this.#entries].map(([roomId, { counts }]) => ({ roomId, readSeq: counts.readSeq }));
  }

  /** Null where it is not in the list. */
  room(roomId: string): InboxRoom | null {
    const entry = this.#entries.get(roomId);
    return entry ? show(entry) : null;
  }

  draft(key: string): Draft | null {
    return this.#drafts.get(key) ?? null;
  }

  /** Something may have been missed: everything is read again. */
  reload(): void {
    void this.#load().catch((error) => this.#warn(error));
    void this.#loadDrafts().catch((error) => this.#warn(error));
  }

  take(watch: RoomWatch, event: RoomEvent): void {
    const entry = this.#entries.get(watch.roomId);
    if (entry?.watch !== watch) return;
    if (!entry.missed) return this.#apply(entry, event);
    entry.missed.push(event);
    if (entry.missed.length <= MISSED_LIMIT) return;
    entry.missed = [];
    entry.isStale = true;
  }

  refresh({ roomId }: RoomWatch): void {
    this.#touch(roomId);
  }

  lose({ roomId }: RoomWatch): void {
    if (this.#isOver) return;
    this.#entries.delete(roomId);
    // Of another history, say: every screen begins anew.
    this.reload();
  }

  #hear(hint: PersonHint): void {
    if (hint.changed === 'DRAFTS') void this.#loadDrafts().catch((error) => this.#warn(error));
    else if (hint.changed === 'ROOMS') void this.#load().catch((error) => this.#warn(error));
    else if (hint.changed === 'PLACE') {
      const entry = this.#entries.get(hint.roomId);
      if (entry) void this.#count(entry);
      // It may be in the list that is being read.
      else if (this.#isLoading) this.#isStale = true;
    }
  }

  #apply(entry: Entry, event: RoomEvent): void {
    const { counts, watch } = entry;
    const isNew = event.seq > counts.seq;
    if (isNew) counts.seq = event.seq;
    switch (event.kind) {
      case 'MESSAGE_POSTED':
        if (isNew) this.#countPosted(counts, event.message);
        return this.#touch(watch.roomId);
      case 'MESSAGE_EDITED':
      case 'MESSAGE_DELETED': {
        const { seq, author } = event.message;
        // By now it may be other than it was at the event: only the database knows what it counts for.
        if (isNew && seq > counts.readSeq && author.id !== this.userId) void this.#count(entry);
        else this.#touch(watch.roomId);
        return;
      }
      case 'MEMBER_JOINED':
      case 'MEMBER_LEFT':
        if (event.actor.id === this.userId) void this.#count(entry);
        return;
      case 'ROOM_RENAMED':
      case 'TOPIC_CHANGED':
        this.#touch(watch.roomId);
    }
  }

  #countPosted(counts: Counts, message: LoggedMessage): void {
    if (message.author.id === this.userId) return;
    if (message.inRoom) counts.unread++;
    if (mentions(message, this.userId)) counts.mentions++;
  }

  /** Reads the list of rooms; one reading at a time. */
  async #load(): Promise<void> {
    if (this.#isLoading) {
      this.#isStale = true;
      return;
    }
    this.#isLoading = true;
    try {
      do {
        this.#isStale = false;
        const ids = new Set(await listJoined(this.#parts, this.userId));
        for (const roomId of this.#entries.keys()) if (!ids.has(roomId)) this.#remove(roomId);
        await Promise.all([...ids].map((roomId) => this.#add(roomId)));
      } while (this.#isStale && !this.#isOver);
    } finally {
      this.#isLoading = false;
    }
  }

  async #add(roomId: string): Promise<void> {
    const known = this.#entries.get(roomId);
    if (known) return this.#count(known);
    if (this.#isOver) return;
    const watch = this.#options.takeWatch(roomId, this);
    try {
      await watch.open();
      const counts = await this.#parts.unread.ask({ userId: this.userId, roomId });
      if (!counts || this.#isOver) return watch.leave(this);
      this.#entries.set(roomId, { watch, counts, missed: null, isStale: false });
      // Events between its opening and the counting may be past what was counted: once more, with them in mind.
      if (watch.gist.room.lastSeq > counts.seq) await this.#count(this.#entries.get(roomId)!);
      this.#touch(roomId);
    } catch (error) {
      watch.leave(this);
      throw error;
    }
  }

  async #count(entry: Entry): Promise<void> {
    if (entry.missed) {
      entry.isStale = true;
      return;
    }
    const { roomId } = entry.watch;
    entry.missed = [];
    do {
      entry.isStale = false;
      try {
        const counts = await this.#parts.unread.ask({ userId: this.userId, roomId });
        if (this.#entries.get(roomId) !== entry) return;
        if (!counts) return this.#remove(roomId);
        entry.counts = counts;
      } catch (error) {
        this.#warn(error);
        entry.isStale = true;
        await sleep(RETRY_MS, null, { ref: false });
      }
    } while (entry.isStale && !this.#isOver);
    const { missed } = entry;
    entry.missed = null;
    this.#touch(roomId);
    for (const event of missed) this.take(entry.watch, event);
  }

  #remove(roomId: string): void {
    const entry = this.#entries.get(roomId);
    this.#entries.delete(roomId);
    entry?.watch.leave(this);
    this.#touch(roomId);
  }

  async #loadDrafts(): Promise<void> {
    this.#areDraftsStale = true;
    if (this.#areDraftsLoading) return;
    this.#areDraftsLoading = true;
    try {
      while (this.#areDraftsStale && !this.#isOver) {
        this.#areDraftsStale = false;
        const before = this.#drafts;
        const drafts = await listDrafts(this.#parts, this.userId);
        this.#drafts = new Map(drafts.map((draft) => [draftKey(draft), draft]));
        for (const key of new Set([...before.keys(), ...this.#drafts.keys()])) {
          const [old, now] = [before.get(key), this.#drafts.get(key)];
          if (old?.updatedAt.getTime() !== now?.updatedAt.getTime()) this.#dirtyDrafts.add(key);
        }
        this.#schedule();
      }
    } finally {
      this.#areDraftsLoading = false;
    }
  }

  #touch(roomId: string): void {
    this.#dirtyRooms.add(roomId);
    this.#schedule();
  }

  /** The first at once: what one turn brings goes together. */
  #schedule(): void {
    if (this.#pause || this.#isOver) return;
    this.#pause = setTimeout(() => this.#flush(), 0).unref();
  }

  #flush(): void {
    this.#pause = null;
    if (this.#dirtyRooms.size === 0 && this.#dirtyDrafts.size === 0) return;
    for (const screen of this.#screens) screen.tell(this.#dirtyRooms, this.#dirtyDrafts);
    this.#dirtyRooms = new Set();
    this.#dirtyDrafts = new Set();
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
    for (const { watch } of this.#entries.values()) watch.leave(this);
    this.#options.onEnd();
  }

  /** The sweep asks again. */
  #warn(error: unknown): void {
    this.#parts.log.warn({ err: error, userId: this.userId }, 'An inbox could not be read');
  }
}

/** The rooms that somebody belongs to, by their ids. */
export async function listJoined({ db }: Pick<App, 'db'>, userId: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>({
    name: 'list-joined',
    text: 'SELECT room_id AS id FROM membership WHERE user_id = $1',
    values: [userId],
  });
  return rows.map(({ id }) => id);
}

const draftKey = ({ roomId, threadSeq }: Pick<Draft, 'roomId' | 'threadSeq'>) =>
  `${roomId}.${threadSeq}`;

const collator = new Intl.Collator();

export function byName({ room: a }: RoomGist, { room: b }: RoomGist): number {
  return collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

/** As it is now: what is in the list goes on changing. */
function show({ watch: { gist }, counts }: Entry): InboxRoom {
  return { ...gist, counts: { ...counts } };
}
