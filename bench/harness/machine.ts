import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const WAKES = 80;
const WAKE_EVERY_MS = 12;

/**
 * Where and when figures were taken, and how much else went on. What it costs to be woken is said, since it differs tenfold from hour to
 * hour on a virtual machine, and is most of what a server costs that has little to do.
 */
export async function describeMachine(): Promise<string> {
  const at = new Date().toISOString().slice(0, 16);
  const model = cpus()[0]?.model.trim() ?? 'an unknown processor';
  const cores = availableParallelism();
  const load = loadavg()[0]!.toFixed(1);
  const wake = `${(await wakeMs()).toFixed(2)} ms of processor to be woken`;
  return `${at}Z, Node ${process.version}, ${cores} cores of ${model}, load ${load}, ${wake}`;
}

/** What a process that does nothing takes of the processor for each time that a timer wakes it. */
async function wakeMs(): Promise<number> {
  const before = process.cpuUsage();
  for (let wake = 0; wake < WAKES; wake++) await sleep(WAKE_EVERY_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / WAKES;
}
