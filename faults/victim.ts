/** Somebody to whom those in charge do it, and who does it to themselves, again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, bearer, run } from '../api/test/client.ts';
import type { Random } from '../api/test/random.ts';
import { openAcknowledged } from '../api/test/raw-socket.ts';
import { join, type Member, register } from './room.ts';
import type { Stage } from './stage.ts';

/** What ends with each: a membership, sessions, or a role. */
const ENDS = {
  removeMember: 'membership',
  banMember: 'membership',
  banUser: 'sessions',
  changePassword: 'sessions',
  setMemberRole: 'role',
  setServerRole: 'role',
} as const;

export type Deed = keyof typeof ENDS;
export const DEEDS = Object.keys(ENDS) as Deed[];

const MOST_BEFORE_MS = 30;
/** Long past what is allowed: what never ends is a violation, and the fault goes on. */
const PATIENCE_MS = 15_000;

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { token } }';
const EVENTS = `subscription ($roomId: ID!) { roomEvents(roomId: $roomId) { node {
  __typename ... on RoomLogEntry { seq } ... on MemberRemoved { member { id } }
} } }`;

export interface Suffered {
  violations: string[];
  /** From the answer to the deed to the end of each thing that is open, in milliseconds. */
  deadAfter: number[];
  delivered: number;
}

export class Victim {
  readonly #stage: Stage;
  readonly #id: string;
  #member: Member;
  #password = 'correct horse';

  private constructor(stage: Stage, member: Member, id: string) {
    this.#stage = stage;
    this.#member = member;
    this.#id = id;
  }

  static async register(stage: Stage, name: string): Promise<Victim> {
    const url = stage.servers.next();
    const member = await register(url, name);
    const { me } = await run(url, '{ me { id } }', {}, member.token);
    await join(url, member.token, stage.room.roomId);
    return new Victim(stage, member, me.id);
  }

  async suffer(deed: Deed, random: Random): Promise<Suffered> {
    if (deed === 'setMemberRole' || deed === 'setServerRole') return this.#loseRole(deed, random);
    const { urls } = this.#stage.servers;
    const ways = await Promise.all(urls.map((url) => this.#follow(url)));
    await sleep(random.below(MOST_BEFORE_MS));
    const former = this.#member.token;
    const strays = await this.#end(deed);
    const endedAt = performance.now();
    const isOfSessions = ENDS[deed] === 'sessions';
    const violations = isOfSessions ? await this.#alive([former, ...strays]) : [];
    await Promise.race([
      Promise.all(ways.map(({ ended }) => ended)),
      sleep(PATIENCE_MS, undefined, { ref: false }),
    ]);
    for (const way of ways) violations.push(...way.judge(!isOfSessions));
    const deadAfter = ways.map((way) => Math.max(0, (way.endedAt() ?? Infinity) - endedAt));
    for (const { close } of ways) close();
    await this.#restore(deed);
    return { violations, deadAfter, delivered: ways.reduce((sum, way) => sum + way.count(), 0) };
  }

  get #at() {
    return { roomId: this.#stage.room.roomId };
  }

  /** By the room's owner, who also owns the server, at whichever process is next. */
  async #act(name: string, more: object): Promise<void> {
    const { servers, room } = this.#stage;
    const input = { userId: this.#id, ...more };
    await run(servers.next(), mutation(name), { input }, room.members[0]!.token);
  }

  /** @returns the tokens of sessions that were begun meanwhile, and are to be dead as well. */
  async #end(deed: Deed): Promise<string[]> {
    if (deed === 'changePassword') return this.#changePassword();
    await this.#act(deed, deed === 'banUser' ? {} : this.#at);
    return [];
  }

  /** From another session, while others are begun all the time by the password that was. */
  async #changePassword(): Promise<string[]> {
    const { servers } = this.#stage;
    const [former, token] = [this.#password, await this.#logIn(servers.next())];
    this.#password = `${former.slice(0, 13)} ${crypto.randomUUID()}`;
    const strays: string[] = [];
    let isChanged = false;
    const beginning = servers.urls.map(async (url) => {
      while (!isChanged) {
        const stray = await this.#logIn(url, former).catch(() => null);
        if (stray) strays.push(stray);
      }
    });
    const input = { currentPassword: former, newPassword: this.#password };
    await run(servers.next(), mutation('changePassword'), { input }, token).finally(() => {
      isChanged = true;
    });
    this.#member = { ...this.#member, token };
    await Promise.all(beginning);
    return strays;
  }

  async #logIn(url: string, password = this.#password): Promise<string> {
    const input = { username: this.#member.name, password, session: 'TOKEN' };
    return (await run(url, LOGIN, { input }))['login'].token;
  }

  async #restore(deed: Deed): Promise<void> {
    const url = this.#stage.servers.next();
    if (deed === 'banMember') await this.#act('unbanMember', this.#at);
    if (deed === 'banUser') {
      await this.#act('unbanUser', {});
      this.#member = { ...this.#member, token: await this.#logIn(url) };
    }
    await join(url, this.#member.token, this.#stage.room.roomId);
  }

  /** At either process, once the deed is answered. */
  async #alive(tokens: string[]): Promise<string[]> {
    const asked = this.#stage.servers.urls.flatMap((url) =>
      tokens.map((token) => ask(url, '{ me { id } }', {}, bearer(token))),
    );
    const alive = (await Promise.all(asked)).filter(({ data }) => data?.['me']);
    return alive.map(() => 'a token was good behind it');
  }

