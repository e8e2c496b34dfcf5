import type { Api } from '#lib/graphql/api.ts';
import type { LatestMessagesFragment } from '#lib/graphql/generated/graphql.ts';
import { Outbox } from './outbox.svelte.ts';
import { Timeline } from './timeline.svelte.ts';
import { Tray, type TrayLimits } from './tray.svelte.ts';

/** Rooms whose conversation and reading position are kept for the way back. */
const MAX_KEPT = 12;

/** The conversations of one session in one tab, and what it has to send. Made by the app's layout. */
export class Conversations {
  readonly outbox: Outbox;
  readonly #api: Api;
  readonly #viewerId: string;
  readonly #timelines = new Map<string, Timeline>();
  readonly #trays = new Map<string, Tray>();

  constructor(api: Api, viewerId: string) {
    this.#api = api;
    this.#viewerId = viewerId;
    this.outbox = new Outbox(api, (roomId, edge) => this.#timelines.get(roomId)?.deliver(edge));
  }

  /** The files that are to go with the room's next message. Uploads go on while another room is open. */
  trayOf(roomId: string, limits: TrayLimits): Tray {
    const tray = this.#trays.get(roomId) ?? new Tray(this.#api, roomId, limits);
    this.#trays.set(roomId, tray);
    return tray;
  }

  /** Ends what is under way. */
  close(): void {
    this.outbox.close();
    for (const tray of this.#trays.values()) tray.close();
  }

  /** The room's timeline: the one that was left here earlier, else a new one from its newest page. */
  of(room: LatestMessagesFragment): Timeline {
    const timeline = this.#timelines.get(room.id) ?? new Timeline(this.#api, this.#viewerId, room);
    this.#timelines.delete(room.id);
    this.#timelines.set(room.id, timeline);
    const [oldest] = this.#timelines.keys();
    if (this.#timelines.size > MAX_KEPT && oldest) this.#timelines.delete(oldest);
    return timeline;
  }
}
