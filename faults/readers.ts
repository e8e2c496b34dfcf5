/** A crowd that reads a room in all the ways there are, by turns. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Said } from '../api/test/said.ts';
import { type Watch, type Watched, watchEvents, watchSocket } from '../api/test/watch.ts';
import type { Furnished } from './room.ts';

export interface Reader extends Watch {
  /** Such as `reader 3 (SSE)`. */
  readonly name: string;
}

/** Over WebSocket answered for all, over SSE, and over WebSocket answered alone. */
const WAYS: [name: string, (watched: Watched) => Watch][] = [
  ['WebSocket', watchSocket],
  ['SSE', watchEvents],
  ['WebSocket', watchSocket],
  [
    'WebSocket, alone',
    (watched) => watchSocket({ ...watched, more: 'room { viewerCan { post } }' }),
  ],
];

export interface ReadersOptions extends Furnished {
  count: number;
  /** The address for each connection of reader `index`. */
  url: (index: number) => string;
  /** Where they begin. */
  after: string;
}

export function startReaders({
  roomId,
  members,
  count,
  url,
  after,
}: ReadersOptions): Reader[] & Disposable {
  const readers = Array.from({ length: count }, (_, index) => {
    const [way, watch] = WAYS[index % WAYS.length]!;
    const { token } = members[index % members.length]!;
    const watched = { url: () => url(index), token, roomId, after };
    return Object.assign(watch(watched), { name: `reader ${index} (${way})` });
  });
  return Object.assign(readers, {
    [Symbol.dispose]() {
      for (const reader of readers) reader.close();
    },
  });
}

/** Whoever is told nothing for so long, and has not seen all, is dead: on whatever machine. */
const PATIENCE_MS = 30_000;

/**
 * Waits until all readers have seen the newest message.
 * @returns who has not, and why.
 */
export async function settle(readers: Reader[], newest: number): Promise<string[]> {
  const complaints = await Promise.all(
    readers.map(async (reader) => {
      const fault = await waitFor(reader, newest);
      return fault === null ? [] : [`${reader.name} is dead: ${fault}`];
    }),
  );
  return complaints.flat();
}

async function waitFor({ lines, reached }: Reader, newest: number): Promise<string | null> {
  const arrival = reached(newest).then(
    () => null,
    (error: Error) => error.message,
  );
  for (;;) {
    const { length } = lines;
    const silence = sleep(PATIENCE_MS, 'silence', { ref: false });
    const first = await Promise.race([arrival, silence]);
    if (first !== 'silence') return first;
    if (lines.length === length) return `it was told nothing more after ${length} messages`;
  }
}

/** The room as its first member reads it at a server. */
export function asOwner({ roomId, members }: Furnished, url: string): Said {
  return { url, roomId, token: members[0]!.token };
}
