/**
 * Several processes on one machine that share a port. The primary process has no app: it starts
 * workers, each a whole server, starts another one where one has ended, and passes hints on between
 * them. Each worker takes connections off the one listening socket when it has the time.
 *
 * The first worker starts alone, and makes and migrates the database that the others find. A slot
 * has one worker at a time, but for a restart, where the old one ends once the new one is ready.
 */
import cluster, { type Worker as Process } from 'node:cluster';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimiterClusterMaster } from 'rate-limiter-flexible';
import type { Config } from './config.ts';
import { StartupError } from './errors.ts';
import { isReport, lineTo, type Stop } from './ipc.ts';
import { createRelay } from './live/worker-bus.ts';
import { createLog } from './log.ts';
import type { RunningServer } from './server.ts';

/** Tells a process that it is a worker. */
export const WORKER_FLAG = '--worker';
/** A worker that has lived so long was well. */
const STEADY_MS = 10_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
const LAST_WORDS_MS = 200;

export interface RunningWorkers extends RunningServer {
  /** Replaces one worker after the other by a new one, of the code and settings as they are now. */
  restart(): Promise<void>;
}

interface Ending {
  code: number | null;
  signal: string | null;
}

interface Worker {
  pid: number | undefined;
  /** The address that it serves. Rejects with a StartupError where it ends before. */
  ready: Promise<string>;
  ended: Promise<Ending>;
  startedAt: number;
  /** Lets it finish what it has begun, or cuts it short after `timeoutMs`. */
  stop(how: Stop['primary']): Promise<void>;
}

/** @throws StartupError where the first worker does. */
export async function startWorkers(config: Config, stopTimeoutMs: number): Promise<RunningWorkers> {
  const log = createLog(config.logLevel);
  const fork = await prepare(config, stopTimeoutMs);
  const living = new Set<Worker>();
  let isStopping = false;
  let isRestarting = false;
  let isRestartWanted = false;

  const start = (): Worker => {
    const worker = fork();
    living.add(worker);
    void worker.ended.then(() => living.delete(worker));
    return worker;
  };

  /** Keeps a worker in a slot, and gives a way to replace it. */
  function keep(first: Worker) {
    let current = first;
    const run = async () => {
      for (let failures = 0; !isStopping;) {
        const worker = current;
        const { code, signal } = await worker.ended;
        if (isStopping) return;
        if (worker !== current) continue;
        failures = performance.now() - worker.startedAt > STEADY_MS ? 0 : failures + 1;
        const delay = Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS);
        log.error({ pid: worker.pid, code, signal, delay }, 'A worker ended, and is replaced');
        await sleep(delay);
        if (isStopping || worker !== current) continue;
        current = start();
        current.ready.catch((error: Error) =>
          log.error({ reason: error.message }, 'A worker could not start'),
        );
      }
    };
    void run();
    return {
      async replace() {
        const next = start();
        await next.ready;
        const old = current;
        current = next;
        await old.stop('replace');
      },
    };
  }

  async function replaceAll(slots: { replace(): Promise<void> }[]): Promise<void> {
    log.info('The workers are being replaced');
    try {
      for (const slot of slots) if (!isStopping) await slot.replace();
      log.info('The workers have been replaced');
    } catch (error) {
      if (isStopping) return;
      log.error(
        { reason: (error as Error).message },
        'A new worker did not start: the old ones stay',
      );
    }
  }

  const first = start();
  const url = await first.ready;
  const others = Array.from({ length: config.workers - 1 }, start);
  const slots = [first, ...others].map(keep);
  await Promise.allSettled(others.map(({ ready }) => ready));

  return {
    url,
    async restart() {
      // Whoever asks again while one is going on means those that are new already, too.
      isRestartWanted = true;
      if (isRestarting) return;
      isRestarting = true;
      while (isRestartWanted && !isStopping) {
        isRestartWanted = false;
        await replaceAll(slots);
      }
      isRestarting = false;
    },
    async close() {
      isStopping = true;
      await Promise.all([...living].map((worker) => worker.stop('stop')));
    },
  };
}

/** Sets the ground for workers, and gives what starts one. */
async function prepare(config: Config, stopTimeoutMs: number): Promise<() => Worker> {
  // Node’s other way passes connections through the primary, where those that a killed worker had
  // not taken yet stay open for ever, served by nobody.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: join(import.meta.dirname, 'main.ts'),
    args: [...process.argv.slice(2), WORKER_FLAG],
    // Structured clones: what hints carry is bytes.
    serialization: 'advanced',
  });
  // The workers count their limits in this process.
  new RateLimiterClusterMaster();
  const relay = createRelay();
  // Picked here, for it is to be the same one when all workers have gone.
  const port = config.port || (await pickPort(config.host));

  return () => {
    const worker = cluster.fork({ PORT: String(port) });
    const child = worker.process;
    const line = lineTo(child);
    const leave = relay.add(line);
    const ready = Promise.withResolvers<string>();
    ready.promise.catch(() => {});
    line.onMessage((message) => {
      if (!isReport(message)) return;
      if (message.worker === 'ready') ready.resolve(message.url);
      else ready.reject(new StartupError(message.reason));
    });
    // What is sent to one that is just dying.
    worker.on('error', () => {});
    const ended = endOf(worker).then((ending) => {
      leave();
      const { code, signal } = ending;
      ready.reject(new StartupError(`A worker ended before it was ready (${code ?? signal}).`));
      return ending;
    });
    return {
      pid: child.pid,
      ready: ready.promise,
      ended,
      startedAt: performance.now(),
      async stop(how) {
        line.send({ primary: how } satisfies Stop);
        const cut = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
        await ended;
        clearTimeout(cut);
      },
    };
  };
}

/**
 * Its last words come before the disconnection, but not always before the exit; and one that was
 * killed in the middle of a message is never disconnected.
 */
async function endOf(worker: Process): Promise<Ending> {
  const disconnected = once(worker, 'disconnect');
  const [code, signal] = await once(worker, 'exit');
  await Promise.race([disconnected, sleep(LAST_WORDS_MS)]);
  return { code, signal };
}

/** A free port; 0 where it cannot be told, and then the worker says why. */
function pickPort(host: string): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(0));
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
