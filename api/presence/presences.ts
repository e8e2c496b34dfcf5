/**
 * Who is present on the server, as each process knows it; nothing of it is in the database. A process
 * owns the people who are connected to it (`attendees.ts`) and tells the others on the bus: what
 * changes, gathered for a moment, and every BEAT_MS that it lives, with the number of its changes, so
 * that whoever has missed one asks for all (`neighbours.ts`). A status is never sent: every process
 * works it out of what all have said, so that none needs to be in charge.
 *
 * Whoever watches somebody is told by `changed`, after the status has changed and only then. `close`
 * takes leave of the others, who give its people a moment to come back elsewhere.
 */
import { randomUUID } from 'node:crypto';
import type { Bus } from '../live/bus.ts';
import {
  type Attendance,
  type Choice,
  later,
  type PresenceStatus,
  statusOf,
} from './attendance.ts';
import { Attendees, type Device } from './attendees.ts';
import { type Entry, Neighbours, type PresenceHint } from './neighbours.ts';

export interface Presence {
  userId: string;
  status: PresenceStatus;
  /** When their last device went, as far as this process remembers; null while they are present. */
  lastSeenAt: Date | null;
}

export interface PresenceTiming {
  /** How often a process says that it lives. */
  beatMs: number;
  /** How long one that does not is believed to. */
  silenceMs: number;
  /** How long somebody whose last device has gone is taken to come back. */
  lingerMs: number;
  /** How long what changes is gathered before the others are told. */
  gatherMs: number;
}

/** Together a little more than eight seconds from the death of a process to the news of it. */
const TIMING: PresenceTiming = { beatMs: 2_500, silenceMs: 6_000, lingerMs: 3_000, gatherMs: 100 };

/** Entries of one hint. */
const PART_SIZE = 500;
/** Of how many who have left it is remembered when. */
const MOST_REMEMBERED = 5_000;

export class Presences {
  readonly #bus: Bus;
  readonly #timing: PresenceTiming;
  readonly #process = randomUUID();
  readonly #here: Attendees;
  readonly #elsewhere: Neighbours;
  /** Of those who are present, what was last told of them. */
  readonly #told = new Map<string, PresenceStatus>();
  /** In milliseconds since 1970; whoever left last at the end. */
  readonly #lastSeen = new Map<string, number>();
  readonly #watchers = new Map<string, Set<(userId: string) => void>>();
  readonly #stopListening: () => void;
  readonly #beats: NodeJS.Timeout;
  readonly #askedAt = new Map<string, number>();
  /** How many changes the others were told of. */
  #version = 0;
  #unsaid = new Set<string>();
  #saying: NodeJS.Timeout | null = null;
  #answering: NodeJS.Timeout | null = null;

