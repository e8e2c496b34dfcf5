/** One run: messages sent at a pace, every delivery of them counted, and what that cost the server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Crowd } from '../harness/crowd.ts';
import { quiet } from '../harness/crowd.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import type { Load } from './loads.ts';
import { attachProbes } from './probes.ts';

/** What has not come so long after the last send is missing. */
const DRAIN_TIMEOUT_MS = 10_000;

export interface Run {
  sends: number;
  expected: number;
  /** What some sockets did not get, what others got beyond, and probes out of order; 0 is right. */
  missing: number;
  surplus: number;
  misordered: number;
  /** Sockets that the server has closed, and sends that it has refused. */
  lost: number;
  refused: number;
  seconds: number;
  cpuSeconds: number;
  /** How long the server waited for its core, which others had. */
  waitedSeconds: number;
  /** From just before a message is sent until a probe has it. */
  latenciesMs: number[];
  frameBytes: number;
  /** How busy the load generator's core was with it, from 0 to 1. */
  loadBusy: number;
}

/** Sends for `durationMs` and waits for what is under way. */
export async function play(
  crowd: Crowd,
  process: ServerProcess,
  { pace, subscribersPerRoom }: Pick<Load, 'pace' | 'subscribersPerRoom'>,
  durationMs: number,
  drainTimeoutMs = DRAIN_TIMEOUT_MS,
): Promise<Run> {
  const { rooms, sockets, tally } = crowd;
  const sentAt: number[] = [];
  const refusedBefore = crowd.refusals.length;
  const probes = attachProbes(crowd, sentAt);
  tally.deliveries = 0;
  for (const socket of sockets) socket.deliveries = 0;
  const send = () => {
    const at = performance.now();
    const number = crowd.send(rooms[sentAt.length % rooms.length]!);
    probes.first ??= number;
    sentAt.push(at);
  };

  const before = process.time();
  const ownBefore = globalThis.process.cpuUsage();
  const start = performance.now();
  if ('perSecond' in pace) await sendPaced(send, pace.perSecond, durationMs);
  else await sendInFlight(send, tally, pace.inFlight, subscribersPerRoom, durationMs);
  const expected = sentAt.length * subscribersPerRoom;
  const drained = performance.now() + drainTimeoutMs;
  while (tally.deliveries < expected && performance.now() < drained) await sleep(2);
  const seconds = (performance.now() - start) / 1000;
  const after = process.time();
  const own = globalThis.process.cpuUsage(ownBefore);

  await quiet(tally);
  const differences = sockets.map((socket, index) => {
    const room = index % rooms.length;
    return socket.deliveries - Math.ceil((sentAt.length - room) / rooms.length);
  });
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    sends: sentAt.length,
    expected,
    missing: sum(differences.map((difference) => Math.max(0, -difference))),
    surplus: sum(differences.map((difference) => Math.max(0, difference))),
    misordered: probes.misordered,
    lost: sockets.filter(({ isLost }) => isLost).length,
    refused: crowd.refusals.length - refusedBefore,
    seconds,
    cpuSeconds: after.usedSeconds - before.usedSeconds,
    waitedSeconds: after.waitedSeconds - before.waitedSeconds,
    latenciesMs: probes.latenciesMs,
    frameBytes: probes.frameBytes,
    loadBusy: (own.user + own.system) / 1e6 / seconds,
  };
}

/** What as many sends cost in the same time where nobody listens, in seconds of the processor. */
export async function playSilently(
  crowd: Crowd,
  process: ServerProcess,
  { sends, seconds }: Run,
): Promise<number> {
  const before = process.time();
  let sent = 0;
  const send = () => void crowd.send(crowd.silentRooms[sent++ % crowd.silentRooms.length]!);
  await sendPaced(send, sends / seconds, seconds * 1000);
  return process.time().usedSeconds - before.usedSeconds;
}

async function sendPaced(send: () => void, perSecond: number, durationMs: number): Promise<void> {
  const start = performance.now();
  const count = Math.max(1, Math.round((durationMs / 1000) * perSecond));
  for (let sent = 0; sent < count; sent++) {
    const dueInMs = start + (sent / perSecond) * 1000 - performance.now();
    if (dueInMs > 0) await sleep(dueInMs);
    send();
  }
  const restMs = start + durationMs - performance.now();
  if (restMs > 0) await sleep(restMs);
}

/** Sends the next message whenever one has reached all. */
async function sendInFlight(
  send: () => void,
  tally: Crowd['tally'],
  inFlight: number,
  subscribers: number,
  durationMs: number,
): Promise<void> {
  tally.goal = subscribers;
  tally.reached = () => {
    tally.goal += subscribers;
    send();
  };
  for (let sent = 0; sent < inFlight; sent++) send();
  await sleep(durationMs);
  tally.goal = Number.POSITIVE_INFINITY;
}
