/**
 * Starts a server by the environment and stops it on SIGINT or SIGTERM. With WORKERS it starts as
 * many processes of itself, and SIGHUP replaces them one by one. With `--api-only` it serves no
 * pages, as for development.
 */
import { createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { StartupError } from './errors.ts';
import { isStop, lineTo, type Report } from './ipc.ts';
import { KEEP_ALIVE_MS, loadWeb, type RunningServer, startServer } from './server.ts';
import { type RunningWorkers, startWorkers, WORKER_FLAG } from './workers.ts';

/** How long a stop may take before it is cut short. */
const STOP_TIMEOUT_MS = 15_000;
/** What a primary process has beyond its workers. */
const PRIMARY_STOP_GRACE_MS = 2_000;
/** A second Ctrl-C means it; but npm passes on what the terminal has sent to all already. */
const ECHO_MS = 500;

// Not `cluster.isWorker`: a process manager of Node programs may have forked us, too.
const primary = process.argv.includes(WORKER_FLAG) ? lineTo(process) : null;

let isStopping = false;
let stopTimeoutMs = STOP_TIMEOUT_MS;
let stoppingSince = 0;
const starting = start();
process.on('SIGTERM', stopOrEnd);
if (primary) {
  // The terminal tells all of a process group, and the primary tells us.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  primary.onMessage((message) => {
    if (isStop(message)) void stop(message.primary === 'replace' ? KEEP_ALIVE_MS : 0);
  });
} else process.on('SIGINT', stopOrEnd);

try {
  const server = await starting;
  if (!isStopping) {
    if (primary) primary.send({ worker: 'ready', url: server.url } satisfies Report);
    else console.log(`Parley is ready at ${server.url}`);
  }
} catch (error) {
  // Ctrl-C has also told the programs that the start was waiting for.
  if (!isStopping) {
    if (!(error instanceof StartupError)) throw error;
    if (primary) {
      const refused: Report = { worker: 'refused', reason: error.message };
      process.send!(refused, undefined, undefined, () => process.exit(1));
    } else {
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}

async function start(): Promise<RunningServer> {
  const config = readConfig(process.env);
  return !primary && config.workers > 1 ? startAsPrimary(config) : serve(config);
}

async function serve(config: Config): Promise<RunningServer> {
  const web = process.argv.includes('--api-only') ? null : await loadWeb();
  const app = await createApp(config, primary);
  const server = await startServer(app, web).catch(async (error) => {
    await app.close();
    throw error;
  });
  return {
    url: server.url,
    async close(idleMs) {
      await server.close(idleMs);
      await app.close();
    },
  };
}

async function startAsPrimary(config: Config): Promise<RunningServer> {
  stopTimeoutMs += PRIMARY_STOP_GRACE_MS;
  let workers: RunningWorkers | null = null;
  process.on('SIGHUP', () => void workers?.restart());
  workers = await startWorkers(config, STOP_TIMEOUT_MS);
  return workers;
}

/** A second signal is an order to end at once. */
function stopOrEnd(): void {
  if (isStopping && performance.now() - stoppingSince > ECHO_MS) process.exit(1);
  void stop();
}

/** Stops what runs, also what has only begun to start: a database must not be left behind. */
async function stop(idleMs = 0): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  stoppingSince = performance.now();
  setTimeout(() => process.exit(1), stopTimeoutMs).unref();
  const server = await starting.catch(() => null);
  await server?.close(idleMs);
  process.exit(0);
}
