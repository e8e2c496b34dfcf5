import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { createPacking } from '../live/packing.ts';
import { createRelay, createWorkerBus, type Line, type Relay } from '../live/worker-bus.ts';
import { Presences, type PresenceTiming } from './presences.ts';

const IN_USE = { isIdle: false };
const IDLE = { isIdle: true };
const TIMING: PresenceTiming = { beatMs: 50, silenceMs: 200, lingerMs: 20, gatherMs: 5 };

test('somebody is online while a device is in use, and away only when all are idle', async () => {
  const [here, there] = processes(2);
  const phone = here!.presences.enter('ann', IN_USE, null);
  const laptop = there!.presences.enter('ann', IN_USE, null);
  await both('ONLINE');
  laptop();
  there!.presences.enter('ann', IDLE, null);
  await both('ONLINE');
  phone();
  here!.presences.enter('ann', IDLE, null);
  await both('AWAY');
  here!.presences.enter('ann', IN_USE, null);
  await both('ONLINE');

  async function both(status: string) {
    await expect.poll(() => statuses('ann', here, there)).toEqual([status, status]);
  }
});

test('whoever’s last device has gone is offline after a moment, and was last seen when it went', async () => {
  const [here, there] = processes(2);
  const phone = here!.presences.enter('ann', IN_USE, null);
  const laptop = here!.presences.enter('ann', IN_USE, null);
  await expect.poll(() => statuses('ann', here, there)).toEqual(['ONLINE', 'ONLINE']);
  expect(there!.presences.of('ann').lastSeenAt).toBeNull();
  const changes: string[] = [];
  there!.presences.watch(['ann'], (userId) =>
    changes.push(`${userId} ${there!.presences.of(userId).status}`),
  );
  phone();
  const before = Date.now();
  laptop();
  laptop();
  const after = Date.now();
  await expect.poll(() => statuses('ann', here, there)).toEqual(['OFFLINE', 'OFFLINE']);
  expect(changes).toEqual(['ann OFFLINE']);
  for (const { presences } of [here!, there!]) {
    const lastSeen = presences.of('ann').lastSeenAt!.getTime();
    expect(lastSeen).toBeGreaterThanOrEqual(before);
    expect(lastSeen).toBeLessThanOrEqual(after);
  }
  expect(here!.presences.of('bob')).toEqual({ userId: 'bob', status: 'OFFLINE', lastSeenAt: null });
});

test('a process that was held up takes nobody for gone of whom it has not come to hear', async () => {
  const [here, there] = processes(2);
  here!.presences.enter('ann', IN_USE, null);
  await expect.poll(() => statuses('ann', here, there)).toEqual(['ONLINE', 'ONLINE']);
  const changes: string[] = [];
  there!.presences.watch(['ann'], (userId) => changes.push(userId));
  const until = performance.now() + 2 * TIMING.silenceMs;
  while (performance.now() < until);
  // All that is due by then is done, and what was said meanwhile is heard.
  await sleep(4 * TIMING.beatMs);
  expect(changes).toEqual([]);
});

test('a page that is loaded again is no leaving', async () => {
  const [here] = processes(1, { lingerMs: 60_000 });
  const changes: string[] = [];
  here!.presences.watch(['ann'], (userId) => changes.push(userId));
  here!.presences.enter('ann', IN_USE, null)();
  const leave = here!.presences.enter('ann', IN_USE, null);
  expect([changes, statuses('ann', here)]).toEqual([['ann'], ['ONLINE']]);
  leave();
  expect(statuses('ann', here)).toEqual(['ONLINE']);
});

test('a status that was chosen at one process counts at all, before what devices remember', async () => {
  const [here, there, third] = processes(3);
  here!.presences.enter('ann', IN_USE, 'DO_NOT_DISTURB');
  await expect
    .poll(() => statuses('ann', here, there, third))
    .toEqual(Array(3).fill('DO_NOT_DISTURB'));
  // Where she has no device.
  third!.presences.choose('ann', 'AWAY');
  expect(third!.presences.of('ann').status).toBe('AWAY');
  there!.presences.enter('ann', IN_USE, 'ONLINE');
  await expect.poll(() => statuses('ann', here, there, third)).toEqual(Array(3).fill('AWAY'));
  here!.presences.choose('ann', 'ONLINE');
  await expect.poll(() => statuses('ann', here, there, third)).toEqual(Array(3).fill('ONLINE'));
});