  /** Acts as one in charge at both processes all the while; whatever begins behind the demotion is refused. */
  async #loseRole(deed: 'setMemberRole' | 'setServerRole', random: Random): Promise<Suffered> {
    const { servers, room } = this.#stage;
    const isOfRoom = deed === 'setMemberRole';
    const reports = '{ reports { edges { cursor } } }';
    const id = JSON.stringify(room.roomId);
    const query = isOfRoom ? `{ node(id: ${id}) { ... on Room ${reports} } }` : reports;
    const give = (role: string) => this.#act(deed, { ...(isOfRoom && this.#at), role });
    await give(isOfRoom ? 'MODERATOR' : 'ADMINISTRATOR');
    const violations: string[] = [];
    let isOver = false;
    let answered = 0;
    const acting = servers.urls.map(async (url) => {
      for (let isLast = false; !isLast;) {
        isLast = isOver;
        const { errors } = await ask(url, query, {}, bearer(this.#member.token));
        const code = errors?.[0]?.extensions?.code;
        if (isLast && code !== 'FORBIDDEN') {
          violations.push(`was answered ${code ?? 'well'} behind it`);
        }
        if (!isLast && !code) answered++;
      }
    });
    await sleep(random.below(MOST_BEFORE_MS));
    await give('MEMBER');
    isOver = true;
    await Promise.all(acting);
    if (answered === 0) violations.push('was never answered before it');
    return { violations, deadAfter: [], delivered: 0 };
  }

  async #follow(url: string) {
    const socket = await openAcknowledged(url, { params: bearer(this.#member.token) });
    const events: { seq: number; isOwnRemoval: boolean }[] = [];
    const isFollowing = Promise.withResolvers<void>();
    let endedAt: number | undefined;
    const errors: string[] = [];
    const payload = { query: EVENTS, variables: this.#at };
    socket.send({ type: 'subscribe', id: 'events', payload });
    const ended = (async () => {
      for (let frame = await socket.next(); frame; frame = await socket.next()) {
        if (frame.type === 'complete') break;
        if (frame.type === 'error') {
          errors.push(JSON.stringify(frame.payload));
          break;
        }
        if (frame.type !== 'next') continue;
        const { node } = frame.payload.data.roomEvents;
        events.push({ seq: node.seq, isOwnRemoval: node.member?.id === this.#id });
        isFollowing.resolve();
      }
      endedAt = performance.now();
      isFollowing.resolve();
    })();
    // The room is never silent for long.
    await isFollowing.promise;
    return {
      ended,
      endedAt: () => endedAt,
      count: () => events.length,
      judge(endsByRemoval: boolean): string[] {
        const found = [...errors];
        if (endedAt === undefined) found.push('it was not ended');
        const [first] = events;
        const hasHole = events.some(({ seq }, index) => seq !== first!.seq + index);
        if (hasHole) found.push('what it was given has a hole');
        const past = events.length - 1 - events.findIndex(({ isOwnRemoval }) => isOwnRemoval);
        if (endsByRemoval && past === events.length) found.push('it was not told of its removal');
        else if (endsByRemoval && past > 0) found.push(`${past} events past the removal`);
        return found;
      },
      close: () => socket.socket.terminate(),
    };
  }
}

const mutation = (name: string) =>
  `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { __typename } }`;
