/**
 * One of many readers stops reading. The server closes it past its limit, nobody else waits for it or
 * loses anything, and when it comes back it goes on where it was.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { bearer } from '../api/test/client.ts';
import { openAcknowledged } from '../api/test/raw-socket.ts';
import { readCursor, send } from '../api/test/said.ts';
import { LoadSocket, Tally } from '../bench/harness/load-socket.ts';
import type { Fault, Outcome, Trial } from './fault.ts';
import { type House, openHouse } from './house.ts';
import { until } from './in-process.ts';

const READERS = { quick: 100, full: 1_000 };
const ROUNDS = { quick: 1, full: 7 };
const ROUND_MS = { quick: 3_000, full: 5_000 };
const BETWEEN_MESSAGES_MS = 50;
/** The stalled one asks so many times over one socket, to fill what the machine buffers for it. */
const TIMES = 64;
/** The server's limit, and how soon one that has crossed it must be gone. */
const LIMIT_BYTES = 1024 * 1024;
const GONE_WITHIN_MS = 5_000;
/** Of other machines than Linux it is not known how much they buffer: more than any does. */
const MOST_BUFFERED_BYTES = 16 * 1024 * 1024;
const PATIENCE_MS = 60_000;
const MOST_SLOWER = 1.1;
const BODY = 'x'.repeat(2_000);

const QUERY = `subscription ($roomId: ID!, $after: String) {
  messageAdded(roomId: $roomId, after: $after) { cursor node { seq body } }
}`;
const GAUGE = 'parley_shared_subscriptions';

export const stalledReader: Fault = {
  number: 9,
  name: 'one reader stalls',
  async run({ scale }: Trial): Promise<Outcome> {
    await using house = await openHouse();
    const violations: string[] = [];
    const after = await readCursor(house);
    const sentAt = new Map<number, number>();
    let latencies: number[] = [];
    let keys = 0;
    let newest = Number(after.split('.')[1]);
    const first = newest;

    const readers = await Promise.all(
      Array.from({ length: READERS[scale] }, () =>
        openReader(house, after, first, (seq) => {
          const at = sentAt.get(seq);
          if (at !== undefined) latencies.push(performance.now() - at);
        }),
      ),
    );
    await live(house, readers.length);

    /** Says things at a steady pace for a while; gives the 99th percentile of what it took. */
    async function talk(ms: number, isOver: () => Promise<boolean> = async () => true) {
      latencies = [];
      const began = Date.now();
      for (let isLast = false; !isLast;) {
        const pause = sleep(BETWEEN_MESSAGES_MS);
        sentAt.set(++newest, performance.now());
        await send(house, BODY, String(++keys));
        const [isEnough] = await Promise.all([isOver(), pause]);
        isLast = (isEnough && Date.now() > began + ms) || Date.now() > began + PATIENCE_MS;
      }
      await until(() => readers.every(({ position }) => position === newest));
      latencies.sort((a, b) => a - b);
      return latencies[Math.floor(latencies.length * 0.99)] ?? NaN;
    }

    const ratios: number[] = [];
    let slowest = 0;
    for (let round = 1; round <= ROUNDS[scale]; round++) {
      const stalled = await openStalled(house);
      await live(house, readers.length + TIMES);
      let from = newest;
      let crossed = 0;
      let gone = 0;
      // Looked at in the same way while it reads and while it does not: looking has its cost, too.
      const look = async () => {
        const offered = (newest - from) * TIMES * BODY.length;
        const isPast = offered - stalled.bufferedBytes() > LIMIT_BYTES;
        const isGone = (await house.read(GAUGE)) === readers.length;
        return { isPast, isGone };
      };
      const without = await talk(ROUND_MS[scale], async () => !(await look()).isGone);
      from = newest;
      stalled.stall();
      const crossing = await talk(ROUND_MS[scale], async () => {
        const { isPast, isGone } = await look();
        if (isPast) crossed ||= Date.now();
        if (isGone) gone ||= Date.now();
        return gone > 0;
      });
      // One that was gone before it was seen to cross the limit was gone soon enough.
      const tookMs = (gone || Date.now()) - (crossed || gone);
      slowest = Math.max(slowest, tookMs);
      if (!gone || tookMs > GONE_WITHIN_MS)
        violations.push(
          `${round}: the stalled one was ${gone ? 'gone' : 'there'} after ${tookMs} ms`,
        );
      ratios.push(crossing / without);
      stalled.close();

      const [epoch] = after.split('.');
      const back = await openReader(house, `${epoch}.${from}`, from, () => {});
      if (!(await until(() => back.position === newest)) || back.wrong > 0)
        violations.push(`${round}: back at ${back.position} of ${newest}, ${back.wrong} wrong`);
      back.socket.close();
      await live(house, readers.length);
    }

    const wrong = readers.reduce((sum, reader) => sum + reader.wrong, 0);
    const behind = readers.filter(({ position }) => position !== newest).length;
    const lost = readers.filter(({ socket }) => socket.isLost).length;
    if (wrong + behind + lost > 0)
      violations.push(`the others: ${wrong} wrong, ${behind} behind, ${lost} closed`);
    for (const { socket } of readers) socket.close();
    ratios.sort((a, b) => a - b);
    const ratio = ratios[Math.floor(ratios.length / 2)]!;
    if (scale === 'full' && ratio > MOST_SLOWER)
      violations.push(`p99 of the others ${ratio.toFixed(2)} times what it is without`);
    return {
      figures:
        `${readers.length.toLocaleString('en')} readers, ${newest - first} messages, ` +
        `${ROUNDS[scale]} stalled, gone at the latest ${(slowest / 1000).toFixed(1)} s past the ` +
        `limit; p99 of the others ${ratio.toFixed(2)} times that without (median), ` +
        `${violations.length} violations`,
      violations,
    };
  },
};

