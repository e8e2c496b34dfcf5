import { fromStore } from 'svelte/store';
import { queryStore } from '@urql/svelte';
import type { Api } from '#lib/graphql/api.ts';
import { RoomHeaderDocument, type RoomHeaderFragment } from '#lib/graphql/generated/graphql.ts';
import type { RoomEvent } from '#lib/state/room-feed.ts';

const SETTLE_MS = 1000;
/** The server's clock may be behind. */
const LATE_MS = 500;
/** As long as browsers wait at all: some 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** What stands above a room, as it was read with the page, and as events change it from then on. */
export class LiveHeader {
  readonly #api: Api;
  readonly #slug: string;
  readonly #opened: RoomHeaderFragment;
  readonly #query;
  #known: string | null = null;
  #removedBy: string | null = $state(null);

  constructor(api: Api, opened: RoomHeaderFragment) {
    this.#api = api;
    this.#slug = opened.slug;
    this.#opened = opened;
    const variables = { slug: opened.slug };
    this.#query = fromStore(
      queryStore({ client: api.client, query: RoomHeaderDocument, variables }),
    );
  }

  get room(): RoomHeaderFragment {
    return this.#query.current.data?.room ?? this.#opened;
  }

  /** What the viewer may do goes with what is set of the room, and with what they are in it. */
  get #rules(): string {
    const { visibility, postingPolicy, archivedAt } = this.room;
    return [visibility, postingPolicy, archivedAt].join();
  }

  /** Reads again what the viewer may do, once events have told of other settings. Call in an effect. */
  keepAbilities(): void {
    const rules = this.#rules;
    if (this.#known === rules) return;
    const isFirst = this.#known === null;
    this.#known = rules;
    if (!isFirst) void this.refresh();
  }

  /** Who has removed the viewer while they looked at the room; null for nobody, and once they are back. */
  get removedBy(): string | null {
    return this.#query.current.data?.room?.viewerMembership ? null : this.#removedBy;
  }

  /** What the viewer may do changes with what is done to them. */
  async takeIn(event: RoomEvent, viewerId: string): Promise<void> {
    if (!('member' in event) || event.member.id !== viewerId) return;
    await this.refresh();
    if (event.__typename === 'MemberRemoved') this.#removedBy = event.actor.displayName;
  }

  /** Reads it again once the viewer may write again. Call in an effect; gives what ends it. */
  keepTime(): (() => void) | undefined {
    const until = this.room.viewerMembership?.timedOutUntil;
    const waitMs = until ? Date.parse(until) - Date.now() : 0;
    if (waitMs <= 0) return undefined;
    const timer = setTimeout(() => void this.refresh(), Math.min(waitMs + LATE_MS, LONGEST_MS));
    return () => clearTimeout(timer);
  }

  async refresh(): Promise<void> {
    const variables = { slug: this.#slug };
    await this.#api.client.query(RoomHeaderDocument, variables, { requestPolicy: 'network-only' });
  }

  /**
   * Events carry the number of members, not the faces: a room with few gets its new ones once the joins pause. Call in
   * an effect; gives what ends it.
   */
  keepFaces(): (() => void) | undefined {
    const { members, memberCount } = this.room;
    if (members.edges.length >= Math.min(3, memberCount)) return undefined;
    const timer = setTimeout(() => void this.refresh(), SETTLE_MS);
    return () => clearTimeout(timer);
  }
}