test('a choice outlives the process that it was made at, and not the last device', async () => {
  const [here, there] = processes(2);
  here!.presences.enter('ann', IN_USE, null);
  here!.presences.choose('ann', 'DO_NOT_DISTURB');
  await expect.poll(() => statuses('ann', there)).toEqual(['DO_NOT_DISTURB']);
  const leave = there!.presences.enter('ann', IN_USE, null);
  await here!.kill();
  await sleep(2 * TIMING.silenceMs);
  expect(statuses('ann', there)).toEqual(['DO_NOT_DISTURB']);
  leave();
  await expect.poll(() => statuses('ann', there)).toEqual(['OFFLINE']);
  there!.presences.enter('ann', IN_USE, null);
  expect(statuses('ann', there)).toEqual(['ONLINE']);
});

test('the people of a process that falls silent are forgotten, and of one that ends soon', async () => {
  const [here, dying, ending] = processes(3);
  dying!.presences.enter('ann', IN_USE, null);
  ending!.presences.enter('bob', IN_USE, null);
  await expect.poll(() => statuses('ann', here)).toEqual(['ONLINE']);
  await expect.poll(() => statuses('bob', here)).toEqual(['ONLINE']);
  await dying!.kill();
  ending!.presences.close();
  await expect.poll(() => statuses('ann', here)).toEqual(['OFFLINE']);
  await expect.poll(() => statuses('bob', here)).toEqual(['OFFLINE']);
  expect(here!.presences.of('ann').lastSeenAt).toBeInstanceOf(Date);
});

test('a process that comes later learns of all who are there and were, also of a crowd', async () => {
  const relay = createRelay();
  const [here] = processes(1, {}, relay);
  here!.presences.enter('gone', IN_USE, null)();
  await expect.poll(() => statuses('gone', here)).toEqual(['OFFLINE']);
  const crowd = Array.from({ length: 1_234 }, (_, number) => `user ${number}`);
  for (const userId of crowd) here!.presences.enter(userId, IN_USE, null);
  const [late] = processes(1, {}, relay);
  await expect
    .poll(() => crowd.filter((userId) => late!.presences.of(userId).status === 'ONLINE').length)
    .toBe(crowd.length);
  expect(late!.presences.of('gone').lastSeenAt).toEqual(here!.presences.of('gone').lastSeenAt);
});

test('whoever has missed a change asks for all', async () => {
  const [here, deaf] = processes(2);
  here!.presences.enter('ann', IN_USE, null);
  await expect.poll(() => statuses('ann', deaf)).toEqual(['ONLINE']);
  // The first time it may learn of it as one that has just come.
  for (const userId of ['bob', 'carol']) {
    deaf!.state.isBusy = true;
    here!.presences.enter(userId, IN_USE, null);
    await sleep(2 * TIMING.beatMs);
    expect(statuses(userId, here, deaf)).toEqual(['ONLINE', 'OFFLINE']);
    deaf!.state.isBusy = false;
    await expect.poll(() => statuses(userId, deaf)).toEqual(['ONLINE']);
  }
});

function statuses(userId: string, ...processes: ({ presences: Presences } | undefined)[]) {
  return processes.map((process) => process!.presences.of(userId).status);
}

/** Processes of one server, as far as presence is concerned: each with an end of the workers' bus. */
function processes(count: number, timing: Partial<PresenceTiming> = {}, relay = createRelay()) {
  return Array.from({ length: count }, () => startProcess(relay, { ...TIMING, ...timing }));
}

function startProcess(relay: Relay, timing: PresenceTiming) {
  const { port1, port2 } = new MessageChannel();
  const state = { isBusy: false };
  const leave = relay.add(lineOf(port1, state));
  const bus = createWorkerBus(lineOf(port2, { isBusy: false }), createPacking('1'));
  const presences = new Presences(bus, timing);
  let killed: Promise<void> | null = null;
  const cut = async () => {
    leave();
    port1.close();
    await once(port1, 'close');
    await bus.close();
  };
  const kill = () => (killed ??= cut());
  onTestFinished(async () => {
    presences.close();
    await kill();
  });
  return { presences, state, kill };
}

function lineOf(port: MessagePort, state: { isBusy: boolean }): Line {
  return {
    send: (message) => port.postMessage(message),
    get isBusy() {
      return state.isBusy;
    },
    onMessage: (hear) => void port.on('message', hear),
  };
}
