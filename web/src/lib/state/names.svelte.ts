/** Whom the names in texts stand for, and which rooms, as far as the viewer may know. */
import type { Api } from '#lib/graphql/api.ts';
import {
  NamedRoomsDocument,
  NamedUsersDocument,
  type NamedRoomsQuery,
  type NamedUsersQuery,
} from '#lib/graphql/generated/graphql.ts';
import type { Inbox } from './inbox.svelte.ts';
import { Lookup } from './lookup.svelte.ts';

type RoomNode = Extract<NamedUsersQuery['node'], { __typename: 'Room' }>;
export type NamedUser = RoomNode['namedUsers'][number];
export type NamedRoom = Pick<NamedRoomsQuery['roomsBySlug'][number], 'slug' | 'name'>;

/** As many as the server looks up at once. */
const USERS = 50;
const ROOMS = 100;
const FRESH = { requestPolicy: 'network-only' } as const;

/** Those whom usernames stand for, and whether they belong to a room. */
export class PeopleNames {
  readonly #lookup: Lookup<NamedUser>;

  constructor({ client }: Api, roomId: string) {
    this.#lookup = new Lookup(async (usernames) => {
      const { data } = await client.query(NamedUsersDocument, { roomId, usernames }, FRESH);
      if (data?.node?.__typename !== 'Room') return null;
      return new Map(
        data.node.namedUsers.flatMap((one) => one.names.map((name) => [name, one] as const)),
      );
    }, USERS);
  }

  /** Null where nobody bears the name, undefined where that is not known yet. */
  find(username: string): NamedUser | null | undefined {
    return this.#lookup.get(username.toLowerCase());
  }

  /** Looks up what is not known yet. Resolves once that is done, or can't be. */
  want(usernames: Iterable<string>): Promise<void> {
    const names = [...usernames].map((name) => name.toLowerCase());
    return this.#lookup.want(names);
  }

  /** Who was no member may have joined since, and a name may have been taken. */
  forgetStrangers(usernames: Iterable<string>): void {
    for (const name of usernames) {
      if (!this.find(name)?.isMember) this.#lookup.forget(name.toLowerCase());
    }
  }
}

/** The rooms that `#` names stand for: the viewer's own at once, others that they may see once they are asked for. */
export class RoomNames {
  readonly #inbox: Inbox;
  readonly #lookup: Lookup<NamedRoom>;
  readonly #own = $derived.by(
    () => new Map(this.#inbox.rooms.map(({ room }) => [room.slug, room as NamedRoom])),
  );

  constructor({ client }: Api, inbox: Inbox) {
    this.#inbox = inbox;
    this.#lookup = new Lookup(async (slugs) => {
      const { data } = await client.query(NamedRoomsDocument, { slugs }, FRESH);
      return data ? new Map(data.roomsBySlug.map((room) => [room.slug, room])) : null;
    }, ROOMS);
  }

  /** Null where the viewer sees no such room, undefined where that is not known yet. */
  find(slug: string): NamedRoom | null | undefined {
    return this.#own.get(slug) ?? this.#lookup.get(slug);
  }

  want(slug: string): void {
    if (!this.#own.has(slug)) void this.#lookup.want([slug]);
  }
}