/** Until so many subscriptions are there. */
async function live(house: House, count: number): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(20)) {
    if ((await house.read(GAUGE)) === count) return;
  }
}

async function openReader(
  { url, token, roomId }: House,
  after: string,
  position: number,
  take: (seq: number) => void,
) {
  const socket = await LoadSocket.open(
    { url, path: '/graphql', subprotocol: 'graphql-transport-ws' },
    new Tally(),
  );
  const reader = { socket, position, wrong: 0 };
  socket.onDelivery = (_opcode, chunk, start) => {
    const seq = Number(/"seq":(\d+)/.exec(chunk.toString('latin1', start, start + 200))?.[1]);
    if (seq !== reader.position + 1) reader.wrong++;
    reader.position = seq;
    take(seq);
  };
  const acknowledged = socket.wait((text) => text.includes('connection_ack'));
  socket.send(JSON.stringify({ type: 'connection_init', payload: bearer(token) }));
  await acknowledged;
  const payload = { query: QUERY, variables: { roomId, after } };
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
  return reader;
}

/** Asks what the others ask, many times; reads until it stalls, and nothing any more from then on. */
async function openStalled({ url, token, roomId }: House) {
  const { socket, send } = await openAcknowledged(url, { params: bearer(token) });
  const payload = { query: QUERY, variables: { roomId } };
  for (let time = 0; time < TIMES; time++) send({ type: 'subscribe', id: String(time), payload });
  // What `ws` hides: the socket beneath.
  const { localPort } = (socket as unknown as { _socket: Socket })._socket;
  return {
    stall: () => socket.pause(),
    bufferedBytes: () => bufferedBytes(localPort!),
    close: () => socket.terminate(),
  };
}

/** What the machine itself holds of a connection, on both sides, by proc_net_tcp(5). */
function bufferedBytes(port: number): number {
  if (!existsSync('/proc/net/tcp')) return MOST_BUFFERED_BYTES;
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote]) => local?.endsWith(end) || remote?.endsWith(end))
    .flatMap(([, , , , queues]) => queues!.split(':'))
    .reduce((sum, bytes) => sum + Number.parseInt(bytes, 16), 0);
}
