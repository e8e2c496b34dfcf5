/**
 * Work on what has been written to the rooms' logs, for which nobody who sends waits. It is done a moment after a process has
 * written, by that process; and now and then for rooms that any process has left behind because it ended too soon. Which
 * rooms these are is for the database to know: what is remembered here goes with the process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';

/** A start is quicker without. */
const FIRST_SWEEP_MS = 1_000;
/** How long the end of a server waits for what is under way. */
const STOP_TIMEOUT_MS = 2_000;

export interface RoomChoreOptions {
  /** For the log, such as `Search`. */
  name: string;
  log: Logger;
  /** From the first note of a room until it is attended to, with all that are noted meanwhile. */
  delayMs: number;
  /** How often it is looked for what was left behind. */
  sweepMs: number;
  findBehind: () => Promise<string[]>;
  /** Gives the rooms that are to be come back to. @param end of the process, at which there is no time for much */
  attend: (roomIds: string[], end: AbortSignal) => Promise<Iterable<string>>;
}

export class RoomChore {
  readonly #options: RoomChoreOptions;
  #rooms = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #sweepTimer: NodeJS.Timeout;
  #underWay: Promise<void> | null = null;
  readonly #end = new AbortController();

  constructor(options: RoomChoreOptions) {
    this.#options = options;
    this.#sweepTimer = setTimeout(() => void this.#sweep(), FIRST_SWEEP_MS).unref();
  }

  /** The room's log has grown. */
  note(roomId: string): void {
    this.#rooms.add(roomId);
    this.#schedule(this.#options.delayMs);
  }

  /** Resolves once all that was noted has been attended to, as far as `attend` does so when it is over. */
  async close(): Promise<void> {
    this.#end.abort();
    if (this.#timer) clearTimeout(this.#timer);
    clearTimeout(this.#sweepTimer);
    const finish = async () => {
      await this.#underWay;
      await this.#attend();
    };
    await Promise.race([finish(), sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #schedule(delayMs: number): void {
    if (this.#timer || this.#underWay || this.#end.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#underWay = this.#attend().then((isDone) => {
        this.#underWay = null;
        const { delayMs: soon, sweepMs: later } = this.#options;
        if (this.#rooms.size > 0) this.#schedule(isDone ? soon : later);
      });
    }, delayMs).unref();
  }

  /** What cannot be done now is done later. Gives whether it could. */
  async #attend(): Promise<boolean> {
    const rooms = this.#rooms;
    this.#rooms = new Set();
    if (rooms.size === 0) return true;
    let left: Iterable<string> = rooms;
    try {
      left = await this.#options.attend([...rooms], this.#end.signal);
      return true;
    } catch (error) {
      this.#warn(error);
      return false;
    } finally {
      for (const roomId of left) this.#rooms.add(roomId);
    }
  }

  async #sweep(): Promise<void> {
    try {
      for (const roomId of await this.#options.findBehind()) this.note(roomId);
    } catch (error) {
      this.#warn(error);
    }
    if (this.#end.signal.aborted) return;
    this.#sweepTimer = setTimeout(() => void this.#sweep(), this.#options.sweepMs).unref();
  }

  #warn(error: unknown): void {
    const { name, log } = this.#options;
    if (!this.#end.signal.aborted)
      log.warn({ err: error }, `${name}: the rooms' logs could not be followed`);
  }
}
