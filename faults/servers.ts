/** Several API processes on one database, each of which can be killed, stopped and started again. */
import { findPort } from '../api/test/ports.ts';
import { type Ending, launch, type Launched } from '../api/test/process.ts';

export interface Servers {
  /** The address of each process. */
  readonly urls: readonly string[];
  /** The addresses by turns, whether or not a process is there: what a proxy without health checks does. */
  next(): string;
  /** Kills a process at once; gives when, by `performance.now()`. */
  kill(index: number): Promise<number>;
  /** Asks a process to stop, and gives how it has ended. */
  stop(index: number): Promise<Ending>;
  /** Starts a process again that has ended, at the same address, and waits until it serves. */
  start(index: number): Promise<void>;
  /** How a process ends, by whomever. */
  ended(index: number): Promise<Ending>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServersOptions {
  count: number;
  settings: Record<string, string>;
  /** Modules that Node loads before process `index`. */
  importsFor?: (index: number) => string[];
}

export async function startServers({
  count,
  settings,
  importsFor = () => [],
}: ServersOptions): Promise<Servers> {
  const ports: string[] = [];
  const running: Launched[] = [];
  const start = async (index: number) => {
    const server = launch({
      settings: { RATE_LIMITS: 'off', ...settings, PORT: ports[index]! },
      imports: importsFor(index),
    });
    running[index] = server;
    await server.url;
  };
  const endAll = async () => {
    for (const server of running) server.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
  };
  try {
    // One after another: a free port is only taken once its server listens.
    for (let index = 0; index < count; index++) {
      ports.push(String(await findPort()));
      await start(index);
    }
  } catch (error) {
    await endAll();
    throw error;
  }
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  let turn = 0;
  return {
    urls,
    next: () => urls[turn++ % urls.length]!,
    async kill(index) {
      const at = performance.now();
      running[index]!.kill('SIGKILL');
      await running[index]!.ended;
      return at;
    },
    stop(index) {
      running[index]!.kill('SIGTERM');
      return running[index]!.ended;
    },
    start,
    ended: (index) => running[index]!.ended,
    [Symbol.asyncDispose]: endAll,
  };
}
