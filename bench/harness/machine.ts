import { availableParallelism, cpus, loadavg } from 'node:os';

/** Where and when figures were taken, and how much else went on. */
export function describeMachine(): string {
  const at = new Date().toISOString().slice(0, 16);
  const model = cpus()[0]?.model.trim() ?? 'an unknown processor';
  const cores = availableParallelism();
  return `${at}Z, Node ${process.version}, ${cores} cores of ${model}, load ${loadavg()[0]!.toFixed(1)}`;
}
