/**
 * Subscriptions begin and end, over few sockets that stay and over sockets that come and go, shared
 * and not: what they leave behind in the server is nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { bearer } from '../api/test/client.ts';
import { openAcknowledged } from '../api/test/raw-socket.ts';
import { readCursor, send } from '../api/test/said.ts';
import { eventsOf } from '../api/test/watch.ts';
import type { Fault, Outcome, Trial } from './fault.ts';
import { type House, openHouse } from './house.ts';

const CYCLES = { quick: 2_000, full: 100_000 };
const SAMPLES = 10;
const SOCKETS = 4;
/** Subscriptions that are under way on a socket at once. */
const IN_FLIGHT = 8;
/** A socket is exchanged after so many, and every so manieth goes over SSE. */
const PER_SOCKET = 250;
const PER_STREAM = 50;
/** Of the heap, in the second half: what is more has been left behind. */
const MOST_BYTES_PER_CYCLE = 20;
const SETTLE_MS = 10_000;
const GAUGES = ['parley_followed_rooms', 'parley_followers', 'parley_shared_subscriptions'];

const QUERIES = ['', 'room { slug }', 'room { viewerMembership { role } }'].map(
  (more) => `subscription ($roomId: ID!, $after: String) {
    messageAdded(roomId: $roomId, after: $after) { cursor node { seq body ${more} } }
  }`,
);

export const churn: Fault = {
  number: 14,
  name: 'subscriptions come and go',
  async run({ scale, random }: Trial): Promise<Outcome> {
    await using house = await openHouse({ NODE_OPTIONS: '--import ./faults/collect-on-signal.ts' });
    const violations: string[] = [];
    const before = await readCursor(house);
    await send(house, 'hello', 'hello');
    const variables = { roomId: house.roomId, after: before };
    const heap: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      const share = CYCLES[scale] / SAMPLES / SOCKETS;
      await Promise.all(Array.from({ length: SOCKETS }, () => cycle(house, share)));
      const left = await leftovers(house);
      if (left) violations.push(`after ${((sample + 1) * CYCLES[scale]) / SAMPLES}: ${left}`);
      heap.push(await settledHeap(house));
    }
    const slope = slopeOf(heap.slice(SAMPLES / 2)) / (CYCLES[scale] / SAMPLES);
    // A short run says nothing: the heap has not settled.
    if (scale === 'full' && slope > MOST_BYTES_PER_CYCLE) {
      violations.push(`the heap grows by ${slope.toFixed(1)} bytes a cycle`);
    }
    return {
      figures:
        `${CYCLES[scale].toLocaleString('en')} cycles, heap ` +
        `${heap.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(' ')} MiB, ` +
        `${slope.toFixed(1)} bytes a cycle over the second half, ${violations.length} violations`,
      violations,
    };

    async function cycle(house: House, count: number): Promise<void> {
      for (let done = 0; done < count;) {
        const part = Math.min(PER_SOCKET, count - done);
        await cycleOverSocket(house, part);
        done += part;
        for (let stream = 0; stream < part / PER_STREAM; stream++) await cycleOverEvents(house);
      }
    }

    async function cycleOverSocket({ url, token }: House, count: number): Promise<void> {
      const socket = await openAcknowledged(url, { params: bearer(token) });
      let begun = 0;
      let ended = 0;
      const begin = () => {
        const id = String(++begun);
        const query = QUERIES[random.below(QUERIES.length)]!;
        socket.send({ type: 'subscribe', id, payload: { query, variables } });
        // Some are ended before they can have begun.
        if (random.below(4) > 0) return;
        socket.send({ type: 'complete', id });
        ended++;
      };
      while (ended < count) {
        while (begun < count && begun - ended < IN_FLIGHT) begin();
        if (ended === count) break;
        const frame = await socket.next();
        if (!frame) throw new Error(`A socket was closed: ${await socket.closed}`);
        if (frame.type !== 'next') continue;
        if (frame.payload.errors) violations.push(JSON.stringify(frame.payload.errors));
        socket.send({ type: 'complete', id: frame.id! });
        ended++;
      }
      // Half of them end with subscriptions under way that nobody has ended.
      if (random.below(2) === 0) socket.socket.terminate();
      else socket.socket.close();
      await socket.closed;
    }

    async function cycleOverEvents({ url, token }: House): Promise<void> {
      const aborting = new AbortController();
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        signal: aborting.signal,
        headers: {
          accept: 'text/event-stream',
          'content-type': 'application/json',
          ...bearer(token),
        },
        body: JSON.stringify({ query: QUERIES[0], variables }),
      });
      for await (const _ of eventsOf(response)) break;
      aborting.abort();
    }
  },
};

/** What is followed though nobody follows; null where nothing is. */
async function leftovers(house: House): Promise<string | null> {
  let left: string[] = [];
  for (const deadline = Date.now() + SETTLE_MS; Date.now() < deadline; await sleep(50)) {
    left = [];
    for (const gauge of GAUGES) {
      const value = await house.read(gauge);
      if (value !== 0) left.push(`${gauge} ${value}`);
    }
    if (left.length === 0) return null;
  }
  return left.join(', ');
}

/** The heap in bytes, when what was garbage is gone. */
async function settledHeap(house: House): Promise<number> {
  let least = Infinity;
  for (let time = 0; time < 3; time++) {
    process.kill(house.pid, 'SIGUSR2');
    await sleep(100);
    least = Math.min(least, await house.read('nodejs_heap_size_used_bytes'));
  }
  return least;
}

/** By least squares. */
function slopeOf(values: number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  values.forEach((value, index) => {
    above += (index - middle) * (value - mean);
    below += (index - middle) ** 2;
  });
  return above / below;
}
