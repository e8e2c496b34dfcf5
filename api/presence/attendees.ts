/**
 * The people who are connected to this process, with their devices. Whoever's last device has gone
 * lingers for a moment, so that a page that is loaded again is no leaving.
 */
import { type Attendance, type Choice, later } from './attendance.ts';

export interface Device {
  /** Whether nobody has used it of late. */
  isIdle: boolean;
}

interface Attendee extends Attendance {
  devices: Set<Device>;
  leaving: NodeJS.Timeout | null;
}

interface Listener {
  changed(userId: string): void;
  /** `leftAt` is when their last device went, in milliseconds since 1970. */
  left(userId: string, leftAt: number): void;
}

export class Attendees {
  readonly #people = new Map<string, Attendee>();
  readonly #listener: Listener;
  readonly #lingerMs: number;

  constructor(lingerMs: number, listener: Listener) {
    this.#lingerMs = lingerMs;
    this.#listener = listener;
  }

  get size(): number {
    return this.#people.size;
  }

  of(userId: string): Attendance | undefined {
    return this.#people.get(userId);
  }

  [Symbol.iterator](): IterableIterator<[userId: string, Attendance]> {
    return this.#people.entries();
  }

  /**
   * A device has come.
   * @param choice what counts unless they have chosen something later.
   * @returns what takes the device off again.
   */
  enter(userId: string, device: Device, choice: Choice | null): () => void {
    const attendee: Attendee = this.#people.get(userId) ?? {
      devices: new Set(),
      leaving: null,
      isIdle: true,
      choice: null,
    };
    this.#people.set(userId, attendee);
    if (attendee.leaving) clearTimeout(attendee.leaving);
    attendee.leaving = null;
    attendee.devices.add(device);
    attendee.choice = later(attendee.choice, choice);
    this.#settle(userId, attendee);
    return () => {
      if (!attendee.devices.delete(device)) return;
      if (attendee.devices.size > 0) this.#settle(userId, attendee);
      else this.#linger(userId, attendee);
    };
  }

  /** Takes a choice of somebody who is here; nothing happens to others. */
  choose(userId: string, choice: Choice): void {
    const attendee = this.#people.get(userId);
    if (!attendee) return;
    attendee.choice = later(attendee.choice, choice);
    this.#listener.changed(userId);
  }

  close(): void {
    for (const { leaving } of this.#people.values()) if (leaving) clearTimeout(leaving);
  }

  #settle(userId: string, attendee: Attendee): void {
    attendee.isIdle = [...attendee.devices].every(({ isIdle }) => isIdle);
    this.#listener.changed(userId);
  }

  #linger(userId: string, attendee: Attendee): void {
    const leftAt = Date.now();
    attendee.leaving = setTimeout(() => {
      this.#people.delete(userId);
      this.#listener.left(userId, leftAt);
    }, this.#lingerMs).unref();
  }
}
