/**
 * Which core does what: the server has the first for itself, the load generator the second, and a
 * server's database all but the first.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const cores = availableParallelism();
const SERVER = '0';
const LOAD = '1';
const OTHERS = cores > 2 ? `1-${cores - 1}` : '1';

/** Null where processes are pinned, else why they are not. */
export const unpinned =
  cores < 2
    ? 'this machine has one core only'
    : spawnSync('taskset', ['-V']).error
      ? 'there is no taskset on this machine'
      : null;

export const pinLoad = () => pin(process.pid, LOAD);
export const pinServer = (pid: number) => pin(pid, SERVER);

/** A command that runs, with all that it starts, off the server's core. */
export function offServerCore(command: string[]): [string, ...string[]] {
  const [program, ...args] = unpinned ? command : ['taskset', '-c', OTHERS, ...command];
  return [program!, ...args];
}

/** Pins all threads of a process that runs. */
function pin(pid: number, list: string): void {
  if (!unpinned) spawnSync('taskset', ['-a', '-p', '-c', list, String(pid)]);
}
