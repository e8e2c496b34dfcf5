/** The subscribers of one server, each with a socket of their own, and the publisher. */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Running } from './contestants.ts';
import { BenchFailure } from './failure.ts';
import { LoadSocket, Tally } from './load-socket.ts';
import { textOf } from './numbering.ts';

const CONNECTS_AT_ONCE = 32;
const WARM_UP_INTERVAL_MS = 250;
const WARM_UP_TIMEOUT_MS = 30_000;
const QUIET_MS = 200;

export interface Crowd {
  rooms: string[];
  /** Rooms that have no subscribers. */
  silentRooms: string[];
  /** Of the room `rooms[index % rooms.length]`. */
  sockets: LoadSocket[];
  tally: Tally;
  /** Sends a message, whose number it gives. */
  send(room: string): number;
  /** What the publisher has been refused. */
  refusals: string[];
  close(): void;
}

export interface CrowdSize {
  rooms: number;
  subscribersPerRoom: number;
}

/** Connects all, and sends until a message has reached each of them. */
export async function gather(running: Running, size: CrowdSize): Promise<Crowd> {
  const { protocol, process } = running;
  const rooms = await running.openRooms(size.rooms, 'all');
  const silentRooms = await running.openRooms(size.rooms, 'alone');
  const tally = new Tally();
  const sockets = await subscribeAll(running, rooms, size.subscribersPerRoom * rooms.length, tally);

  const publisher = await protocol.publish(process.url, running.publisher);
  let sent = 0;
  const crowd: Crowd = {
    rooms,
    silentRooms,
    sockets,
    tally,
    send(room) {
      sent++;
      publisher.send(room, textOf(sent), sent);
      return sent;
    },
    refusals: publisher.refusals,
    close() {
      for (const connection of [publisher, ...sockets]) connection.close();
    },
  };
  await warmUp(crowd);
  return crowd;
}

/** Opens `count` sockets, in turn to each of the rooms. */
export async function subscribeAll(
  running: Running,
  rooms: string[],
  count: number,
  tally: Tally,
): Promise<LoadSocket[]> {
  const { protocol, process } = running;
  const limit = pLimit(CONNECTS_AT_ONCE);
  const open = async (index: number) => {
    const socket = await LoadSocket.open({ url: process.url, ...protocol }, tally);
    await protocol.greet(socket, running.subscriber(Math.floor(index / rooms.length)));
    protocol.subscribe(socket, rooms[index % rooms.length]!);
    return socket;
  };
  return Promise.all(Array.from({ length: count }, (_, index) => limit(open, index)));
}

/** Not every protocol says when a subscription has begun. */
async function warmUp(crowd: Crowd): Promise<void> {
  const deadline = performance.now() + WARM_UP_TIMEOUT_MS;
  while (crowd.sockets.some(({ deliveries }) => deliveries === 0)) {
    if (performance.now() > deadline) {
      const deaf = crowd.sockets.filter(({ deliveries }) => deliveries === 0).length;
      throw new BenchFailure(`${deaf} subscribers get no messages. ${crowd.refusals[0] ?? ''}`);
    }
    for (const room of crowd.rooms) crowd.send(room);
    await sleep(WARM_UP_INTERVAL_MS);
  }
  await quiet(crowd.tally);
}

/** Resolves when nothing has come for a while. */
export async function quiet(tally: Tally): Promise<void> {
  let before = -1;
  while (tally.deliveries !== before) {
    before = tally.deliveries;
    await sleep(QUIET_MS);
  }
}
