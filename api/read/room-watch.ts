import type { InboxParts } from './inbox-parts.ts';
import { Refusal } from '../errors.ts';
import type { Follower } from '../live/follower.ts';
import { type RoomEvent, settled } from '../live/log.ts';
import type { RoomGist } from './room-gist.ts';

/** Whoever has the room in a list. */
export interface Watcher {
  /** The room's next event, after the watch has taken it in. */
  take(watch: RoomWatch, event: RoomEvent): void;
  readonly userId: string;
  /** Something has happened in a thread that they follow. */
  takeReply(watch: RoomWatch, threadSeq: number): void;
  /** What is shown of the room has changed without an event of this moment. */
  refresh(watch: RoomWatch): void;
  /** The room's log is another one, or out of reach: nothing more will come. */
  lose(watch: RoomWatch): void;
}

/**
 * A room as lists of rooms show it, for all who have it in theirs on this process: one follower of its
 * log, which keeps the gist as it is at the log's head and tells the watchers of each event, in order,
 * once. Ends with its last watcher, or with its follower.
 */
export class RoomWatch {
  readonly roomId: string;
  readonly watchers = new Set<Watcher>();
  gist!: RoomGist;
  readonly #parts: InboxParts;
  readonly #onEnd: () => void;
  #follower: Follower | null = null;
  #opening: Promise<void> | null = null;
  #isOver = false;

  constructor(parts: InboxParts, roomId: string, onEnd: () => void) {
    this.#parts = parts;
    this.roomId = roomId;
    this.#onEnd = onEnd;
  }

  /** Resolves once the gist is known. @throws Refusal NOT_FOUND; whatever the database throws. */
  open(): Promise<void> {
    this.#opening ??= this.#open().catch((error) => {
      this.#end();
      throw error;
    });
    return this.#opening;
  }

  leave(watcher: Watcher): void {
    this.watchers.delete(watcher);
    if (this.watchers.size === 0) this.#end();
  }

  async #open(): Promise<void> {
    const follower = await this.#parts.feeds.follow(this.roomId, null, async () => ({
      wants: () => true,
      isLast: () => false,
    }));
    this.#follower = follower;
    // Behind the follower's start: what happens from now on is in the gist, or will be met.
    const gist = await this.#parts.roomGists.ask(this.roomId);
    if (!gist) throw new Refusal('NOT_FOUND', 'There is no such room.');
    this.gist = gist;
    if (this.#isOver) void follower.return();
    else void this.#run(follower);
  }

  async #run(follower: Follower): Promise<void> {
    try {
      for await (const event of follower) {
        this.#takeIn(event);
        for (const watcher of this.watchers) watcher.take(this, event);
        const threadSeq = threadOf(event);
        if (threadSeq !== null) void this.#tellFollowers(threadSeq);
      }
    } catch (error) {
      this.#parts.log.warn({ err: error, roomId: this.roomId }, 'A room is watched afresh');
    }
    this.#end();
    for (const watcher of this.watchers) watcher.lose(this);
  }

  /** Once for all who have the room in their lists. */
  async #tellFollowers(threadSeq: number): Promise<void> {
    const { roomId } = this;
    let followers: Set<string> | null = null;
    try {
      followers = new Set(await this.#parts.threadFollowers.ask({ roomId, threadSeq }));
    } catch (error) {
      // Each asks for themselves, and once more where that fails.
      this.#parts.log.warn({ err: error, roomId }, 'Who follows a thread is not known');
    }
    for (const watcher of this.watchers) {
      if (followers?.has(watcher.userId) ?? true) watcher.takeReply(this, threadSeq);
    }
  }

  #takeIn(event: RoomEvent): void {
    const { room, lastMessage } = this.gist;
    if (event.seq <= room.lastSeq) return;
    const changed = { ...room, lastSeq: event.seq };
    this.gist = { room: changed, lastMessage };
    if (event.kind === 'MESSAGE_POSTED') {
      if (event.message.inRoom) this.gist.lastMessage = event.message;
    } else if (event.kind === 'MESSAGE_EDITED') {
      if (event.message.seq === lastMessage?.seq) this.gist.lastMessage = event.message;
    } else if (event.kind === 'MESSAGE_DELETED') {
      if (event.message.seq === lastMessage?.seq) void this.#readAgain();
    } else if (event.kind === 'ROOM_RENAMED') changed.name = event.data.name;
    else if (event.kind === 'TOPIC_CHANGED') changed.topic = event.data.topic;
    else if (event.kind === 'ROOM_CHANGED') Object.assign(changed, settled(event.data.settings));
    else if (
      event.kind === 'MEMBER_JOINED' ||
      event.kind === 'MEMBER_LEFT' ||
      event.kind === 'MEMBER_REMOVED'
    ) {
      changed.memberCount = event.data.memberCount;
    }
  }

  /** What was said before the last message only the database knows. */
  async #readAgain(): Promise<void> {
    try {
      const gist = await this.#parts.roomGists.ask(this.roomId);
      if (this.#isOver || !gist) return;
      if (gist.room.lastSeq < this.gist.room.lastSeq) return void this.#readAgain();
      this.gist = gist;
      for (const watcher of this.watchers) watcher.refresh(this);
    } catch (error) {
      // The next message will be the last one.
      this.#parts.log.warn(
        { err: error, roomId: this.roomId },
        'A room’s last message is not known',
      );
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
    void this.#follower?.return();
  }
}

/** The number of the thread whose unread replies an event may change; null for none. */
function threadOf(event: RoomEvent): number | null {
  if (event.kind === 'MESSAGE_POSTED' || event.kind === 'MESSAGE_DELETED') {
    return event.message.threadSeq;
  }
  if (event.kind !== 'MESSAGE_EDITED') return null;
  // Whoever is mentioned by now where a thread begins follows it.
  const { threadSeq, replyCount, seq } = event.message;
  return threadSeq ?? (replyCount > 0 ? seq : null);
}
