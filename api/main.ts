/**
 * Starts a server by the environment and stops it on SIGINT or SIGTERM. With `--api-only` it serves
 * no pages, as for development.
 */
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { StartupError } from './errors.ts';
import { loadWeb, type RunningServer, startServer } from './server.ts';

/** How long a stop may take before it is cut short. */
const STOP_TIMEOUT_MS = 15_000;
/** A second Ctrl-C means it; but npm passes on what the terminal has sent to all already. */
const ECHO_MS = 500;

let isStopping = false;
let stoppingSince = 0;
const starting = start();
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
try {
  const { url } = await starting;
  if (!isStopping) console.log(`Parley is ready at ${url}`);
} catch (error) {
  // Ctrl-C has also told the programs that the start was waiting for.
  if (!isStopping) {
    if (!(error instanceof StartupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function start(): Promise<RunningServer> {
  const config = readConfig(process.env);
  const web = process.argv.includes('--api-only') ? null : await loadWeb();
  const app = await createApp(config);
  const server = await startServer(app, web).catch(async (error) => {
    await app.close();
    throw error;
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      await app.close();
    },
  };
}

/** Stops what runs, also what has only begun to start: a database must not be left behind. */
async function stop(): Promise<void> {
  if (isStopping) {
    if (performance.now() - stoppingSince > ECHO_MS) process.exit(1);
    return;
  }
  isStopping = true;
  stoppingSince = performance.now();
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  const server = await starting.catch(() => null);
  await server?.close();
  process.exit(0);
}
