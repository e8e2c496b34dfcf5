/**
 * The feeds of this process: opened by their first follower, closed by their last, and swept: one
 * query now and then, and after a gap of the bus, asks how far the logs of all followed rooms have
 * grown, so that a hint that was lost, even a last one, costs SWEEP_MS and no event. `close` ends all.
 */
import { Refusal } from '../errors.ts';
import { resyncRequired } from './cursor.ts';
import { Feed, type FeedDependencies } from './feed.ts';
import { Follower, type Following } from './follower.ts';
import { readHeads } from './log.ts';

export const SWEEP_MS = 1_000;

export class Feeds {
  readonly #deps: FeedDependencies;
  readonly #feeds = new Map<string, { feed: Feed; followers: number }>();
  readonly #followers = new Set<Follower>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(deps: FeedDependencies) {
    this.#deps = deps;
    deps.bus.onGap(() => void this.#sweep());
  }

  /** How many rooms are followed here. */
  get size(): number {
    return this.#feeds.size;
  }

  /** How many follow a room here. */
  get followers(): number {
    return this.#followers.size;
  }

  /**
   * Follows a room past `after`, or past now where that is null. `admit` decides once the feed
   * stands: what it sees is no older than the head, and it is told that head.
   * @throws Refusal RESYNC_REQUIRED where `after` lies past the head; whatever `admit` throws.
   */
  async follow(
    roomId: string,
    after: number | null,
    admit: (head: number) => Promise<Pick<Following, 'wants' | 'isLast'>>,
  ): Promise<Follower> {
    if (this.#closed) throw new Refusal('UNAVAILABLE', 'The server is restarting. Try again.');
    const feed = this.#take(roomId);
    try {
      await feed.open();
      const head = feed.head;
      const admitted = await admit(head);
      if (after !== null && after > feed.head) await this.expect(feed, after);
      const follower = new Follower(feed, { ...admitted, after: after ?? head });
      this.#followers.add(follower);
      follower.onEnd(() => {
        this.#followers.delete(follower);
        this.#release(feed);
      });
      return follower;
    } catch (error) {
      this.#release(feed);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    for (const follower of this.#followers) void follower.return();
  }

  /**
   * A cursor may be ahead of this process, whose hints come late, but not of the database.
   * @throws Refusal RESYNC_REQUIRED
   */
  async expect(feed: Feed, after: number): Promise<void> {
    const heads = await readHeads(this.#deps.pool, [feed.roomId]);
    if (after > (heads.get(feed.roomId) ?? 0)) throw resyncRequired();
    feed.nudge(after);
  }

  #take(roomId: string): Feed {
    const entry = this.#feeds.get(roomId) ?? { feed: new Feed(roomId, this.#deps), followers: 0 };
    entry.followers++;
    this.#feeds.set(roomId, entry);
    this.#timer ??= setInterval(() => void this.#sweep(), SWEEP_MS).unref();
    return entry.feed;
  }

  #release(feed: Feed): void {
    const entry = this.#feeds.get(feed.roomId);
    if (!entry || entry.feed !== feed || --entry.followers > 0) return;
    feed.close();
    this.#feeds.delete(feed.roomId);
    if (this.#feeds.size === 0 && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  async #sweep(): Promise<void> {
    if (this.#closed || this.#feeds.size === 0) return;
    try {
      const heads = await readHeads(this.#deps.pool, [...this.#feeds.keys()]);
      for (const [roomId, { feed }] of this.#feeds) {
        const head = heads.get(roomId);
        if (head !== undefined && head > feed.head) feed.nudge(head);
      }
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'The sweep of the rooms’ logs failed');
    }
  }
}
