/**
 * One PostgreSQL server by its own programs: made by `initdb`, driven by `pg_ctl`. Other processes
 * may be making, starting and stopping the same one: each step finds out what there is and waits
 * for what is under way.
 */
import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartupError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { Lease } from './lease.ts';
import type { Finished, RunProgram } from './programs.ts';

const VERSION = '18';
/** The superuser, and the name of the database. */
export const USER = 'parley';
/** A crash of the machine may leave minutes of recovery to do. */
const START_TIMEOUT_S = 300;
/** Two starts at once, or one while the children of a killed server are still dying. */
const START_ATTEMPTS = 5;
const RETRY_MS = 200;
const STOP_POLL_MS = 20;
/** How often a server that is said to run may refuse a connection. */
const SILENT_ATTEMPTS = 25;

const SETTINGS = `
# Parley's: the socket lies in this folder, which only its owner may enter.
listen_addresses = ''
unix_socket_directories = '.'
max_connections = 100
log_min_messages = warning
`;

export class PostgresServer {
  readonly #folder: string;
  readonly #logFile: string;
  readonly #run: RunProgram;
  readonly #log: Logger | undefined;

  constructor(folder: string, logFile: string, run: RunProgram, log?: Logger) {
    this.#folder = folder;
    this.#logFile = logFile;
    this.#run = run;
    this.#log = log;
  }

