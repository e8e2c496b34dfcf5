/**
 * One reader of a room's log: an iterator that replays from its own position, joins the feed's live
 * set in the same turn of the event loop in which it has reached the head, and takes each event from
 * there only if it is the very next. One that cannot keep up is sent back to replaying, so that no
 * queue grows past QUEUE_LIMIT. `return` ends it at once, also while a `next` waits, and so does `fail`.
 */
import { resyncRequired } from './cursor.ts';
import type { Feed, Listener } from './feed.ts';
import type { RoomEvent } from './log.ts';

/** Events that wait for one follower before it is sent back to the database. */
export const QUEUE_LIMIT = 256;
/** How long a follower waits after a read that failed. */
const READ_RETRY_MS = 1_000;

export interface Following {
  /** The number of the last event that is not wanted any more. */
  after: number;
  /** Which events are handed out. */
  wants: (event: RoomEvent) => boolean;
  /** Whether nothing past this event may be handed out. */
  isLast: (event: RoomEvent) => boolean;
}

export class Follower implements Listener, AsyncIterableIterator<RoomEvent, undefined> {
  readonly feed: Feed;
  readonly #following: Following;
  /** The number of the last event taken from the queue, or passed over. */
  #position: number;
  /** The number of the last event put into the queue. */
  #tail: number;
  #queue: RoomEvent[] = [];
  #ended = false;
  #failure: Error | null = null;
  readonly #endings: (() => void)[] = [];
  #wake: () => void = () => {};

  constructor(feed: Feed, following: Following) {
    this.feed = feed;
    this.#following = following;
    this.#position = this.#tail = following.after;
  }

  /** @throws Refusal RESYNC_REQUIRED where the log was set back behind the position. */
  async next(): Promise<IteratorResult<RoomEvent, undefined>> {
    try {
      while (!this.#ended) {
        const event = this.#queue.shift();
        if (event) {
          this.#position = event.seq;
          if (this.#following.isLast(event)) this.#end();
          if (this.#following.wants(event)) return { done: false, value: event };
        } else if (this.feed.live.has(this)) {
          await this.#woken();
        } else if (this.#position < this.feed.head) {
          await this.#replay();
        } else {
          // Nothing waits between the comparison above and this line, or events would fall through.
          this.#tail = this.#position;
          this.feed.live.add(this);
        }
      }
    } catch (error) {
      this.#end();
      throw error;
    }
    if (this.#failure) {
      const failure = this.#failure;
      this.#failure = null;
      throw failure;
    }
    return { done: true, value: undefined };
  }

  /** Ends it with an error, which `next` throws once. What waits in the queue is not handed out. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#failure = error;
    this.#end();
  }

  async return(): Promise<IteratorResult<RoomEvent, undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** `act` is called when the follower ends, at once where it has ended. */
  onEnd(act: () => void): void {
    if (this.#ended) act();
    else this.#endings.push(act);
  }

  /** The feed's next event. */
  offer(event: RoomEvent): void {
    if (event.seq <= this.#tail) return;
    if (event.seq === this.#tail + 1 && this.#queue.length < QUEUE_LIMIT) {
      this.#tail = event.seq;
      this.#queue.push(event);
    } else {
      this.#queue = [];
      this.feed.live.delete(this);
    }
    this.#wake();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.feed.live.delete(this);
    this.#wake();
    for (const act of this.#endings) act();
  }

  async #replay(): Promise<void> {
    try {
      this.#queue = await this.feed.read(this.#position);
    } catch (error) {
      this.feed.warn(error, 'A replay waits for the database');
      await this.#woken(READ_RETRY_MS);
      return;
    }
    if (this.#queue.length === 0) throw resyncRequired();
  }

  /** Waits to be woken, at most `ms` where that is given. */
  #woken(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
