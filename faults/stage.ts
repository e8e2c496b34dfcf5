/** Where a fault takes place: servers on a database of their own, a room, and those who read it. */
import { startDatabase, type TestDatabase } from '../api/test/database.ts';
import { readCursor } from '../api/test/said.ts';
import { asOwner, type Reader, startReaders } from './readers.ts';
import { furnish, type Furnished } from './room.ts';
import { type Servers, type ServersOptions, startServers } from './servers.ts';

export interface Stage {
  database: TestDatabase;
  servers: Servers;
  room: Furnished;
  /** They have followed the room since before its first message. */
  readers: Reader[];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface StageOptions {
  members: number;
  readers: number;
  /** The address for each connection of reader `index`; without it, the processes by turns. */
  urlFor?: (servers: Servers, index: number) => string;
  settings?: Record<string, string>;
  importsFor?: ServersOptions['importsFor'];
}

/** Two API processes and all else. */
export async function openStage({
  members,
  readers: count,
  urlFor = (servers) => servers.next(),
  settings = {},
  importsFor = () => [],
}: StageOptions): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await startDatabase());
  const servers = opened.use(
    await startServers({
      count: 2,
      settings: { ...settings, DATABASE_URL: database.url },
      importsFor,
    }),
  );
  const url = servers.urls[0]!;
  const room = await furnish(url, members);
  const after = await readCursor(asOwner(room, url));
  const readers = opened.use(
    startReaders({ ...room, count, url: (index) => urlFor(servers, index), after }),
  );
  const stage = opened.move();
  return {
    database,
    servers,
    room,
    readers,
    [Symbol.asyncDispose]: () => stage.disposeAsync(),
  };
}
