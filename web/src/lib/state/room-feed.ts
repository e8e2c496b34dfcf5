/**
 * A room's events from a position in its log on, across any interruption. It owns the cursor and the subscription that
 * moves it. Invariant: the cursor never passes an event that was not taken in. The subscription lives from `follow()`
 * to the function that it gives.
 */
import { backoffMs } from '../../../../client/src/backoff.ts';
import type { Api } from '#lib/graphql/api.ts';
import { RoomEventsDocument, type RoomEventsSubscription } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';

export type RoomEvent = RoomEventsSubscription['roomEvents']['node'];

/** Where to go on after the log turned out to be another one; or that it can't be read now, or no more. */
export type Resynced = { cursor: string } | 'failed' | 'gone';

export class RoomFeed {
  readonly #api: Api;
  readonly #roomId: string;
  readonly #take: (event: RoomEvent) => void;
  readonly #resync: () => Promise<Resynced>;
  #cursor: string;

  constructor(
    api: Api,
    room: { id: string; cursor: string },
    take: (event: RoomEvent) => void,
    resync: () => Promise<Resynced>,
  ) {
    this.#api = api;
    this.#roomId = room.id;
    this.#cursor = room.cursor;
    this.#take = take;
    this.#resync = resync;
  }

  /** The position in the room's log up to which all was told. */
  get cursor(): string {
    return this.#cursor;
  }

  /** Follows the room from the cursor on. Gives the function that stops it. */
  follow(): () => void {
    let stopped = false;
    let attempt = 0;
    let subscription: { unsubscribe(): void } | undefined;
    const start = () => {
      if (stopped) return;
      subscription = this.#api.client
        .subscription(RoomEventsDocument, { roomId: this.#roomId, after: this.#cursor })
        .subscribe(({ data, error }) => {
          if (error) void recover(refusalOf(error).code);
          else if (data) {
            attempt = 0;
            this.#cursor = data.roomEvents.cursor;
            this.#take(data.roomEvents.node);
          }
        });
    };
    const recover = async (code: string) => {
      subscription?.unsubscribe();
      if (['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'].includes(code)) return;
      if (code === 'RESYNC_REQUIRED') {
        const resynced = await this.#resync();
        if (resynced === 'gone') return;
        if (resynced !== 'failed') {
          this.#cursor = resynced.cursor;
          return start();
        }
      }
      await this.#api.wakeup?.sleep(backoffMs(attempt++));
      start();
    };
    start();
    return () => {
      stopped = true;
      subscription?.unsubscribe();
    };
  }
}
