import type { Api } from '#lib/graphql/api.ts';
import type { LatestMessagesFragment } from '#lib/graphql/generated/graphql.ts';
import { Changing } from './changing.svelte.ts';
import { PeopleNames } from './names.svelte.ts';
import { Outbox } from './outbox.svelte.ts';
import { Timeline } from './timeline.svelte.ts';
import { Tray, type TrayLimits } from './tray.svelte.ts';

/** Rooms whose conversation and reading position are kept for the way back. */
const MAX_KEPT = 12;

/** The conversations of one session in one tab, and what it has to send. Made by the app's layout. */
export class Conversations {
  readonly outbox: Outbox;
  readonly changing: Changing;
  readonly #api: Api;
  readonly #viewerId: string;
  readonly #timelines = new Map<string, Timeline>();
  readonly #trays = new Map<string, Tray>();
  readonly #people = new Map<string, PeopleNames>();

  constructor(api: Api, viewerId: string) {
    this.#api = api;
    this.#viewerId = viewerId;
    this.outbox = new Outbox(api, (roomId, message) =>
      this.#timelines.get(roomId)?.deliver(message),
    );
    this.changing = new Changing(api, (roomId) => this.#timelines.get(roomId));
  }

  /**
   * The files that are to go with the next message of the room, or of a thread of it. Uploads go on while
   * another room is open.
   */
  trayOf(roomId: string, limits: TrayLimits, threadId: string | null = null): Tray {
    const place = threadId ?? roomId;
    const tray = this.#trays.get(place) ?? new Tray(this.#api, roomId, limits);
    this.#trays.set(place, tray);
    return tray;
  }

  /** Whom names stand for in a room. */
  peopleOf(roomId: string): PeopleNames {
    const people = this.#people.get(roomId) ?? new PeopleNames(this.#api, roomId);
    this.#people.set(roomId, people);
    return people;
  }

  /** Takes up what earlier pages left to be sent. Call in the browser, once. */
  open(): void {
    this.outbox.open(this.#viewerId);
    this.changing.open(this.#viewerId);
  }

  /** Ends what is under way. */
  close(): void {
    this.outbox.close();
    this.changing.close();
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
