import { setImmediate as nextTurn } from 'node:timers';
import type { Feed } from './feed.ts';
import type { Feeds } from './feeds.ts';
import type { Follower } from './follower.ts';
import { leaverOf, type RoomEvent } from './log.ts';

/** Payloads that a group keeps: those of the newest events, and no more of them than so many bytes. */
const RING_SIZE = 1_024;
const RING_BYTES = 1024 * 1024;

/** What a group is asked: the same key, the same answers. */
export interface Question {
  key: string;
  roomId: string;
  /** The payload for an event, null where the question is not about such. */
  answer: (event: RoomEvent, closing: AbortSignal) => Promise<Buffer | null> | Buffer | null;
}

/** Where the payloads of one subscription go. */
export interface Outlet {
  /** Takes payloads in order, all of one turn at once. */
  write(payloads: readonly Buffer[]): void;
  /** Resolves once the socket can take more; false where it has gone. */
  ready(): Promise<boolean>;
}

/** A subscriber who stands at the group's head. */
export interface LiveReader {
  readonly outlet: Outlet;
  /** Whether nothing past this event may reach them. */
  readonly isLast: (event: RoomEvent) => boolean;
  end(): void;
  /** The group is over. */
  leave(end: { cause: unknown }): void;
}

/** One question, its subscribers, and what it was answered. */
export class Group {
  readonly #question: Question;
  readonly #feeds: Feeds;
  readonly #onEnd: () => void;
  readonly live = new Set<LiveReader>();
  /** Set once nothing more will come: why, or null where it was meant to. */
  end: { cause: unknown } | null = null;
  head = 0;
  readonly #closing = new AbortController();
  #follower: Follower | null = null;
  #opening: Promise<Feed> | null = null;
  members = 0;
  #moved: PromiseWithResolvers<void> | null = null;
  #ring = new Map<number, Buffer | null | Promise<Buffer | null>>();
  #ringBytes = 0;
  #turn: Buffer[] = [];
  #flushing = false;

  constructor(question: Question, feeds: Feeds, onEnd: () => void) {
    this.#question = question;
    this.#feeds = feeds;
    this.#onEnd = onEnd;
  }

  enter(): void {
    this.members++;
  }

  leave(): number {
    return --this.members;
  }

  open(): Promise<Feed> {
    this.#opening ??= this.#follow().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  close(): void {
    this.#onEnd();
    this.#closing.abort();
    void this.#follower?.return();
  }

  /** Whether nothing more may go out; `end` follows. */
  get isOver(): boolean {
    return this.end !== null || this.#follower!.feed.isClosed;
  }

  /** A page of events past `position`. */
  read(position: number): Promise<RoomEvent[]> {
    return this.#follower!.feed.read(position);
  }

  /** The payload for an event, answered once whoever asks first. */
  async payloadOf(event: RoomEvent): Promise<Buffer | null> {
    const known = this.#ring.get(event.seq);
    if (known !== undefined) return known;
    const answer = this.#question.answer(event, this.#closing.signal);
    this.#remember(event.seq, answer);
    if (!(answer instanceof Promise)) return answer;
    const payload = await answer;
    this.#remember(event.seq, payload);
    return payload;
  }

  /** Sends what this turn has answered so far; whoever comes in now must not have it again. */
  flush(): void {
    const payloads = this.#turn;
    if (payloads.length === 0) return;
    this.#turn = [];
    for (const reader of this.live) reader.outlet.write(payloads);
  }

  /** Resolves when the head moves, and at the end. */
  moved(): Promise<void> {
    this.#moved ??= Promise.withResolvers();
    return this.#moved.promise;
  }

  async #follow(): Promise<Feed> {
    const follower = await this.#feeds.follow(this.#question.roomId, null, async (head) => {
      this.head = head;
      return { wants: () => true, isLast: () => false };
    });
    this.#follower = follower;
    void this.#run(follower);
    return follower.feed;
  }

  async #run(follower: Follower): Promise<void> {
    try {
      for await (const event of follower) {
        const payload = await this.payloadOf(event);
        // It may have been answered by another history.
        if (this.isOver) continue;
        this.head = event.seq;
        this.#deliver(event, payload);
        this.#moved?.resolve();
        this.#moved = null;
      }
      this.#finish(null);
    } catch (error) {
      this.#finish(error);
    }
  }

  #finish(cause: unknown): void {
    this.#onEnd();
    this.end = { cause };
    this.flush();
    this.#moved?.resolve();
    for (const reader of this.live) reader.leave(this.end);
  }

  #deliver(event: RoomEvent, payload: Buffer | null): void {
    if (payload) {
      this.#turn.push(payload);
      if (!this.#flushing) {
        this.#flushing = true;
        nextTurn(() => {
          this.#flushing = false;
          this.flush();
        });
      }
    }
    if (leaverOf(event) === null) return;
    for (const reader of this.live) {
      if (!reader.isLast(event)) continue;
      this.flush();
      reader.end();
    }
  }

  #remember(seq: number, payload: Buffer | null | Promise<Buffer | null>): void {
    this.#ringBytes += byteLength(payload) - byteLength(this.#ring.get(seq));
    this.#ring.set(seq, payload);
    for (const [oldest, dropped] of this.#ring) {
      if (this.#ring.size <= RING_SIZE && this.#ringBytes <= RING_BYTES) break;
      this.#ring.delete(oldest);
      this.#ringBytes -= byteLength(dropped);
    }
  }
}

/** What is not answered yet counts once it is. */
function byteLength(payload: Buffer | null | Promise<Buffer | null> | undefined): number {
  return Buffer.isBuffer(payload) ? payload.length : 0;
}
