/** The room that is played into, as the account "replay" sees it. */
import { type Api, ApiRefusal } from './api.ts';
import { ReplayFailure } from './failure.ts';

const PAGE_SIZE = 500;

const FIND = 'query ($slug: String!) { room(slug: $slug) { id slug cursor } }';
const CREATE =
  'mutation ($slug: String!) { createRoom(input: { slug: $slug }) { room { id slug } } }';
const JOIN = 'mutation ($roomId: ID!) { joinRoom(input: { roomId: $roomId }) { room { id } } }';
const MEMBERS = `query ($slug: String!, $after: String) {
  room(slug: $slug) {
    members(first: ${PAGE_SIZE}, after: $after) {
      edges { node { user { username } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
const HISTORY = `query ($slug: String!, $first: Int, $after: String, $last: Int, $before: String) {
  room(slug: $slug) {
    messages(first: $first, after: $after, last: $last, before: $before) {
      edges { node { seq body idempotencyKey author { username } } }
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
    }
  }
}`;

export interface FoundMessage {
  seq: number;
  body: string;
  idempotencyKey: string;
  author: { username: string };
}

interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
  hasPreviousPage: boolean;
  startCursor: string | null;
}

export class ReplayRoom {
  readonly id: string;
  /** As the server spells it. */
  readonly slug: string;
  readonly #api: Api;
  readonly #token: string;

  private constructor(api: Api, token: string, { id, slug }: Entered) {
    this.#api = api;
    this.#token = token;
    this.id = id;
    this.slug = slug;
  }

  /**
   * Finds or creates the room, and joins it so that it can be followed.
   * @throws ReplayFailure where it is not for this account, or the slug is none.
   */
  static async enter(api: Api, token: string, slug: string): Promise<ReplayRoom> {
    const found = await api.ask<{ room: Entered | null }>(FIND, { slug }, token);
    try {
      if (found.room) {
        await api.ask(JOIN, { roomId: found.room.id }, token);
        return new ReplayRoom(api, token, found.room);
      }
      const made = await api.ask<{ createRoom: { room: Entered } }>(CREATE, { slug }, token);
      return new ReplayRoom(api, token, made.createRoom.room);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      const cause =
        error.code === 'CONFLICT'
          ? 'It exists, and is not for the account “replay”.'
          : error.message;
      throw new ReplayFailure(
        `The room ${slug} cannot be played into: ${cause} Choose another --room.`,
      );
    }
  }

  /** The head of the room's log. */
  async cursor(): Promise<string> {
    const { room } = await this.#ask<{ cursor: string }>(FIND, {});
    return room.cursor;
  }

  /** The usernames of those who are in it, in lower case. */
  async members(): Promise<Set<string>> {
    const usernames = new Set<string>();
    for (let after: string | null = null; ;) {
      const { room }: { room: MembersPage } = await this.#ask<MembersPage>(MEMBERS, { after });
      for (const { node } of room.members.edges) usernames.add(node.user.username.toLowerCase());
      if (!room.members.pageInfo.hasNextPage) return usernames;
      after = room.members.pageInfo.endCursor;
    }
  }

  /** All of its messages, oldest first, read from the first to the last. */
  async readForward(): Promise<FoundMessage[]> {
    const messages: FoundMessage[] = [];
    for (let after: string | null = null; ;) {
      const page = await this.#page({ first: PAGE_SIZE, after });
      messages.push(...page.messages);
      if (!page.pageInfo.hasNextPage) return messages;
      after = page.pageInfo.endCursor;
    }
  }

  /** The same, read from the last to the first. */
  async readBackward(): Promise<FoundMessage[]> {
    const pages: FoundMessage[][] = [];
    for (let before: string | null = null; ;) {
      const page = await this.#page({ last: PAGE_SIZE, before });
      pages.unshift(page.messages);
      if (!page.pageInfo.hasPreviousPage) return pages.flat();
      before = page.pageInfo.startCursor;
    }
  }

  async #page(args: object): Promise<{ messages: FoundMessage[]; pageInfo: PageInfo }> {
    const { room } = await this.#ask<HistoryPage>(HISTORY, args);
    return {
      messages: room.messages.edges.map(({ node }) => node),
      pageInfo: room.messages.pageInfo,
    };
  }

  #ask<Room>(query: string, variables: object): Promise<{ room: Room }> {
    return this.#api.ask<{ room: Room }>(query, { slug: this.slug, ...variables }, this.#token);
  }
}

interface Entered {
  id: string;
  slug: string;
}

interface MembersPage {
  members: { edges: { node: { user: { username: string } } }[]; pageInfo: PageInfo };
}

interface HistoryPage {
  messages: { edges: { node: FoundMessage }[]; pageInfo: PageInfo };
}