  constructor(bus: Bus, timing: Partial<PresenceTiming> = {}) {
    this.#bus = bus;
    this.#timing = { ...TIMING, ...timing };
    this.#here = new Attendees(this.#timing.lingerMs, {
      changed: (userId) => this.#announce(userId),
      left: (userId, leftAt) => {
        this.#remember(userId, leftAt);
        this.#announce(userId);
      },
    });
    this.#elsewhere = new Neighbours({
      changed: (userId) => this.#review(userId),
      seen: (userId, at) => this.#remember(userId, at),
      missed: (process) => this.#askFor(process),
    });
    this.#stopListening = bus.listen('presence', (hint) => this.#hear(hint));
    bus.onGap((topics) => {
      for (const topic of topics) if (topic === 'presence') this.#say({ kind: 'ask', of: null });
    });
    this.#say({ kind: 'ask', of: null });
    this.#beats = setInterval(() => this.#beat(), this.#timing.beatMs).unref();
  }

  /** How many are connected to this process. */
  get size(): number {
    return this.#here.size;
  }

  of(userId: string): Presence {
    const status = statusOf(this.#attendancesOf(userId));
    const lastSeen = status === 'OFFLINE' ? this.#lastSeen.get(userId) : undefined;
    return { userId, status, lastSeenAt: lastSeen === undefined ? null : new Date(lastSeen) };
  }

  /**
   * A device of somebody has come to this process.
   * @param remembered the status that it says they have chosen: it counts where nobody knows better.
   * @returns what takes it off again.
   */
  enter(userId: string, device: Device, remembered: Choice['status'] | null): () => void {
    const known = this.#choiceOf(userId);
    return this.#here.enter(userId, device, known ?? (remembered && { status: remembered, at: 0 }));
  }

  /** Somebody chooses a status, which holds for as long as they are present anywhere. */
  choose(userId: string, status: Choice['status']): void {
    // Of two clocks that differ the earlier one chooses as well.
    const at = Math.max(Date.now(), (this.#choiceOf(userId)?.at ?? 0) + 1);
    this.#say({ kind: 'choice', userId, choice: { status, at } });
    this.#choose(userId, { status, at });
  }

  /** `changed` is called after the status of one of them has. Returns what ends that. */
  watch(userIds: Iterable<string>, changed: (userId: string) => void): () => void {
    const watched = new Set(userIds);
    for (const userId of watched) {
      this.#watchers.set(userId, (this.#watchers.get(userId) ?? new Set()).add(changed));
    }
    return () => {
      for (const userId of watched) {
        const watchers = this.#watchers.get(userId);
        if (watchers?.delete(changed) && watchers.size === 0) this.#watchers.delete(userId);
      }
    };
  }

  close(): void {
    clearInterval(this.#beats);
    if (this.#saying) clearTimeout(this.#saying);
    if (this.#answering) clearTimeout(this.#answering);
    this.#here.close();
    this.#stopListening();
    this.#say({ kind: 'leave' });
  }

  #attendancesOf(userId: string): Attendance[] {
    const here = this.#here.of(userId);
    const elsewhere = this.#elsewhere.of(userId);
    return here ? [here, ...elsewhere] : elsewhere;
  }

  #choiceOf(userId: string): Choice | null {
    const choices = this.#attendancesOf(userId).map(({ choice }) => choice);
    return choices.reduce(later, null);
  }

  #choose(userId: string, choice: Choice): void {
    this.#here.choose(userId, choice);
    this.#elsewhere.choose(userId, choice);
  }

  #hear(hint: PresenceHint): void {
    if (hint.process === this.#process) return;
    if (hint.kind === 'choice') this.#choose(hint.userId, hint.choice);
    else if (hint.kind !== 'ask') this.#elsewhere.hear(hint);
    else if (hint.of === null || hint.of === this.#process) this.#answer();
  }

  #beat(): void {
    this.#say({ kind: 'beat', version: this.#version });
    this.#elsewhere.forgetSilent(this.#timing);
  }

  /** Tells the watchers here at once, and the other processes with what else changes meanwhile. */
  #announce(userId: string): void {
    this.#review(userId);
    this.#unsaid.add(userId);
    this.#saying ??= setTimeout(() => this.#flush(), this.#timing.gatherMs).unref();
  }

  #flush(): void {
    this.#saying = null;
    const entries = [...this.#unsaid].map((userId): Entry => this.#entryOf(userId));
    this.#unsaid = new Set();
    for (const part of partsOf(entries)) {
      this.#say({ kind: 'changes', version: ++this.#version, entries: part });
    }
  }

  #entryOf(userId: string): Entry {
    const here = this.#here.of(userId);
    if (!here) return [userId, this.#lastSeen.get(userId) ?? Date.now()];
    return [userId, { isIdle: here.isIdle, choice: here.choice }];
  }

  /** Many ask at once, as when one has come that they do not know: one answer serves them all. */
  #answer(): void {
    this.#answering ??= setTimeout(() => {
      this.#answering = null;
      // What waits to be said is in it, and is said again: that does no harm.
      const gone = [...this.#lastSeen].filter(([userId]) => !this.#here.of(userId));
      const here = [...this.#here].map(([userId]) => this.#entryOf(userId));
      const parts = partsOf<Entry>([...here, ...gone]);
      if (parts.length === 0) parts.push([]);
      parts.forEach((entries, part) => {
        const { length } = parts;
        this.#say({ kind: 'state', version: this.#version, part, parts: length, entries });
      });
    }, this.#timing.gatherMs).unref();
  }

  #askFor(process: string): void {
    const now = Date.now();
    if (now - (this.#askedAt.get(process) ?? 0) < this.#timing.beatMs / 2) return;
    this.#askedAt.delete(process);
    this.#askedAt.set(process, now);
    const [oldest] = this.#askedAt.keys();
    if (this.#askedAt.size > PART_SIZE) this.#askedAt.delete(oldest!);
    this.#say({ kind: 'ask', of: process });
  }

  /** Tells the watchers where somebody's status is another than they were told. */
  #review(userId: string): void {
    const { status } = this.of(userId);
    if (status === (this.#told.get(userId) ?? 'OFFLINE')) return;
    if (status === 'OFFLINE') this.#told.delete(userId);
    else this.#told.set(userId, status);
    for (const changed of this.#watchers.get(userId) ?? []) changed(userId);
  }

  #remember(userId: string, at: number): void {
    const known = this.#lastSeen.get(userId) ?? 0;
    this.#lastSeen.delete(userId);
    this.#lastSeen.set(userId, Math.max(known, at));
    const [oldest] = this.#lastSeen.keys();
    if (this.#lastSeen.size > MOST_REMEMBERED) this.#lastSeen.delete(oldest!);
  }

  #say(hint: HintOfAny<PresenceHint>): void {
    this.#bus.publish('presence', { ...hint, process: this.#process });
  }
}

/** A hint without the process, of each kind. */
type HintOfAny<Hint> = Hint extends PresenceHint ? Omit<Hint, 'process'> : never;

function partsOf<Item>(items: Item[]): Item[][] {
  const parts: Item[][] = [];
  for (let start = 0; start < items.length; start += PART_SIZE) {
    parts.push(items.slice(start, start + PART_SIZE));
  }
  return parts;
}
