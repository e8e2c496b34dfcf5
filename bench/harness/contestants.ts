/** The servers that are compared. */
import pLimit from 'p-limit';
import { run } from '../../api/test/client.ts';
import { createDataFolder } from '../../api/test/process.ts';
import { graphqlProtocol, type Protocol, rawProtocol, socketIoProtocol } from './protocols.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** Accounts of the subscribers, each of whom has many sockets. */
const ACCOUNTS = 20;
const REQUESTS_AT_ONCE = 8;

export interface Contestant {
  /** As in `--only`. */
  name: string;
  title: string;
  /** @param nodeOptions arguments for its Node */
  start(nodeOptions?: string[]): Promise<Running>;
}

export interface Running {
  process: ServerProcess;
  protocol: Protocol;
  /**
   * Makes rooms, of the publisher alone or with all subscribers as members; gives what they are
   * known by.
   */
  openRooms(count: number, members: 'alone' | 'all'): Promise<string[]>;
  /** Who sends, null where a server does not ask. */
  publisher: string | null;
  /** The token of a subscriber. */
  subscriber(index: number): string | null;
  close(): Promise<void>;
}

/** The libraries add a listener for each subscriber of a room, of which Node warns. */
const QUIET = ['--disable-warning=MaxListenersExceededWarning'];

const baseline = (name: string, title: string, file: string, protocol: Protocol): Contestant => ({
  name,
  title,
  async start(nodeOptions = []) {
    const process = await startServer([...QUIET, ...nodeOptions, `bench/baselines/${file}`]);
    let rooms = 0;
    return {
      process,
      protocol,
      openRooms: async (count) => Array.from({ length: count }, () => `room-${rooms++}`),
      publisher: null,
      subscriber: () => null,
      close: () => process.close(),
    };
  },
});

/** What all others are compared with. */
export const REFERENCE = 'ws';

export const CONTESTANTS: Contestant[] = [
  baseline(REFERENCE, 'ws, one string', 'ws.ts', rawProtocol),
  baseline('socket.io', 'Socket.IO', 'socket-io.ts', socketIoProtocol),
  baseline('apollo', 'Apollo Server', 'apollo.ts', graphqlProtocol),
  baseline('yoga', 'Yoga', 'yoga.ts', graphqlProtocol),
  { name: 'parley', title: 'Parley', start: startParley },
];

const REGISTER = `mutation ($username: String!, $displayName: String!) {
  register(input: {
    username: $username, displayName: $displayName, password: "of a bench", session: TOKEN
  }) { token }
}`;
const CREATE_ROOM = `mutation ($slug: String!) {
  createRoom(input: { slug: $slug, name: "Bench", visibility: PUBLIC }) { room { id } }
}`;
const JOIN = 'mutation ($roomId: ID!) { joinRoom(input: { roomId: $roomId }) { room { id } } }';

/** As `npm start` has it: what a crowd of sockets leaves of garbage is not to be kept as memory. */
const AS_STARTED = ['--max-semi-space-size=8'];

/** The whole API over the embedded PostgreSQL, with real accounts and memberships. */
export async function startParley(
  nodeOptions: string[] = [],
): Promise<Running & { dataDir: string }> {
  const folder = await createDataFolder();
  const settings = { PORT: '0', DATA_DIR: folder.path, RATE_LIMITS: 'off', LOG_LEVEL: 'warn' };
  const process = await startServer(
    [...AS_STARTED, ...nodeOptions, 'api/main.ts', '--api-only'],
    settings,
  );
  const { url } = process;
  const limit = pLimit(REQUESTS_AT_ONCE);
  const register = async (username: string, displayName: string) =>
    (await run(url, REGISTER, { username, displayName }))['register'].token as string;

  const publisher = await register('publisher', 'The Publisher');
  const names = Array.from({ length: ACCOUNTS }, (_, index) => `subscriber${index + 1}`);
  const subscribers = await Promise.all(names.map((name) => limit(() => register(name, name))));
  const openRoom = async (members: 'alone' | 'all') => {
    const slug = `bench-${crypto.randomUUID().slice(0, 13)}`;
    const data = await run(url, CREATE_ROOM, { slug }, publisher);
    const roomId = data['createRoom'].room.id as string;
    if (members === 'alone') return roomId;
    for (const token of subscribers) await run(url, JOIN, { roomId }, token);
    return roomId;
  };
  return {
    process,
    dataDir: folder.path,
    protocol: graphqlProtocol,
    openRooms: (count, members) =>
      Promise.all(Array.from({ length: count }, () => limit(openRoom, members))),
    publisher,
    subscriber: (index) => subscribers[index % ACCOUNTS]!,
    async close() {
      await process.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
