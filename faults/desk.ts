/** All the screens that one person has before them, and whether they show what there is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../api/test/client.ts';
import {
  type Conversation,
  type ConversationScreen,
  followConversation,
  loadConversation,
} from '../api/test/conversation.ts';
import { loadInbox, watchInbox } from '../api/test/inbox.ts';
import { countsInWords } from './recount.ts';
import type { Member } from './room.ts';
import type { Servers } from './servers.ts';

/** Processes hear of each other by sweeps only, the longest of which comes round in ten seconds. */
const AGREEMENT_MS = 60_000;
const COUNTS = `query ($slug: String!) {
  room(slug: $slug) { name unreadCount mentionCount }
}`;

export interface Desk extends AsyncDisposable {
  who: Member;
  /** What can be cut off. */
  screens: { readonly cuts: number; cut(): void }[];
  /** How many messages it shows. */
  readonly size: number;
  /** What differs from a fresh load, or from `counts` in words: none of it, within a minute. */
  compare(counts: string[]): Promise<string[]>;
}

/** A conversation over the processes by turns, and an inbox on each. */
export async function openDesk(who: Member, servers: Servers, roomId: string): Promise<Desk> {
  const place = { url: servers.next, token: who.token, roomId };
  const { conversation, cursor } = await loadConversation(place);
  const screen = followConversation(place, conversation, cursor);
  const inboxes = servers.urls.map((url) => watchInbox(url, who.token));

  async function compareConversation(): Promise<string[]> {
    const fresh = await loadConversation(place);
    if (!(await isMetInTime(screen.reached(fresh.cursor)))) {
      return [`${who.name}'s conversation does not go on`];
    }
    const differing = differences(screen, fresh.conversation);
    return differing === 0 ? [] : [`${who.name} sees ${differing} messages otherwise`];
  }

  async function compareInboxes(): Promise<string[]> {
    const fresh = (await loadInbox(servers.next(), who.token)).inOrder;
    const isSame = (shown: string[]) => shown.join('\n') === fresh.join('\n');
    const told = inboxes.map(async ({ shown, signals }, index) => {
      if (await isMetInTime(signals.when(() => isSame(shown.inOrder)))) return [];
      const [only, instead] = [without(shown.inOrder, fresh), without(fresh, shown.inOrder)];
      return [`${who.name}'s inbox ${index} shows ${only} instead of ${instead}`];
    });
    return (await Promise.all(told)).flat();
  }

  async function compareCounts(counts: string[]): Promise<string[]> {
    const { rooms } = await loadInbox(servers.next(), who.token);
    const inInbox = [...rooms.values()].map((entry) => inWords(entry.room.name, entry));
    const inRooms = await Promise.all(
      [...rooms.values()].map(async ({ room: { name } }) => {
        const { room } = await run(servers.next(), COUNTS, { slug: name }, who.token);
        return inWords(room.name, room);
      }),
    );
    return [inInbox, inRooms]
      .map((told) => told.sort().join(', '))
      .filter((told) => told !== counts.join(', '))
      .map((told) => `${who.name} is told ${told}; there is ${counts.join(', ')}`);
  }

  return {
    who,
    screens: [screen, ...inboxes],
    get size() {
      return screen.conversation.size;
    },
    async compare(counts) {
      const found = [compareConversation(), compareInboxes(), compareCounts(counts)];
      return (await Promise.all(found)).flat();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([screen.close(), ...inboxes.map((inbox) => inbox[Symbol.asyncDispose]())]);
    },
  };
}

const isMetInTime = (met: Promise<void>): Promise<boolean> =>
  Promise.race([met.then(() => true), sleep(AGREEMENT_MS, false, { ref: false })]);

function differences({ conversation }: ConversationScreen, fresh: Conversation): number {
  const ids = new Set([...conversation.keys(), ...fresh.keys()]);
  const inWords = (message: object | undefined) => JSON.stringify(message);
  return [...ids].filter((id) => inWords(conversation.get(id)) !== inWords(fresh.get(id))).length;
}

const without = (some: string[], others: string[]) =>
  some.filter((one) => !others.includes(one)).join(', ') || 'nothing';

const inWords = (room: string, counts: { unreadCount: number; mentionCount: number }) =>
  countsInWords({ room, unread: counts.unreadCount, mentions: counts.mentionCount });
