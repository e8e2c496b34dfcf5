/** Readers who look for holes while a room is written to: one by its log, one by glances at its history. */
import { connect, run } from '../api/test/client.ts';
import { readCursor } from '../api/test/said.ts';
import { createSignals } from '../api/test/signals.ts';
import { asOwner } from './readers.ts';
import type { Stage } from './stage.ts';

export interface LogFollower extends Disposable {
  /** The number of the newest event that came. */
  readonly newest: number;
  readonly violations: string[];
  /** Resolves once this number, or a later one, has come. */
  reached(seq: number): Promise<void>;
}

const ROOM_EVENTS = `
  subscription ($roomId: ID!, $after: String) {
    roomEvents(roomId: $roomId, after: $after) { cursor node { ... on RoomLogEntry { seq } } }
  }`;

/** Follows all of a log that grows from here on: each number must be the one after the last. */
export async function followLog(stage: Stage): Promise<LogFollower> {
  const { servers, room } = stage;
  const owner = asOwner(room, servers.urls[1]!);
  const variables = { roomId: room.roomId, after: await readCursor(owner) };
  const { when, tell, fail } = createSignals();
  const client = connect(owner.url, owner.token);
  const follower = { newest: await readHead(stage), violations: [] as string[] };
  const close = client.subscribe<{ roomEvents: { cursor: string; node: { seq: number } } }>(
    { query: ROOM_EVENTS, variables },
    {
      next({ data }) {
        const { cursor, node } = data!.roomEvents;
        if (node.seq !== follower.newest + 1) {
          follower.violations.push(`the log went from ${follower.newest} to ${node.seq}`);
        }
        follower.newest = node.seq;
        variables.after = cursor;
        tell();
      },
      error: fail,
      complete: () => fail(new Error('The subscription to the log was completed.')),
    },
  );
  return Object.assign(follower, {
    reached: (seq: number) => when(() => follower.newest >= seq),
    [Symbol.dispose]: close,
  });
}

/** Where the room's log stands. */
export async function readHead({ database }: Stage): Promise<number> {
  const [row] = await database.query<{ last_seq: number }>('SELECT last_seq FROM room');
  return row!.last_seq;
}

export interface Glances extends Disposable {
  /** Ends looking; gives how often it was done, and what was not there and came later. */
  compare(): Promise<{ count: number; violations: string[] }>;
}

const GLANCE = `
  query ($roomId: ID!) {
    node(id: $roomId) { ... on Room { messages(last: 100) { edges { node { seq } } } } }
  }`;

/** Looks at the newest page of the history over and over, at both processes. */
export function glanceAt({ database, servers, room }: Stage): Glances {
  const pages: number[][] = [];
  const { token, roomId } = asOwner(room, '');
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      const { node } = await run(servers.next(), GLANCE, { roomId }, token);
      pages.push(node.messages.edges.map((edge: { node: { seq: number } }) => edge.node.seq));
    }
  })();
  looking.catch(() => {});
  return {
    async compare() {
      isOver = true;
      await looking;
      const rows = await database.query<{ seq: number }>('SELECT seq FROM message ORDER BY seq');
      const places = new Map(rows.map(({ seq }, place) => [seq, place]));
      const holed = pages.filter((page) =>
        page.some((seq, index) => places.get(seq) !== places.get(page[0]!)! + index),
      );
      return {
        count: pages.length,
        violations: holed.slice(0, 3).map((page) => `a page had a hole: ${page.join(' ')}`),
      };
    },
    [Symbol.dispose]() {
      isOver = true;
    },
  };
}
