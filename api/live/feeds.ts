/**
 * The feeds of this process: opened by their first follower, closed by their last, and swept: one
 * query now and then, and after a gap of the bus, asks how far the logs of all followed rooms have
 * grown, so that a hint that was lost, even a last one, costs SWEEP_MS and no event. `close` ends all.
 *
 * Where a log was set back, or the epoch has changed, a feed's followers end with RESYNC_REQUIRED, and
 * those who come next get another feed. A set-back under the same epoch asks for another epoch first,
 * so that also those are told who are away, or follow a room that has outgrown its old head again.
 */
import { Refusal } from '../errors.ts';
import type { Topic } from './bus.ts';
import { resyncRequired } from './cursor.ts';
import { Feed, type FeedDependencies } from './feed.ts';
import { Follower, type Following } from './follower.ts';

export const SWEEP_MS = 1_000;

interface Entry {
  feed: Feed;
  /** How many follow it, or are about to. */
  users: number;
  followers: Set<Follower>;
}

export class Feeds {
  readonly #deps: FeedDependencies;
  readonly #entries = new Map<string, Entry>();
  #timer: NodeJS.Timeout | null = null;
  #isSweeping = false;
  #isRenewing = false;
  #closed = false;

  constructor(deps: FeedDependencies) {
    this.#deps = deps;
    deps.bus.onGap((topics) => void this.#sweep(roomsOf(topics)));
    deps.epoch.onChange(() => {
      for (const { feed } of this.#entries.values()) this.#replace(feed);
    });
  }

  /** How many rooms are followed here. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many follow a room here. */
  get followers(): number {
    let count = 0;
    for (const { followers } of this.#entries.values()) count += followers.size;
    return count;
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
    if (this.#closed) throw restarting();
    const entry = this.#take(roomId);
    const { feed } = entry;
    try {
      await feed.open();
      const { head } = feed;
      // Before they are admitted: who is a member then has no leaving behind them up to `after`.
      await this.expect(feed, after);
      const admitted = await admit(head);
      if (feed.isClosed) throw resyncRequired();
      if (this.#closed) throw restarting();
      const follower = new Follower(feed, { ...admitted, after: after ?? head });
      entry.followers.add(follower);
      follower.onEnd(() => {
        entry.followers.delete(follower);
        this.#release(entry);
      });
      return follower;
    } catch (error) {
      this.#release(entry);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    for (const { followers } of this.#entries.values()) {
      for (const follower of followers) void follower.return();
    }
  }

  /**
   * Whether `after` lies in the log of the feed, which stands: a cursor may be ahead of this process,
   * whose hints come late, but not of the database.
   * @throws Refusal RESYNC_REQUIRED
   */
  async expect(feed: Feed, after: number | null): Promise<void> {
    if (after === null || after <= feed.head) return;
    const standing = feed.stand();
    const found = (await this.#deps.source.readHeads([standing])).get(feed.roomId);
    if (found) feed.compare(standing, found);
    if (!found || after > found.newest) throw resyncRequired();
  }

  #take(roomId: string): Entry {
    let entry = this.#entries.get(roomId);
    if (!entry) {
      const feed = new Feed(roomId, this.#deps, (feed) => void this.#renew(feed));
      entry = { feed, users: 0, followers: new Set() };
      this.#entries.set(roomId, entry);
    }
    entry.users++;
    this.#timer ??= setInterval(() => void this.#sweepAll(), SWEEP_MS).unref();
    return entry;
  }

  #release(entry: Entry): void {
    if (--entry.users > 0) return;
    entry.feed.close();
    this.#forget(entry);
  }

  #forget(entry: Entry): void {
    const { roomId } = entry.feed;
    if (this.#entries.get(roomId) === entry) this.#entries.delete(roomId);
    if (this.#entries.size === 0 && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  async #sweepAll(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    await this.#sweep(this.#entries.keys());
    this.#isSweeping = false;
  }

  async #sweep(roomIds: Iterable<string>): Promise<void> {
    // Before the question: an answer that is older than what a feed has seen since tells nothing.
    const standings = [...roomIds].flatMap(
      (roomId) => this.#entries.get(roomId)?.feed.stand() ?? [],
    );
    if (this.#closed || standings.length === 0) return;
    try {
      const [heads] = await Promise.all([
        this.#deps.source.readHeads(standings),
        this.#deps.epoch.check(),
      ]);
      for (const standing of standings) {
        const head = heads.get(standing.roomId);
        if (standing.feed.isClosed) continue;
        if (head) standing.feed.compare(standing, head);
        // The room is gone; of one that is being opened nothing is known yet.
        else if (standing.last > 0) this.#replace(standing.feed);
      }
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'The sweep of the rooms’ logs failed');
    }
  }

  /** The log of this feed was set back: all that is followed is of another history. */
  async #renew(feed: Feed): Promise<void> {
    if (this.#isRenewing || feed.isClosed) return;
    this.#isRenewing = true;
    try {
      // A room that was deleted is no other history of anything else.
      const heads = await this.#deps.source.readHeads([feed.stand()]);
      if (!heads.has(feed.roomId)) return;
      this.#deps.log.warn({ roomId: feed.roomId }, 'A room’s log was set back: all load afresh');
      await this.#deps.epoch.renew();
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'The database could not be marked as another history');
    } finally {
      this.#isRenewing = false;
      this.#replace(feed);
    }
  }

  /** Ends who follows it; those who come next get another feed. */
  #replace(feed: Feed): void {
    const entry = this.#entries.get(feed.roomId);
    if (entry?.feed !== feed) return;
    feed.close();
    this.#forget(entry);
    for (const follower of entry.followers) follower.fail(resyncRequired());
  }
}

function restarting(): Refusal {
  return new Refusal('UNAVAILABLE', 'The server is restarting. Try again.');
}

const TOPIC = 'room:';

function roomsOf(topics: Iterable<Topic>): string[] {
  return [...topics]
    .filter((topic) => topic.startsWith(TOPIC))
    .map((topic) => topic.slice(TOPIC.length));
}