  async init(): Promise<void> {
    const version = await this.#readVersion();
    if (version !== null) {
      if (version.trim() === VERSION) return;
      throw new StartupError(
        `${this.#folder} belongs to PostgreSQL ${version.trim()}, and this version of Parley runs ` +
          `${VERSION}: start the version that made it, or set DATA_DIR to another folder.`,
      );
    }
    await this.#sweepUnfinished();
    const unfinished = `${this.#folder}.init-${process.pid}-${randomUUID().slice(0, 8)}`;
    const made = await this.#run('initdb', [
      ...['-D', unfinished, '-U', USER, '--auth=trust', '--encoding=UTF8', '--no-instructions'],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ]);
    if (made.code !== 0) {
      throw new StartupError(
        `PostgreSQL could not be set up in ${this.#folder}: ${lastLine(made)}`,
      );
    }
    const settings = await open(join(unfinished, 'postgresql.conf'), 'a');
    await settings.write(SETTINGS);
    await settings.close();
    await rename(unfinished, this.#folder).catch(async (error: NodeJS.ErrnoException) => {
      // Another process on this folder was faster: its cluster is as good as ours.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      await rm(unfinished, { recursive: true });
    });
  }

  async #readVersion(): Promise<string | null> {
    try {
      return await readFile(join(this.#folder, 'PG_VERSION'), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new StartupError(
        `${this.#folder} cannot be read (${(error as Error).message}): start Parley as the user ` +
          'that it belongs to, or set DATA_DIR to another folder.',
      );
    }
  }

  /** Starts the server where none runs, and waits until it answers, whoever has started it. */
  async start(): Promise<Lease> {
    const deadline = Date.now() + START_TIMEOUT_S * 1000;
    let failures = 0;
    let silences = 0;
    for (;;) {
      if (!(await this.#isRunning())) {
        const logged = await this.#readLog();
        const started = await this.#launch();
        if (started.code !== 0 && ++failures === START_ATTEMPTS)
          throw await this.#cannotStart(started, logged);
      }
      try {
        const lease = await Lease.take(this.#maintenance, () => this.#revive());
        // A server that is being stopped lets nobody in any more, though the lock has become free.
        await this.#createDatabase().catch(async (error) => {
          await lease.drop();
          throw error;
        });
        return lease;
      } catch (error) {
        // Another process is starting or stopping it, or it was killed a moment ago.
        if (!isPassing(error)) throw error;
        silences = isNotReady(error) ? 0 : silences + 1;
        if (silences === SILENT_ATTEMPTS || Date.now() > deadline)
          throw await this.#doesNotAnswer();
        await sleep(RETRY_MS);
      }
    }
  }

  #launch(): Promise<Finished> {
    return this.#run('pg_ctl', [
      ...['start', '-D', this.#folder, '-l', this.#logFile],
      ...['-w', '-s', '-t', String(START_TIMEOUT_S)],
    ]);
  }

  /** It was killed, as by a machine without memory: nobody else would start it. */
  async #revive(): Promise<void> {
    if (await this.#isRunning()) return;
    this.#log?.warn('PostgreSQL has gone and is started again');
    await this.#launch();
  }

  async stop(): Promise<void> {
    const pid = await this.#readPid();
    await this.#run('pg_ctl', ['stop', '-D', this.#folder, '-m', 'fast', '-W', '-s']);
    // pg_ctl would wait for the next server too, if another process has started it meanwhile.
    while (pid && isAlive(pid) && (await this.#readPid()) === pid) await sleep(STOP_POLL_MS);
  }

  async #cannotStart({ output }: Finished, logged: string): Promise<StartupError> {
    const log = (await this.#readLog()).slice(logged.length).trim().split('\n');
    const cause = log.findLast((line) => /FATAL|PANIC/.test(line)) ?? output.split('\n')[0];
    return new StartupError(
      `PostgreSQL under ${this.#folder} does not start (${cause}): see ${this.#logFile}, or set ` +
        'DATABASE_URL to use a server of your own.',
    );
  }

  async #doesNotAnswer(): Promise<StartupError> {
    return new StartupError(
      `PostgreSQL under ${this.#folder} does not answer, though ${this.#record} names the running ` +
        `process ${await this.#readPid()}: end it, or remove that file where the process is another program’s.`,
    );
  }

  get #record(): string {
    return join(this.#folder, 'postmaster.pid');
  }

  /** The process of the server, null where none is recorded. */
  async #readPid(): Promise<number | null> {
    const record = await readFile(this.#record, 'utf8').catch(() => '');
    return Number.parseInt(record) || null;
  }

  #readLog(): Promise<string> {
    return readFile(this.#logFile, 'utf8').catch(() => '');
  }

  async #createDatabase(): Promise<void> {
    const client = new pg.Client(this.#maintenance);
    client.on('error', () => {});
    try {
      await client.connect();
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [USER]);
      if (found.rowCount === 0) await client.query(`CREATE DATABASE ${USER}`);
    } catch (error) {
      // Another process created it between the question and the statement.
      const { code } = error as { code?: string };
      if (code !== '42P04' && code !== '23505') throw error;
    } finally {
      await client.end().catch(() => {});
    }
  }

  get #maintenance(): pg.ClientConfig {
    return { host: this.#folder, user: USER, database: 'postgres', application_name: 'parley' };
  }

  async #isRunning(): Promise<boolean> {
    return (await this.#run('pg_ctl', ['status', '-D', this.#folder])).code === 0;
  }

  /** Removes what an initdb left behind that was killed. */
  async #sweepUnfinished(): Promise<void> {
    const dataDir = dirname(this.#folder);
    for (const name of await readdir(dataDir)) {
      const pid = Number(/^postgres\.init-(\d+)-/.exec(name)?.[1]);
      if (!pid) continue;
      const path = join(dataDir, name);
      // In a container every start has the same number.
      const isLeftBehind =
        pid === process.pid ? (await birthOf(path)) < performance.timeOrigin : !isAlive(pid);
      if (isLeftBehind) await rm(path, { recursive: true, force: true });
    }
  }
}

const lastLine = ({ output }: Finished) => output.trim().split('\n').at(-1) ?? '';

/** SQLSTATE's class of operators' interventions (57P01 to 57P03), and errors of sockets. */
function isPassing(error: unknown): boolean {
  const { code, message } = error as Error & { code?: string };
  return (
    /^(57P0[1-3]|E[A-Z]+)$/.test(code ?? '') ||
    // What pg says of a connection that went before a query, or during it.
    /^(Connection terminated|Client has encountered a connection error)/.test(message)
  );
}

/** It answers that it is starting or stopping. */
const isNotReady = (error: unknown) => (error as { code?: string }).code === '57P03';

/** When a folder was made, as far as this can be told; now, where it is gone. */
async function birthOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.mtimeMs ?? Date.now();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
