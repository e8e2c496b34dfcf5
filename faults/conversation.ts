/**
 * Five people of different roles do whatever people do with messages, at random, over two processes,
 * while their sockets are cut. At the end the screen of each shows what a fresh load shows.
 */
import { ask, bearer } from '../api/test/client.ts';
import {
  Conversation,
  type ConversationScreen,
  followConversation,
  loadConversation,
} from '../api/test/conversation.ts';
import { startDatabase } from '../api/test/database.ts';
import type { Random } from '../api/test/random.ts';
import type { Fault } from './fault.ts';
import { furnish, type Furnished, type Member, register } from './room.ts';
import { startServers } from './servers.ts';

const SIZES = { quick: { operations: 300, cuts: 60 }, full: { operations: 2_000, cuts: 400 } };
/** How many operations are under way at a time. */
const AT_ONCE = 4;
/** What is changed is mostly new, so that changes meet. */
const RECENT = 30;
/** What one person's act meets that another has done meanwhile. */
const EXPECTED = ['FORBIDDEN', 'CONFLICT'];

export const conversation: Fault = {
  number: 16,
  name: 'people do what they do, and sockets are cut',
  async run({ scale, random }) {
    const { operations, cuts } = SIZES[scale];
    await using database = await startDatabase();
    await using servers = await startServers({
      count: 2,
      settings: { DATABASE_URL: database.url },
    });
    const administrator = await register(servers.urls[0]!, 'administrator');
    const room = await furnish(servers.urls[0]!, 3);
    const visitor = await register(servers.urls[0]!, 'visitor');
    const everybody = [administrator, visitor, ...room.members];
    const acts = new Acts(servers.next, room, random);
    for (const one of [administrator, visitor]) await acts.join(one);

    const screens: ConversationScreen[] = [];
    for (const { token } of everybody) {
      const place = { url: servers.next, token, roomId: room.roomId };
      const { conversation, cursor } = await loadConversation(place);
      screens.push(followConversation(place, conversation, cursor));
    }
    try {
      const moments = random.moments(cuts, operations);
      let done = 0;
      const work = async () => {
        while (done < operations) {
          done++;
          while (moments[0]! < done) {
            moments.shift();
            screens[random.below(screens.length)]!.cut();
          }
          await acts.any(everybody[random.below(everybody.length)]!, visitor);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      await acts.join(visitor);
      const violations = [...acts.unexpected];
      let events = 0;
      for (const [index, screen] of screens.entries()) {
        const { name, token } = everybody[index]!;
        const place = { url: servers.next, token, roomId: room.roomId };
        const fresh = await loadConversation(place);
        await screen.reached(fresh.cursor);
        events = Math.max(events, fresh.conversation.size);
        const differing = differences(screen.conversation, fresh.conversation);
        if (differing > 0) violations.push(`${name} sees ${differing} messages otherwise`);
      }
      const cut = screens.reduce((sum, screen) => sum + screen.cuts, 0);
      return {
        figures:
          `${acts.succeeded.toLocaleString('en')} operations by ${everybody.length} people and ` +
          `${acts.refused} that came too late, ${cut} cuts, ${events} messages, ` +
          `${screens.length} screens compared`,
        violations,
      };
    } finally {
      await Promise.all(screens.map((screen) => screen.close()));
    }
  },
};

function differences(seen: Conversation, fresh: Conversation): number {
  const ids = new Set([...seen.keys(), ...fresh.keys()]);
  const differs = (id: string) => JSON.stringify(seen.get(id)) !== JSON.stringify(fresh.get(id));
  return [...ids].filter(differs).length;
}

const EMOJI = ['👍', '🎉', '🙏', '❤️'];

class Acts {
  succeeded = 0;
  refused = 0;
  readonly unexpected: string[] = [];
  readonly #url: () => string;
  readonly #roomId: string;
  readonly #random: Random;
  readonly #messages: string[] = [];
  #count = 0;

  constructor(url: () => string, { roomId }: Furnished, random: Random) {
    this.#url = url;
    this.#roomId = roomId;
    this.#random = random;
  }

  join(who: Member): Promise<unknown> {
    return this.#do(who, 'joinRoom', { roomId: this.#roomId }, 'room { id }');
  }

  /** Only the visitor comes and goes. */
  async any(who: Member, visitor: Member): Promise<void> {
    const random = this.#random;
    const recent = this.#messages.slice(-RECENT);
    const messageId = recent[random.below(recent.length)];
    const emoji = EMOJI[random.below(EMOJI.length)]!;
    const change = (name: string, input: object = {}) =>
      this.#do(who, name, { messageId, ...input }, 'message { id }');
    const choices: (() => Promise<unknown>)[] = [() => this.#post(who), () => this.#post(who)];
    if (messageId) {
      choices.push(
        () => this.#post(who, { replyToId: messageId }),
        () => this.#post(who, { threadId: messageId, alsoInRoom: random.below(4) === 0 }),
        () => change('editMessage', { body: `edit ${++this.#count}` }),
        () => change('deleteMessage'),
        () => change('addReaction', { emoji }),
        () => change('addReaction', { emoji }),
        () => change('removeReaction', { emoji }),
        () => change('pinMessage'),
        () => change('unpinMessage'),
      );
    }
    if (who === visitor) {
      choices.push(
        () => this.join(who),
        () => this.#do(who, 'leaveRoom', { roomId: this.#roomId }, 'room { id }'),
      );
    }
    await choices[random.below(choices.length)]!();
  }

  async #post(who: Member, place: object = {}): Promise<void> {
    const number = ++this.#count;
    const idempotencyKey = `${who.name} ${number}`;
    const input = { roomId: this.#roomId, body: `message ${number}`, idempotencyKey, ...place };
    const data = await this.#do(who, 'sendMessage', input, 'message { id }');
    if (data) this.#messages.push(data['message'].id);
  }

  async #do({ token }: Member, name: string, input: object, selection: string) {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`;
    const { data, errors } = await ask(this.#url(), query, { input }, bearer(token));
    if (data) {
      this.succeeded++;
      return data[name];
    }
    const code = errors?.[0]?.extensions?.code;
    if (EXPECTED.includes(code!)) this.refused++;
    else this.unexpected.push(`${name} was refused with ${code}: ${errors?.[0]?.message}`);
    return null;
  }
}
