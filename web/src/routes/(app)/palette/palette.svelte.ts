/**
 * What stands in the palette: the viewer's rooms and commands at once, as they are here, and what the server
 * finds by the same words once the typing pauses. Invariant: what was found belongs to what is typed.
 */
import Hash from '@lucide/svelte/icons/hash';
import Lock from '@lucide/svelte/icons/lock';
import Search from '@lucide/svelte/icons/search';
import UsersRound from '@lucide/svelte/icons/users-round';
import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Api } from '#lib/graphql/api.ts';
import {
  FindPeopleDocument,
  JoinableRoomsDocument,
  type DirectMemberFragment,
  type InboxRoomFragment,
  type JoinableRoomsQuery,
} from '#lib/graphql/generated/graphql.ts';
import { othersOf } from '#lib/state/room-title.ts';
import type { Preferences } from '#lib/state/preferences.svelte.ts';
import type { Session } from '../session.ts';
import { commands } from './commands.ts';
import { type Entry, rank } from './entry.ts';
import { Uses } from './uses.svelte.ts';

const PAUSE_MS = 120;
/** Rooms are made, joined and left meanwhile. */
const FRESH = { requestPolicy: 'network-only' } as const;

export interface PaletteParts {
  api: Api;
  preferences: Preferences;
  session: Session;
  openDirect: (userId: string) => unknown;
}

export class Palette {
  isOpen = $state(false);
  #text = $state('');
  #found: readonly Entry[] = $state.raw([]);
  readonly uses: Uses;
  readonly #parts: PaletteParts;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: PaletteParts) {
    this.#parts = parts;
    this.uses = new Uses(parts.session.me.id);
  }

  /** What is shown, the best first. */
  readonly entries: readonly Entry[] = $derived.by(() => {
    if (!this.isOpen) return [];
    const { session, preferences } = this.#parts;
    const typed = this.#text.trim();
    // Nobody who types nothing wants to go where they are: so Enter goes to the room before this one.
    const here = typed ? undefined : page.params.slug;
    const rooms = session.inbox.rooms
      .filter(({ room }) => room.slug !== here)
      .map((entry) => (entry.room.kind === 'DIRECT' ? directOf(entry, session) : roomOf(entry)));
    const all = [...rooms, ...commands(session, preferences), ...this.#found];
    const ranked = rank(all, typed, this.uses);
    return typed ? [...ranked, this.#searchFor(typed)] : ranked;
  });

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    this.#found = [];
    clearTimeout(this.#pause);
    if (text.trim()) this.#pause = setTimeout(() => void this.#find(text.trim()), PAUSE_MS);
  }

  open(): void {
    this.text = '';
    this.isOpen = true;
  }

  close(): void {
    clearTimeout(this.#pause);
    this.isOpen = false;
  }

  /** Closes the palette and goes where the entry leads. */
  async choose(entry: Entry): Promise<void> {
    this.close();
    // A visit to a room counts by itself, however it came about.
    if (!entry.key.startsWith('room:')) this.uses.add(entry.key);
    await entry.act();
  }

  /** Whoever has opened a room uses it. */
  visited(slug: string): void {
    this.uses.add(roomKey(slug));
  }

  async #find(typed: string): Promise<void> {
    const { client } = this.#parts.api;
    const [rooms, people] = await Promise.all([
      client.query(JoinableRoomsDocument, { search: typed }, FRESH),
      client.query(FindPeopleDocument, { search: typed }, FRESH),
    ]);
    if (typed !== this.#text.trim()) return;
    this.#found = [
      ...(rooms.data?.rooms.edges ?? []).map(({ node }) => joinable(node)),
      ...(people.data?.people ?? []).flatMap((person) =>
        // Whom one talks with stands among the rooms already.
        this.#isListed(person) ? [this.#said(person)] : [this.#person(person), this.#said(person)],
      ),
    ];
  }

  #person({ id, username, displayName: name }: DirectMemberFragment): Entry {
    return {
      ...{ key: `person:${username}`, title: name, detail: `Message @${username}` },
      ...{ picture: { avatar: name }, names: [username, `@${username}`] },
      act: () => this.#parts.openDirect(id),
    };
  }

  #isListed({ id }: DirectMemberFragment): boolean {
    const { inbox, me } = this.#parts.session;
    return inbox.directs.some(({ room }) => othersOf(room, me.id).every((one) => one.id === id));
  }

  #said({ username, displayName: name }: DirectMemberFragment): Entry {
    return {
      ...{ key: `said:${username}`, title: `Messages from @${username}`, detail: name },
      // Later names count less: whoever types one is more likely to look for the person.
      ...{ picture: { icon: Search }, names: [`@${username}`, username] },
      act: () => this.#parts.session.openSearch(`from:${username} `),
    };
  }

  #searchFor(typed: string): Entry {
    return {
      ...{ key: 'search', title: `Search messages for “${typed}”`, detail: 'All rooms' },
      picture: { icon: Search },
      act: () => this.#parts.session.openSearch(typed),
    };
  }
}

type JoinableRoom = JoinableRoomsQuery['rooms']['edges'][number]['node'];

function joinable({ slug, name, topic, visibility }: JoinableRoom): Entry {
  return {
    ...{ key: roomKey(slug), title: name, detail: 'Not joined' },
    ...{ picture: { icon: visibility === 'PRIVATE' ? Lock : Hash } },
    ...{ names: [slug, ...(topic ? [topic] : [])], act: () => goto(`/rooms/${slug}`) },
  };
}

const roomKey = (slug: string) => `room:${slug}`;

function roomOf(inbox: InboxRoomFragment): Entry {
  const { slug, name, visibility } = inbox.room;
  return {
    ...{ key: roomKey(slug), title: name, detail: '', inbox, names: [slug, `#${slug}`] },
    picture: { icon: visibility === 'PRIVATE' ? Lock : Hash },
    act: () => goto(`/rooms/${slug}`),
  };
}

function directOf(inbox: InboxRoomFragment, { me, titleOf }: Session): Entry {
  const { room } = inbox;
  const others = othersOf(room, me.id);
  const [only] = others;
  return {
    ...{ key: roomKey(room.slug), title: titleOf(room), detail: 'Direct messages', inbox },
    names: others.flatMap(({ username }) => [username, `@${username}`]),
    picture: others.length === 1 ? { avatar: only!.displayName } : { icon: UsersRound },
    act: () => goto(`/rooms/${room.slug}`),
  };
}
