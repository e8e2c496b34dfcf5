/** A crowd that reads a room in all the ways there are, by turns. */
import type { Said } from '../api/test/said.ts';
import { type Watch, type Watched, watchEvents, watchSocket } from '../api/test/watch.ts';
import type { Furnished } from './room.ts';

export interface Reader extends Watch {
  /** Such as `reader 3 (SSE)`. */
  readonly name: string;
}

/** Over WebSocket answered for all, over WebSocket answered alone, and over SSE. */
const WAYS: [name: string, (watched: Watched) => Watch][] = [
  ['WebSocket', watchSocket],
  [
    'WebSocket, alone',
    (watched) => watchSocket({ ...watched, more: 'room { viewerCan { post } }' }),
  ],
  ['SSE', watchEvents],
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

/** How long a reader may take to see what was said last, on a machine that has much else to do. */
const PATIENCE_MS = 30_000;

/**
 * Waits until all readers have seen the newest message.
 * @returns who has not, and why.
 */
export async function settle(readers: Reader[], newest: number): Promise<string[]> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PATIENCE_MS);
  const tooLate = new Promise<never>((_, reject) => {
    late.signal.onabort = () => reject(new Error(`did not see message ${newest} in time`));
  });
  const complaints = await Promise.all(
    readers.map(({ name, reached }) =>
      Promise.race([reached(newest), tooLate]).then(
        () => [],
        (error: Error) => [`${name} is dead: ${error.message}`],
      ),
    ),
  );
  clearTimeout(timer);
  return complaints.flat();
}

/** The room as its first member reads it at a server. */
export function asOwner({ roomId, members }: Furnished, url: string): Said {
  return { url, roomId, token: members[0]!.token };
}
