import type { InboxParts } from './inbox-parts.ts';
import {
  type FollowedThread,
  listUnreadThreads,
  type ThreadKey,
  threadKey,
  threadName,
} from './thread-unread.ts';

/**
 * The threads of one person with something unread in them, as an inbox holds them. What may have changed is
 * counted again by the database, one reading at a time, so that each begins after what it was asked for.
 */
export class InboxThreads {
  /** What the database said of all that they follow when the sweep asked last; null where it is to be read again. */
  print: string | null = null;
  readonly #parts: InboxParts;
  readonly #userId: string;
  readonly #tell: (name: string) => void;
  #threads = new Map<string, FollowedThread>();
  #isAllDue = false;
  #due = new Set<string>();
  #isReading = false;

  /** @param tell is told of each thread that may be other than it was, by `threadName`. */
  constructor(parts: InboxParts, userId: string, tell: (name: string) => void) {
    this.#parts = parts;
    this.#userId = userId;
    this.#tell = tell;
  }

  get all(): FollowedThread[] {
    return [...this.#threads.values()];
  }

  /** Null where nothing is unread. */
  get(name: string): FollowedThread | null {
    return this.#threads.get(name) ?? null;
  }

  /** Reads all of them. @throws whatever the database throws. */
  async load(): Promise<void> {
    this.#isAllDue = true;
    await this.#read();
  }

  /** Something in it is other than it was. @throws whatever the database throws; then the sweep reads again. */
  async touch(key: ThreadKey): Promise<void> {
    this.#due.add(threadName(key));
    await this.#read();
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isAllDue || this.#due.size > 0) {
        if (this.#isAllDue) await this.#readAll();
        else await this.#readDue();
      }
    } catch (error) {
      this.print = null;
      throw error;
    } finally {
      this.#isReading = false;
    }
  }

  async #readAll(): Promise<void> {
    this.#isAllDue = false;
    this.#due.clear();
    const before = this.#threads;
    const threads = await listUnreadThreads(this.#parts, this.#userId);
    this.#threads = new Map(threads.map((thread) => [threadName(thread), thread]));
    for (const name of new Set([...before.keys(), ...this.#threads.keys()])) {
      if (!isSame(before.get(name), this.#threads.get(name))) this.#tell(name);
    }
  }

  async #readDue(): Promise<void> {
    const names = [...this.#due];
    this.#due.clear();
    const threads = await Promise.all(
      names.map((name) => this.#parts.threads.ask({ userId: this.#userId, ...threadKey(name) })),
    );
    for (const [index, name] of names.entries()) {
      const before = this.#threads.get(name);
      const thread = threads[index];
      if (thread && thread.unread > 0) this.#threads.set(name, thread);
      else this.#threads.delete(name);
      if (!isSame(before, this.#threads.get(name))) this.#tell(name);
    }
  }
}

function isSame(a: FollowedThread | undefined, b: FollowedThread | undefined): boolean {
  return a?.readSeq === b?.readSeq && a?.unread === b?.unread && a?.mentions === b?.mentions;
}
