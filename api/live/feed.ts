/**
 * A room's log as it grows, one feed per room and process.
 *
 * It listens to the bus before it reads where the log stands, moves its head only by events that it
 * hands on in order, and reads from the database whatever the hints leave out: so a lost, late or
 * doubled hint costs a read and never an event. `nudge` (from the sweep) makes good for a lost last
 * hint. Whoever is in `live` is offered every event past the head at which they came in.
 *
 * A log that was set back, since its database was restored to an older point, is another history: the
 * feed says so (`onSetBack`) and is closed, and another one takes its place.
 */
import type { Logger } from '../log.ts';
import type { Bus, RoomHint } from './bus.ts';
import type { Epoch } from './history.ts';
import { type Head, type Landmark, LOG_PAGE_SIZE, type LogSource, type RoomEvent } from './log.ts';

/** How long a page that was read serves others: those who come at the same time. */
const PAGE_TTL_MS = 1_000;

/** Whoever stands at the head of the log, waiting for what comes. */
export interface Listener {
  offer(event: RoomEvent): void;
}

export interface FeedDependencies {
  source: LogSource;
  epoch: Epoch;
  bus: Bus;
  log: Logger;
}

/** What a feed knew of its log when the log was asked. */
export interface Standing {
  feed: Feed;
  roomId: string;
  head: number;
  /** The number of `landmark`, which the log is asked for. */
  seq: number;
  landmark: Landmark;
}

export class Feed {
  readonly roomId: string;
  /** The number of the newest event handed on. */
  head = 0;
  readonly live = new Set<Listener>();
  readonly #pages = new Map<string, Promise<RoomEvent[]>>();
  readonly #deps: FeedDependencies;
  readonly #onSetBack: (feed: Feed) => void;
  readonly #stopListening: () => void;
  /** The newest event when the log was last asked where it stands. */
  #landmark: Landmark = { seq: 0, at: null };
  /** The newest number heard of. */
  #heard = 0;
  #opening: Promise<void> | null = null;
  #opened = false;
  #reading = false;
  /** Whether nothing more will be handed on. */
  isClosed = false;

  constructor(roomId: string, deps: FeedDependencies, onSetBack: (feed: Feed) => void) {
    this.roomId = roomId;
    this.#deps = deps;
    this.#onSetBack = onSetBack;
    this.#stopListening = deps.bus.listen(`room:${roomId}`, (hint) => this.#hear(hint));
  }

  /** Resolves once the head is known; after a failure the next call tries again. */
  open(): Promise<void> {
    this.#opening ??= this.#readHead().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  close(): void {
    this.isClosed = true;
    this.#stopListening();
  }

  /** What the log has to be compared with that is asked now. */
  stand(): Standing {
    const landmark = this.#landmark;
    return { feed: this, roomId: this.roomId, head: this.head, seq: landmark.seq, landmark };
  }

  /** Takes the log's answer to what was asked when the feed stood so. */
  compare({ head, landmark }: Standing, { newest, known }: Head): void {
    const isAnother = landmark.at !== null && known.at !== null && known.at !== landmark.at;
    if (newest.seq < head || isAnother) return this.#onSetBack(this);
    if (newest.seq > this.#landmark.seq) this.#landmark = newest;
    if (newest.seq > this.head) this.nudge(newest.seq);
  }

  /** The log is known to have grown to `seq`. */
  nudge(seq: number): void {
    this.#hear({ seq });
  }

  /**
   * Events past `position`, up to the end of the page that they lie on, for a follower that is not
   * at the head. A crowd that comes back at once reads each page once. Empty where the log was set back.
   */
  async read(position: number): Promise<RoomEvent[]> {
    const start = position - (position % LOG_PAGE_SIZE);
    // What has come since makes it another page: the one that was read does not have it.
    const key = `${start}-${Math.min(this.head, start + LOG_PAGE_SIZE)}`;
    let page = this.#pages.get(key);
    if (!page) {
      page = this.#deps.source.readAfter(this.roomId, start);
      this.#pages.set(key, page);
      const forget = () => this.#pages.delete(key);
      page.then(() => setTimeout(forget, PAGE_TTL_MS).unref(), forget);
    }
    const events = (await page).filter(({ seq }) => seq > position);
    if (events[0]?.seq === position + 1) return events;
    this.#onSetBack(this);
    return [];
  }

  warn(error: unknown, message: string): void {
    this.#deps.log.warn({ err: error, roomId: this.roomId }, message);
  }

  async #readHead(): Promise<void> {
    const { source, epoch } = this.#deps;
    const [heads] = await Promise.all([source.readHeads([this.stand()]), epoch.check()]);
    this.#landmark = heads.get(this.roomId)?.newest ?? this.#landmark;
    this.head = this.#landmark.seq;
    this.#opened = true;
    if (this.#heard > this.head) void this.#catchUp();
  }

  #hear({ seq, event }: RoomHint): void {
    this.#heard = Math.max(this.#heard, seq);
    if (!this.#opened || seq <= this.head) return;
    if (event && seq === this.head + 1 && !this.#reading) this.#handOn(event as RoomEvent);
    else void this.#catchUp();
  }

  /** Reads up to the newest number heard of; one read at a time, so that order is kept. */
  async #catchUp(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.head < this.#heard && !this.isClosed) {
        const events = await this.#deps.source.readAfter(this.roomId, this.head);
        if (events.length === 0) break;
        for (const event of events) {
          if (this.isClosed) return;
          if (event.seq !== this.head + 1) return this.#onSetBack(this);
          this.#handOn(event);
        }
      }
    } catch (error) {
      // The sweep nudges again as long as the head is behind.
      this.warn(error, 'A room’s log could not be read');
    } finally {
      this.#reading = false;
    }
  }

  #handOn(event: RoomEvent): void {
    this.head = event.seq;
    for (const listener of this.live) listener.offer(event);
  }
}
