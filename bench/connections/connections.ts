/** What a connection that is subscribed to a room and hears nothing costs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Contestant, REFERENCE, type Running } from '../harness/contestants.ts';
import { subscribeAll } from '../harness/crowd.ts';
import { BenchFailure } from '../harness/failure.ts';
import { Tally } from '../harness/load-socket.ts';
import { textOf } from '../harness/numbering.ts';
import { COLLECTABLE, type ServerProcess } from '../harness/server-process.ts';
import { figure, table } from '../harness/table.ts';

/** Connections that come and go before anything is measured. */
const PRACTICE = 500;
const SETTLE_MS = 500;
const SETTLE_TIMEOUT_MS = 60_000;
const COLLECTIONS = 3;
const HEARD_TIMEOUT_MS = 20_000;

export interface ConnectionOptions {
  connections: number;
  /** How long they are left in peace. */
  idleMs: number;
}

export interface Connections {
  contestant: Contestant;
  perSecond: number;
  /** To connect, be known by a token, and subscribe. */
  cpuMsEach: number;
  residentKiBEach: number;
  /** Of one core, from 0 to 1, while nothing is said. */
  idleCpu: number;
  /**
   * How much more as many take that come after all have gone: what a process frees it keeps for
   * itself, so that what leaks shows only in the next wave.
   */
  secondKiBEach: number;
}

/** One after the other, each as a new process; its garbage is collected before its memory is read. */
export async function measureConnections(
  contestants: Contestant[],
  options: ConnectionOptions,
): Promise<Connections[]> {
  const measured: Connections[] = [];
  for (const contestant of contestants) {
    const server = await contestant.start(COLLECTABLE);
    try {
      measured.push({ contestant, ...(await measure(server, options)) });
    } finally {
      await server.close();
    }
  }
  return measured;
}

async function measure(server: Running, { connections, idleMs }: ConnectionOptions) {
  const { process } = server;
  const rooms = await server.openRooms(1, 'all');
  for (const socket of await subscribeAll(server, rooms, PRACTICE, new Tally())) socket.close();
  const rssBefore = await settledRss(process);

  const cpuBefore = process.time().usedSeconds;
  const start = performance.now();
  const tally = new Tally();
  const sockets = await subscribeAll(server, rooms, connections, tally);
  const seconds = (performance.now() - start) / 1000;
  await settle(process);
  const cpuSeconds = process.time().usedSeconds - cpuBefore;

  const idleFrom = process.time().usedSeconds;
  await sleep(idleMs);
  const idleSeconds = process.time().usedSeconds - idleFrom;
  const rss = await settledRss(process);

  await expectHeard(server, rooms[0]!, tally, connections);
  for (const socket of sockets) socket.close();
  await settle(process);
  const second = await subscribeAll(server, rooms, connections, new Tally());
  await settle(process);
  await sleep(idleMs);
  const rssSecond = await settledRss(process);
  for (const socket of second) socket.close();
  return {
    perSecond: connections / seconds,
    cpuMsEach: (cpuSeconds * 1000) / connections,
    residentKiBEach: (rss - rssBefore) / 1024 / connections,
    idleCpu: idleSeconds / (idleMs / 1000),
    secondKiBEach: (rssSecond - rss) / 1024 / connections,
  };
}

/** @throws BenchFailure where a subscription was none. */
async function expectHeard(server: Running, room: string, tally: Tally, count: number) {
  const publisher = await server.protocol.publish(server.process.url, server.publisher);
  publisher.send(room, textOf(1), 1);
  const deadline = performance.now() + HEARD_TIMEOUT_MS;
  while (tally.deliveries < count && performance.now() < deadline) await sleep(20);
  publisher.close();
  if (tally.deliveries !== count) {
    throw new BenchFailure(
      `Of ${count} connections ${tally.deliveries} got a message. ${publisher.refusals[0] ?? ''}`,
    );
  }
}

async function settledRss(process: ServerProcess): Promise<number> {
  for (let collection = 0; collection < COLLECTIONS; collection++) {
    await settle(process);
    process.collectGarbage();
  }
  await settle(process);
  return process.rssBytes();
}

/**
 * Resolves when the server has no more than a tenth of a core to do.
 * @throws BenchFailure where it always has more, as on a machine that is not at rest itself
 */
async function settle(process: ServerProcess): Promise<void> {
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const before = process.time().usedSeconds;
    await sleep(SETTLE_MS);
    if (process.time().usedSeconds - before < SETTLE_MS / 1000 / 10) return;
  }
  throw new BenchFailure('A server does not come to rest: try again on a quieter machine.');
}

export function describeConnections(
  measured: Connections[],
  { connections, idleMs }: ConnectionOptions,
): string {
  const reference = measured.find(({ contestant }) => contestant.name === REFERENCE);
  const rows = measured.map((each) => [
    each.contestant.title,
    figure(each.perSecond),
    figure(each.cpuMsEach),
    figure(each.cpuMsEach / (reference?.cpuMsEach ?? Number.NaN)),
    figure(each.residentKiBEach),
    figure(each.residentKiBEach / (reference?.residentKiBEach ?? Number.NaN)),
    `${figure(each.idleCpu * 100)} %`,
    figure(each.secondKiBEach),
  ]);
  const header = ['server', 'connects/s', 'CPU ms', '× ws', 'KiB', '× ws', 'idle CPU', 'next KiB'];
  return `
${connections.toLocaleString('en')} connections, each subscribed to one room; idle for ${idleMs / 1000} s
${table([header, ...rows])}

CPU ms         of the server for one connection, from its handshake to its subscription; Parley's has
               the look-up of its session and authorization in it, logging in not
KiB            of resident memory for one connection, garbage collected; next: what as many more
               take beyond that when the first have gone`;
}
