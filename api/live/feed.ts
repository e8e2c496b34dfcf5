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
import { Pages } from './pages.ts';
import { LOG_PAGE_SIZE, type LogSource, printOf, type RoomEvent, type Stretch } from './log.ts';

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

/** What a feed had handed on, since its log was last compared, when the log was asked. */
export interface Standing extends Stretch {
  feed: Feed;
  /** The newest number heard of. */
  heard: number;
  /** The sum of the events' prints, and the print of the last. */
  prints: number;
  lastPrint: number;
}

export class Feed {
  readonly roomId: string;
  /** The number of the newest event handed on. */
  head = 0;
  readonly live = new Set<Listener>();
  readonly #pages = new Pages();
  readonly #deps: FeedDependencies;
  readonly #onSetBack: (feed: Feed) => void;
  readonly #stopListening: () => void;
  /** The last event that is known to be in the log; those from it on are compared at the next sweep. */
  #first = 0;
  #prints = 0;
  #lastPrint = 0;
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

  /** What the log's answer has to be compared with that is asked now. */
  stand(): Standing {
    return {
      feed: this,
      roomId: this.roomId,
      first: this.#first,
      last: this.head,
      heard: this.#heard,
      prints: this.#prints,
      lastPrint: this.#lastPrint,
    };
  }

  /** Takes the log's answer to what was asked when the feed stood so. */
  compare(stood: Standing, { newest, prints }: { newest: number; prints: number }): void {
    if (newest < Math.max(stood.last, stood.heard) || prints !== stood.prints) {
      return this.#onSetBack(this);
    }
    if (stood.first === this.#first) {
      this.#first = stood.last;
      this.#prints += stood.lastPrint - stood.prints;
    }
    if (newest > this.head) this.nudge(newest);
  }

  /** The log is known to have grown to `seq`. */
  nudge(seq: number): void {
    this.#hear({ seq });
  }

  /**
   * Events past `position`, up to the end of the page that they lie on or to the head, for a follower
   * that is not at the head. A crowd that comes back at once reads each page once. Empty where the log
   * was set back.
   */
  async read(position: number): Promise<RoomEvent[]> {
    const start = position - (position % LOG_PAGE_SIZE);
    // What lies past the head is not handed out: of that nobody would notice that it was set back.
    const end = Math.min(this.head, start + LOG_PAGE_SIZE);
    const page = await this.#pages.take(`${start}-${end}`, () =>
      this.#deps.source.readAfter(this.roomId, start),
    );
    const events = page.filter(({ seq }) => seq > position && seq <= end);
    if (events[0]?.seq === position + 1) return events;
    this.#onSetBack(this);
    return [];
  }

  warn(error: unknown, message: string): void {
    this.#deps.log.warn({ err: error, roomId: this.roomId }, message);
  }

  async #readHead(): Promise<void> {
    const { source, epoch } = this.#deps;
    const [newest] = await Promise.all([source.readHead(this.roomId), epoch.check()]);
    this.head = newest?.seq ?? 0;
    this.#first = this.head;
    this.#prints = this.#lastPrint = newest?.print ?? 0;
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
    this.#lastPrint = printOf(event.createdAt);
    this.#prints += this.#lastPrint;
    for (const listener of this.live) listener.offer(event);
  }
}
