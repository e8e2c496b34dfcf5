import type { Draft } from '../generated/prisma/client.ts';
import { listDrafts } from './draft.ts';
import type { InboxParts } from './inbox-parts.ts';
import { threadName } from './thread-unread.ts';

/** The drafts of one person as an inbox holds them: all are read again where one has changed; one reading at a time. */
export class InboxDrafts {
  readonly #parts: InboxParts;
  readonly #userId: string;
  readonly #tell: (name: string) => void;
  #drafts = new Map<string, Draft>();
  #isStale = false;
  #isLoading = false;

  /** @param tell is told of each draft that is other than it was, by `threadName`. */
  constructor(parts: InboxParts, userId: string, tell: (name: string) => void) {
    this.#parts = parts;
    this.#userId = userId;
    this.#tell = tell;
  }

  get all(): Draft[] {
    return [...this.#drafts.values()];
  }

  /** @param name 0 for the number of the thread is the room itself. */
  get(name: string): Draft | null {
    return this.#drafts.get(name) ?? null;
  }

  /** @throws whatever the database throws. */
  async load(): Promise<void> {
    this.#isStale = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        const before = this.#drafts;
        const drafts = await listDrafts(this.#parts, this.#userId);
        this.#drafts = new Map(drafts.map((draft) => [threadName(draft), draft]));
        for (const name of new Set([...before.keys(), ...this.#drafts.keys()])) {
          const [old, now] = [before.get(name), this.#drafts.get(name)];
          if (old?.updatedAt.getTime() !== now?.updatedAt.getTime()) this.#tell(name);
        }
      }
    } finally {
      this.#isLoading = false;
    }
  }
}
