import type { Draft } from '../generated/prisma/client.ts';
import { Pull } from '../live/pull.ts';
import type { Inbox, InboxState } from './inbox.ts';
import type { Pending } from './inbox-pending.ts';
import type { InboxRoom } from './inbox-rooms.ts';
import type { FollowedThread, ThreadKey } from './thread-unread.ts';

/** What a screen is told of an inbox. */
export type InboxChange =
  | { kind: 'STATE'; state: InboxState }
  | { kind: 'ROOM_CHANGED'; entry: InboxRoom }
  | { kind: 'ROOM_REMOVED'; roomId: string }
  | { kind: 'THREAD_CHANGED'; place: ThreadKey; thread: FollowedThread | null }
  | { kind: 'DRAFT_CHANGED'; place: ThreadKey; draft: Draft | null }
  | { kind: 'PENDING_CHANGED'; pending: Pending };

/** What stands in an inbox: a room by its id, a thread or a draft by the name of its thread; or all that is pending. */
export type InboxName = `${'room' | 'thread' | 'draft'}:${string}` | 'pending:';

export const nameIn = (name: InboxName) => name.slice(name.indexOf(':') + 1);

/**
 * One screen's reading of an inbox: all of it, then what has changed since, each as it is when it is read. What
 * waits is the names of what has changed, and no more of them than there are.
 */
export class InboxScreen extends Pull<InboxChange> {
  readonly #inbox: Inbox;
  #isWhole = false;
  readonly #changed = new Set<InboxName>();

  constructor(inbox: Inbox) {
    super();
    this.#inbox = inbox;
  }

  /** These are other than they were. */
  tell(names: Iterable<InboxName>): void {
    // Before the state is read it has them in it.
    if (!this.#isWhole) return;
    for (const name of names) this.#changed.add(name);
    this.wake();
  }

  protected take(): InboxChange | null {
    if (!this.#isWhole) {
      this.#isWhole = true;
      return { kind: 'STATE', state: this.#inbox.state };
    }
    const [name] = this.#changed;
    if (name === undefined) return null;
    this.#changed.delete(name);
    return this.#inbox.read(name);
  }
}
