/**
 * The rooms of one person with what is unread in them, as an inbox holds them.
 *
 * Each room's events come from its watch. A message of another one is counted in memory; whatever else may change a
 * count (a place that moved, an edit, a deletion) asks the database, and the answer says at which event of the log
 * it holds: events up to that are in it, and those that came meanwhile and lie past it are counted on top. So the
 * counts are at every moment what the database would count at the events that have been taken in.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { LoggedMessage, RoomEvent } from '../live/log.ts';
import { mentions } from '../message/mention.ts';
import { byPlace } from '../room/order.ts';
import type { InboxParts } from './inbox-parts.ts';
import type { RoomGist } from './room-gist.ts';
import type { RoomWatch, Watcher } from './room-watch.ts';
import type { ThreadKey } from './thread-unread.ts';
import type { Counts } from './unread.ts';

/** A room in somebody's list. */
export interface InboxRoom extends RoomGist {
  counts: Counts;
}

interface Entry {
  watch: RoomWatch;
  counts: Counts;
  /** Events that came while the database counts; null while it does not. */
  missed: RoomEvent[] | null;
  /** Whether it has to count again. */
  isStale: boolean;
  /** Whether screens have it in their lists, so that they are to be told when it goes. */
  isShown: boolean;
}

/** Past so many it is quicker to count again. */
const MISSED_LIMIT = 1_000;
const RETRY_MS = 1_000;

export interface InboxRoomsOptions {
  takeWatch: (roomId: string, watcher: Watcher) => RoomWatch;
  /** Is told the id of each room that is other than it was. */
  tell: (roomId: string) => void;
  /** Something has happened in a thread that the person follows. */
  onReply: (key: ThreadKey) => void;
  /** A room is watched no more. */
  onLoss: () => void;
}

export class InboxRooms implements Watcher {
  readonly userId: string;
  readonly #parts: InboxParts;
  readonly #options: InboxRoomsOptions;
  readonly #entries = new Map<string, Entry>();
  #isLoading = false;
  #isStale = false;
  #isOver = false;

  constructor(parts: InboxParts, userId: string, options: InboxRoomsOptions) {
    this.#parts = parts;
    this.userId = userId;
    this.#options = options;
  }

  /** As they are listed. */
  get all(): InboxRoom[] {
    return [...this.#entries.values()].filter(isListed).map(show).sort(inOrder);
  }

  /** What the sweep compares with the database. */
  get places(): ({ roomId: string } & Counts)[] {
    return [...this.#entries].map(([roomId, { counts }]) => ({ roomId, ...counts }));
  }

  /** Null where it is not in the list. */
  get(roomId: string): InboxRoom | null {
    const entry = this.#entries.get(roomId);
    return entry && isListed(entry) ? show(entry) : null;
  }

  /** The person's place in a room has moved. */
  recount(roomId: string): void {
    const entry = this.#entries.get(roomId);
    if (entry) void this.#count(entry);
    // It may be in the list that is being read.
    else if (this.#isLoading) this.#isStale = true;
  }

  /** Reads the list of rooms; one reading at a time. @throws whatever the database throws. */
  async load(): Promise<void> {
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

  close(): void {
    this.#isOver = true;
    for (const { watch } of this.#entries.values()) watch.leave(this);
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
    const entry = this.#entries.get(roomId);
    if (entry) this.#tell(entry);
  }

  takeReply({ roomId }: RoomWatch, threadSeq: number): void {
    this.#options.onReply({ roomId, threadSeq });
  }

  lose({ roomId }: RoomWatch): void {
    if (this.#isOver) return;
    this.#entries.delete(roomId);
    this.#options.onLoss();
  }

  #apply(entry: Entry, event: RoomEvent): void {
    const { counts } = entry;
    const isNew = event.seq > counts.seq;
    if (isNew) counts.seq = event.seq;
    switch (event.kind) {
      case 'MESSAGE_POSTED':
        if (isNew) this.#countPosted(entry, event.message);
        return this.#tell(entry);
      case 'MESSAGE_EDITED':
      case 'MESSAGE_DELETED': {
        const { seq, author } = event.message;
        // By now it may be other than it was at the event: only the database knows what it counts for.
        if (isNew && seq > counts.readSeq && author.id !== this.userId) void this.#count(entry);
        else this.#tell(entry);
        return;
      }
      case 'MEMBER_JOINED':
      case 'MEMBER_LEFT':
        if (event.actor.id === this.userId) void this.#count(entry);
        return;
      case 'MEMBER_REMOVED':
        if (event.subject.id === this.userId) void this.#count(entry);
        return;
      case 'MEMBER_ROLE_CHANGED':
        // Those who run the room are told how many reports are open.
        if (event.subject.id === this.userId) void this.#count(entry);
        return;
      case 'MEMBER_TIMED_OUT':
        if (event.subject.id === this.userId) this.#tell(entry);
        return;
      case 'ROOM_RENAMED':
      case 'TOPIC_CHANGED':
      case 'ROOM_CHANGED':
        this.#tell(entry);
    }
  }

  #countPosted({ counts, watch }: Entry, message: LoggedMessage): void {
    const isDirect = watch.gist.room.kind === 'DIRECT';
    counts.isHidden = false;
    if (message.author.id === this.userId) return;
    if (!message.inRoom || counts.blockedIds.includes(message.author.id)) return;
    counts.unread++;
    if (isDirect || mentions(message, this.userId)) counts.mentions++;
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
      this.#entries.set(roomId, { watch, counts, missed: null, isStale: false, isShown: false });
      // Events between its opening and the counting may be past what was counted: once more, with them in mind.
      if (watch.gist.room.lastSeq > counts.seq) await this.#count(this.#entries.get(roomId)!);
      this.#tell(this.#entries.get(roomId)!);
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
        this.#parts.log.warn({ err: error, roomId }, 'A room of an inbox could not be counted');
        entry.isStale = true;
        await sleep(RETRY_MS, null, { ref: false });
      }
    } while (entry.isStale && !this.#isOver);
    const { missed } = entry;
    entry.missed = null;
    this.#tell(entry);
    for (const event of missed) this.take(entry.watch, event);
  }

  #remove(roomId: string): void {
    const entry = this.#entries.get(roomId);
    this.#entries.delete(roomId);
    entry?.watch.leave(this);
    if (entry?.isShown) this.#options.tell(roomId);
  }

  /** Nobody is told of direct messages that others have opened, and in which nothing was said yet. */
  #tell(entry: Entry): void {
    const isHidden = !isListed(entry);
    if (isHidden && !entry.isShown) return;
    entry.isShown = !isHidden;
    this.#options.tell(entry.watch.roomId);
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

const isListed = ({ counts }: Entry) => !counts.isHidden;

/** Favourites first; in each part those that were put somewhere, and then the others by name. */
export function inOrder(a: InboxRoom, b: InboxRoom): number {
  const favourites = Number(b.counts.isFavourite) - Number(a.counts.isFavourite);
  return favourites || byPlace(placed(a), placed(b));
}

const placed = ({ room, counts: { position } }: InboxRoom) => ({ room, position });

/** As it is now: what is in the list goes on changing. */
function show({ watch: { gist }, counts }: Entry): InboxRoom {
  return { ...gist, counts: { ...counts } };
}
