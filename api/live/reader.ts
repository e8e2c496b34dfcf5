import { resyncRequired } from './cursor.ts';
import type { Group, LiveReader, Outlet } from './group.ts';
import type { RoomEvent } from './log.ts';

/** How long a reader waits after a read that failed. */
const READ_RETRY_MS = 1_000;
/** What a replay writes before it waits for the socket. */
const PART_BYTES = 64 * 1024;

/** One subscriber of a group: replays from their position and comes into its live set at its head. */
export class Reader implements LiveReader {
  readonly outlet: Outlet;
  readonly isLast: (event: RoomEvent) => boolean;
  readonly #group: Group;
  readonly #end = Promise.withResolvers<void>();
  #position: number;
  #ended = false;

  constructor(group: Group, outlet: Outlet, after: number, isLast: Reader['isLast']) {
    this.#group = group;
    this.outlet = outlet;
    this.isLast = isLast;
    this.#position = after;
  }

  async run(): Promise<void> {
    await this.#replay();
    return this.#end.promise;
  }

  end(): void {
    this.#ended = true;
    this.#group.live.delete(this);
    this.#end.resolve();
  }

  /** The group is over. */
  leave({ cause }: { cause: unknown }): void {
    if (cause) this.#end.reject(cause);
    this.end();
  }

  async #replay(): Promise<void> {
    while (!this.#ended) {
      if (this.#group.end) {
        this.leave(this.#group.end);
        return;
      }
      if (this.#group.isOver || this.#position > this.#group.head) {
        await this.#group.moved();
        continue;
      }
      if (this.#position === this.#group.head) {
        // Nothing waits between the comparison and the last line, or events would fall through.
        this.#group.flush();
        this.#group.live.add(this);
        return;
      }
      if (!(await this.#hand(await this.#readPage()))) this.end();
    }
    this.#end.resolve();
  }

  /** Writes a page in parts that no socket lags behind by; false where the socket has gone. */
  async #hand(page: RoomEvent[]): Promise<boolean> {
    let part: Buffer[] = [];
    let bytes = 0;
    for (const event of page) {
      if (event.seq > this.#group.head) break;
      const payload = await this.#group.payloadOf(event);
      if (this.#isOver) return true;
      if (payload) part.push(payload);
      bytes += payload?.length ?? 0;
      this.#position = event.seq;
      const isLast = this.isLast(event);
      if (isLast || bytes >= PART_BYTES) {
        this.outlet.write(part);
        part = [];
        bytes = 0;
        if (isLast || !(await this.outlet.ready())) return false;
      }
    }
    if (part.length > 0) this.outlet.write(part);
    return this.outlet.ready();
  }

  get #isOver(): boolean {
    return this.#ended || this.#group.isOver;
  }

  async #readPage(): Promise<RoomEvent[]> {
    for (;;) {
      const page = await this.#group.read(this.#position).catch(() => null);
      if (page && page.length > 0) return page;
      if (page) throw resyncRequired();
      await new Promise((resolve) => setTimeout(resolve, READ_RETRY_MS));
      if (this.#isOver) return [];
    }
  }
}
