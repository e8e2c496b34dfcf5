import { fromStore } from 'svelte/store';
import { queryStore } from '@urql/svelte';
import type { Api } from '#lib/graphql/api.ts';
import { RoomHeaderDocument, type RoomHeaderFragment } from '#lib/graphql/generated/graphql.ts';

const SETTLE_MS = 1000;

/** What stands above a room, as it was read with the page, and as events change it from then on. */
export class LiveHeader {
  readonly #api: Api;
  readonly #slug: string;
  readonly #opened: RoomHeaderFragment;
  readonly #query;

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

  /**
   * Events carry the number of members, not the faces: a room with few gets its new ones once the joins pause. Call in
   * an effect; gives what ends it.
   */
  keepFaces(): (() => void) | undefined {
    const { members, memberCount } = this.room;
    if (members.edges.length >= Math.min(3, memberCount)) return undefined;
    const timer = setTimeout(() => {
      const variables = { slug: this.#slug };
      void this.#api.client.query(RoomHeaderDocument, variables, {
        requestPolicy: 'network-only',
      });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }
}
