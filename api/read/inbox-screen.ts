import type { Draft } from '../generated/prisma/client.ts';
import type { Inbox, InboxRoom, InboxState } from './inbox.ts';

/** What a screen is told of an inbox. */
export type InboxChange =
  | { kind: 'STATE'; state: InboxState }
  | { kind: 'ROOM_CHANGED'; entry: InboxRoom }
  | { kind: 'ROOM_REMOVED'; roomId: string }
  | { kind: 'DRAFT_CHANGED'; place: DraftKey; draft: Draft | null };

export type DraftKey = Pick<Draft, 'roomId' | 'threadSeq'>;

/**
 * One screen's reading of an inbox: all of it, then what has changed since, each as it is when it is read. What
 * waits is the names of what has changed, and no more of them than there are. `return` ends it at
 * once, also while a `next` waits.
 */
export class InboxScreen implements AsyncIterableIterator<InboxChange, undefined> {
  readonly #inbox: Inbox;
  readonly #endings: (() => void)[];
  #isWhole = false;
  readonly #rooms = new Set<string>();
  readonly #drafts = new Set<string>();
  #ended = false;
  #wake: () => void = () => {};

  constructor(inbox: Inbox, onEnd: () => void) {
    this.#inbox = inbox;
    this.#endings = [onEnd];
  }

  /** These rooms and drafts are other than they were. */
  tell(rooms: Iterable<string>, drafts: Iterable<string>): void {
    // Before the state is read it has them in it.
    if (!this.#isWhole) return;
    for (const roomId of rooms) this.#rooms.add(roomId);
    for (const key of drafts) this.#drafts.add(key);
    this.#wake();
  }

  async next(): Promise<IteratorResult<InboxChange, undefined>> {
    while (!this.#ended) {
      const change = this.#take();
      if (change) return { done: false, value: change };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<InboxChange, undefined>> {
    if (!this.#ended) {
      this.#ended = true;
      this.#wake();
      for (const act of this.#endings) act();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** `act` is called when the screen ends, at once where it has ended. */
  onEnd(act: () => void): void {
    if (this.#ended) act();
    else this.#endings.push(act);
  }

  #take(): InboxChange | null {
    if (!this.#isWhole) {
      this.#isWhole = true;
      return { kind: 'STATE', state: this.#inbox.state };
    }
    const roomId = shift(this.#rooms);
    if (roomId !== undefined) {
      const entry = this.#inbox.room(roomId);
      return entry ? { kind: 'ROOM_CHANGED', entry } : { kind: 'ROOM_REMOVED', roomId };
    }
    const key = shift(this.#drafts);
    if (key === undefined) return null;
    const [draftRoomId, threadSeq] = key.split('.') as [string, string];
    const place = { roomId: draftRoomId, threadSeq: Number(threadSeq) };
    return { kind: 'DRAFT_CHANGED', place, draft: this.#inbox.draft(key) };
  }
}

function shift(names: Set<string>): string | undefined {
  const [first] = names;
  if (first !== undefined) names.delete(first);
  return first;
}
