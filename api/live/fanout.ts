/**
 * Shared delivery. Subscribers that asked the same question of the same room form a group; an event
 * is answered once for all of them, and the same bytes go to each.
 *
 * A group is one follower of the room's feed. Its head moves by one event at a time, after the event
 * has been answered. A subscriber replays from their own position, page by page, each awaiting their
 * socket, and comes into the live set in the same turn of the event loop in which they have reached
 * the group's head: so nothing falls between and nothing comes twice. What is answered within one turn
 * goes out in one write. Nothing is queued here for a slow socket: the outlet closes it past its
 * limit. A group ends with its last subscriber; until then its ring of payloads serves those who
 * come back. Where its feed was closed because the log was set back, all its subscribers are refused
 * with RESYNC_REQUIRED, and nothing that is answered after that goes out.
 */
import { resyncRequired } from './cursor.ts';
import type { Feeds } from './feeds.ts';
import { Group, type Outlet, type Question } from './group.ts';
import type { RoomEvent } from './log.ts';
import { Reader } from './reader.ts';

export interface Subscriber {
  outlet: Outlet;
  /** The number of the last event that is not wanted any more; null for the newest. */
  after: number | null;
  /** Decides, and refuses by throwing, once the feed stands. */
  admit: () => Promise<{
    /** Whether nothing past this event may reach them. */
    isLast: (event: RoomEvent) => boolean;
  }>;
}

export interface Subscription {
  /** Resolves when nothing more will come; rejects with RESYNC_REQUIRED. */
  ended: Promise<void>;
  close(): void;
}

export class Fanout {
  readonly #feeds: Feeds;
  readonly #groups = new Map<string, Group>();

  constructor(feeds: Feeds) {
    this.#feeds = feeds;
  }

  get groups(): number {
    return this.#groups.size;
  }

  /** How many have come in and not left, over all groups. */
  get subscribers(): number {
    let count = 0;
    for (const group of this.#groups.values()) count += group.members;
    return count;
  }

  /**
   * Delivers what the question asks, from the subscriber's position on.
   * @throws Refusal RESYNC_REQUIRED where that lies past the head; whatever `admit` throws.
   */
  async subscribe(question: Question, subscriber: Subscriber): Promise<Subscription> {
    const group = this.#groups.get(question.key) ?? this.#found(question);
    group.enter();
    const leave = () => {
      if (group.leave() === 0) group.close();
    };
    try {
      const feed = await group.open();
      // Both before they are admitted: who is a member then has no leaving behind them up to there.
      const after = subscriber.after ?? group.head;
      await this.#feeds.expect(feed, after);
      const { isLast } = await subscriber.admit();
      if (feed.isClosed) throw resyncRequired();
      const reader = new Reader(group, subscriber.outlet, after, isLast);
      return { ended: reader.run().finally(leave), close: () => reader.end() };
    } catch (error) {
      leave();
      throw error;
    }
  }

  #found(question: Question): Group {
    const group: Group = new Group(question, this.#feeds, () => {
      if (this.#groups.get(question.key) === group) this.#groups.delete(question.key);
    });
    this.#groups.set(question.key, group);
    return group;
  }
}
