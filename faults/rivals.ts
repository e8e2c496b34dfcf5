/** Sends that come with others which are refused, or which are the same: the others must not harm them. */
import { ask, bearer } from '../api/test/client.ts';
import type { Random } from '../api/test/random.ts';
import { isWorthRetrying, type Said, send } from '../api/test/said.ts';
import type { Line } from '../api/test/watch.ts';
import { join, leave, type Member } from './room.ts';

export interface Rivalry {
  post(said: Said, body: string, key: string): Promise<Line>;
  /** What was answered otherwise than it must be. */
  readonly violations: string[];
  /** How many of each kind there were. */
  describe(): string;
}

export interface RivalryOptions {
  random: Random;
  messages: number;
  /** The address of the other process. */
  otherThan: (url: string) => string;
  stranger: Member;
  /** Those who may leave the room and come back. */
  leavers: Member[];
}

/** Of a hundred messages so many have such a companion; the others go alone. */
const SHARES = { twin: 30, rival: 8, stranger: 6, blank: 3, leaving: 1 };
type Kind = keyof typeof SHARES;

export function createRivalry({
  random,
  messages,
  otherThan,
  stranger,
  leavers,
}: RivalryOptions): Rivalry {
  const deck = Object.entries(SHARES).flatMap(([kind, share]) => Array(share).fill(kind));
  const kinds: (Kind | undefined)[] = Array.from(
    { length: messages },
    () => deck[random.below(100)],
  );
  const violations: string[] = [];
  const counts = new Map<Kind, number>();

  /** What a companion does, beside the message itself. */
  const companions: Record<Kind, (said: Said, body: string, key: string) => Promise<unknown>> = {
    twin: (said, body, key) => send(elsewhere(said), body, key),
    rival: (said, body, key) => send(elsewhere(said), `${body}, otherwise`, key),
    stranger: (said, body, key) =>
      expectRefusal({ ...said, token: stranger.token }, body, key, 'FORBIDDEN'),
    blank: (said, _body, key) => expectRefusal(said, ' ', `${key} blank`, 'INVALID_INPUT'),
    leaving: async ({ url, token, roomId }) => {
      if (!leavers.some((leaver) => leaver.token === token)) return;
      await untilServed(() => leave(url, token, roomId));
      await untilServed(() => join(url, token, roomId));
    },
  };
  const elsewhere = (said: Said): Said => ({ ...said, url: otherThan(said.url) });

  async function expectRefusal(said: Said, body: string, key: string, code: string) {
    const answer = await ask(
      said.url,
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { cursor } }',
      { input: { roomId: said.roomId, body, idempotencyKey: key } },
      bearer(said.token),
    );
    const told = answer.errors?.[0]?.extensions?.code ?? 'an acknowledgement';
    if (told !== code && told !== 'UNAVAILABLE') {
      violations.push(`a send that is to be refused with ${code} was answered ${told}`);
    }
  }

  /** The message and its companion at once; who of the two has written it is what is acknowledged. */
  async function post(said: Said, body: string, key: string): Promise<Line> {
    const kind = kinds[Number(key.split('.')[1])];
    if (!kind) return send(said, body, key);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const [own, other] = await Promise.allSettled([
      send(said, body, key),
      companions[kind](said, body, key),
    ]);
    if (kind === 'leaving') return own.status === 'fulfilled' ? own.value : send(said, body, key);
    if (kind !== 'twin' && kind !== 'rival') return valueOf(own);
    const lines = [own, other].flatMap((sent) =>
      sent.status === 'fulfilled' ? [sent.value as Line] : [],
    );
    if (lines.length === 2 && kind === 'rival') violations.push(`two have written ${key}`);
    if (lines.length === 2 && lines[0]!.seq !== lines[1]!.seq) {
      violations.push(`${key} was acknowledged as ${lines[0]!.seq} and as ${lines[1]!.seq}`);
    }
    return lines[0] ?? valueOf(own);
  }

  return {
    post,
    violations,
    describe: () => [...counts].map(([kind, count]) => `${count} ${kind}`).join(', '),
  };
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

async function untilServed(act: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isWorthRetrying(error)) throw error;
    }
  }
}
