/**
 * Who types in one place, a room or a thread of it, as this process has heard on the bus. It lasts as
 * long as somebody follows it here. Whoever types says so again and again: one who has not for the time
 * of TTL has stopped, so that nothing need be told of a process that died. Beside the bus it follows
 * the room's log, without gaps: a message ends its author's typing, and a leaving ends what the one
 * who left follows, before anything past it is told.
 */
import type { User } from '../generated/prisma/client.ts';
import type { Bus } from '../live/bus.ts';
import type { Feeds } from '../live/feeds.ts';
import type { Follower } from '../live/follower.ts';
import type { Latest } from '../live/latest.ts';
import { leaverOf, type RoomEvent } from '../live/log.ts';

export interface TypingHint {
  userId: string;
  isTyping: boolean;
}

/** Who types, but for the reader. */
export interface Typists {
  /** Those who began first. */
  users: User[];
  totalCount: number;
}

export interface Place {
  roomId: string;
  /** The number of a thread's first message; null for the room itself. */
  threadSeq: number | null;
}

export interface TypingDependencies {
  bus: Bus;
  feeds: Feeds;
  findUser: (id: string) => Promise<User | null>;
  /** How long somebody types who does not say so again. */
  ttlMs: number;
}

/** Typists who are named to a reader. */
const MOST_NAMED = 10;
/** Typists of whom a place takes note. */
const MOST_KNOWN = 200;

interface Typist {
  /** Null until they have been looked up. */
  user: User | null;
  /** By performance.now(). */
  until: number;
}

interface Reader {
  userId: string;
  stream: Latest<Typists>;
  /** Where the log stood when they were let in; null before that. */
  since: number | null;
  leftAt: number;
  /** What they were told last; null for nothing. */
  told: string | null;
}

export const topicOf = ({ roomId, threadSeq }: Place) =>
  `typing:${roomId}${threadSeq === null ? '' : `.${threadSeq}`}` as const;

export class TypingPlace {
  readonly #place: Place;
  readonly #deps: TypingDependencies;
  readonly #onEmpty: () => void;
  /** Whoever began first comes first. */
  readonly #typists = new Map<string, Typist>();
  readonly #readers = new Set<Reader>();
  readonly #stopListening: () => void;
  readonly #following: Promise<Follower>;
  #timer: NodeJS.Timeout | null = null;

  constructor(place: Place, deps: TypingDependencies, onEmpty: () => void) {
    this.#place = place;
    this.#deps = deps;
    this.#onEmpty = onEmpty;
    this.#stopListening = deps.bus.listen(topicOf(place), (hint) => this.#hear(hint));
    this.#following = deps.feeds.follow(place.roomId, null, async () => ({
      wants: (event) => event.kind === 'MESSAGE_POSTED' || leaverOf(event) !== null,
      isLast: () => false,
    }));
    // Whoever enters is told where it fails.
    this.#following.then((follower) => this.#follow(follower)).catch(() => {});
  }

  get readers(): number {
    return this.#readers.size;
  }

  /**
   * Lets a reader in, whose stream reads `read`.
   * @param admit decides once the log is followed, and gives where it stands; it refuses by throwing.
   */
  async enter(
    userId: string,
    open: (read: () => Typists | null) => Latest<Typists>,
    admit: () => Promise<number>,
  ): Promise<Latest<Typists>> {
    const reader: Reader = { userId, since: null, leftAt: 0, told: null, stream: null! };
    this.#readers.add(reader);
    try {
      reader.stream = open(() => this.#tell(reader));
    } catch (error) {
      this.#leave(reader);
      throw error;
    }
    reader.stream.onEnd(() => this.#leave(reader));
    try {
      await this.#following;
      reader.since = await admit();
    } catch (error) {
      await reader.stream.return();
      throw error;
    }
    this.#check(reader);
    return reader.stream;
  }

  #leave(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.#close();
  }

  /** What a reader is to be told now; null where it is what they were told last. */
  #tell(reader: Reader): Typists | null {
    const others = [...this.#typists].filter(([id, { user }]) => user && id !== reader.userId);
    const named = others.slice(0, MOST_NAMED).map(([, { user }]) => user!);
    const told = [others.length, ...named.map(({ id }) => id)].join();
    if (told === reader.told) return null;
    reader.told = told;
    return { users: named, totalCount: others.length };
  }

  #hear({ userId, isTyping }: TypingHint): void {
    if (!isTyping) return this.#drop(userId);
    const until = performance.now() + this.#deps.ttlMs;
    const known = this.#typists.get(userId);
    if (known) known.until = until;
    else if (this.#typists.size < MOST_KNOWN) {
      const typist: Typist = { user: null, until };
      this.#typists.set(userId, typist);
      void this.#find(userId, typist);
    }
    this.#timer ??= setTimeout(() => this.#expire(), this.#deps.ttlMs).unref();
  }

  async #find(userId: string, typist: Typist): Promise<void> {
    // While the database is away it is not told who types.
    typist.user = await this.#deps.findUser(userId).catch(() => null);
    if (typist.user && this.#typists.get(userId) === typist) this.#touch();
  }

  #drop(userId: string): void {
    if (this.#typists.delete(userId)) this.#touch();
  }

  #expire(): void {
    this.#timer = null;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [userId, { until }] of this.#typists) {
      if (until <= now) this.#drop(userId);
      else next = Math.min(next, until);
    }
    if (this.#typists.size > 0) {
      this.#timer = setTimeout(() => this.#expire(), Math.ceil(next - now)).unref();
    }
  }

  async #follow(follower: Follower): Promise<void> {
    try {
      for await (const event of follower) this.#take(event);
      for (const { stream } of this.#readers) void stream.return();
    } catch (error) {
      for (const { stream } of this.#readers) stream.fail(error as Error);
    }
  }

  #take(event: RoomEvent): void {
    if (event.kind === 'MESSAGE_POSTED') {
      if (event.message.threadSeq === this.#place.threadSeq) this.#drop(event.actor.id);
      return;
    }
    const leaver = leaverOf(event)!;
    this.#drop(leaver);
    for (const reader of this.#readers) {
      if (reader.userId !== leaver) continue;
      reader.leftAt = event.seq;
      this.#check(reader);
    }
  }

  /** Ends who has left since they were let in. */
  #check({ stream, since, leftAt }: Reader): void {
    if (since !== null && leftAt > since) void stream.return();
  }

  #touch(): void {
    for (const { stream } of this.#readers) stream.touch();
  }

  #close(): void {
    this.#stopListening();
    if (this.#timer) clearTimeout(this.#timer);
    this.#typists.clear();
    this.#following.then((follower) => follower.return()).catch(() => {});
    this.#onEmpty();
  }
}
