/**
 * Durable jobs: what is to be done because of what was committed, however soon the process ends that
 * committed it. A job is a row (graphile-worker's), written in the transaction of its cause, so there is one
 * if and only if there is the other. `app.ts` says who does which.
 *
 * Every process with an app may run jobs; up to MOST_RUNNERS of those that share a database do, so that
 * another worker costs no further connection. A runner says every BEAT_MS that it lives; jobs
 * of one that has been silent for SILENCE_MS are given to others, and another process takes its place.
 * A job may so be done twice, and what it does must bear that. A runner that fails, as when the database goes away, is
 * started again with the next beat. `close` lets jobs finish for a moment and gives the others back.
 */
import { EventEmitter } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger as RunnerLogger, Runner, WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { Tx } from './db.ts';
import { StartupError } from './errors.ts';
import type { Logger } from './log.ts';

/** Nobody needs a job done in the first moment of a server, and a start is quicker without. */
const FIRST_BEAT_MS = 1_000;
const BEAT_MS = 5_000;
const SILENCE_MS = 15_000;
const MOST_RUNNERS = 4;
/** Jobs of one process at once. They wait for others more than they work. */
const CONCURRENCY = 8;
/** How soon a job is found whose time has come; others are told of at once. */
const POLL_MS = 1_000;
/** How long jobs may go on at the end of a server until they are told to stop. */
const GRACE_MS = 2_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** Does a job; what it throws has the job tried again later. */
export type JobHandler = (payload: never, signal: AbortSignal) => Promise<void>;

export interface JobOptions {
  /** Of jobs with one key that wait, the last one counts, at the time of the first. */
  key: string;
  delayMs?: number;
  /** Tries, with waits between them that grow to hours. */
  attempts: number;
  /** Of jobs with one queue, one is done at a time, by whichever process. */
  queue?: string;
}

/** Has a job done once the transaction is committed, and not at all where it is not. */
export async function enqueue(
  tx: Tx,
  name: string,
  payload: object,
  { key, delayMs = 0, attempts, queue }: JobOptions,
): Promise<void> {
  await tx.$executeRaw`
    SELECT 1 FROM graphile_worker.add_job(
      ${name}, ${JSON.stringify(payload)}::json, job_key := ${key}, max_attempts := ${attempts}::int,
      run_at := now() + ${delayMs}::int * interval '1 millisecond', job_key_mode := 'preserve_run_at',
      queue_name := ${queue ?? null}
    )`;
}

/** Whether the job of a key is being done, or will be; not where all its tries have failed or were cut short. */
export async function isToBeDone(tx: Pick<Tx, '$queryRaw'>, key: string): Promise<boolean> {
  const found = await tx.$queryRaw<unknown[]>`
    SELECT FROM graphile_worker.jobs
    WHERE key = ${key} AND (attempts < max_attempts OR locked_at IS NOT NULL)`;
  return found.length > 0;
}

/**
 * Makes the tables of jobs, or brings them up to date. Call it under the lock of the migrations.
 * @throws StartupError where the database's user may not make their schema.
 */
export async function migrateJobs(pool: pg.Pool, client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS there`,
  );
  if (rows[0]!.there) {
    const known = await client.query<{ newest: number }>(
      'SELECT max(id) AS newest FROM graphile_worker.migrations',
    );
    if (known.rows[0]!.newest >= (await newestMigration())) return;
  }
  const { Logger, runMigrations } = await import('graphile-worker');
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new StartupError(
      `The database's user may not make the schema graphile_worker (${message}): GRANT CREATE ON ` +
        'DATABASE to them, or let them own it.',
    );
  }
}

/** SQLSTATE. */
const INSUFFICIENT_PRIVILEGE = '42501';

async function newestMigration(): Promise<number> {
  const library = createRequire(import.meta.url).resolve('graphile-worker');
  const files = await readdir(join(library, '..', '..', 'sql'));
  return Math.max(...files.map((name) => Number.parseInt(name, 10)));
}

export interface JobsOptions {
  pool: pg.Pool;
  log: Logger;
  /** Who does which, by name. */
  handlers: Record<string, JobHandler>;
  /** Which are done again and again, by one of all processes each time: when, in UTC, as cron has it. */
  regular: Record<string, string>;
}

export class Jobs {
  readonly #options: JobsOptions;
  #timer: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();
  #runner: { id: string; runner: Runner } | null = null;
  #isClosed = false;

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => this.#beat(), FIRST_BEAT_MS).unref();
  }

  /** Runs jobs from now on, without waiting for the first beat. */
  async start(): Promise<void> {
    clearTimeout(this.#timer);
    // One may have begun by itself: two at once would make two runners, and only the later one would be closed.
    await this.#beating;
    clearTimeout(this.#timer);
    this.#beat();
    await this.#beating;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // The database may be away, and then the library asks it for longer than anybody waits.
    await Promise.race([this.#stop(), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }

  async #stop(): Promise<void> {
    await this.#beating;
    if (!this.#runner) return;
    const { id, runner } = this.#runner;
    try {
      await runner.stop();
      await this.#options.pool.query('DELETE FROM job_runner WHERE id = $1', [id]);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Jobs could not be given back');
    }
  }

  #beat(): void {
    this.#beating = this.#live()
      .catch((error) => this.#options.log.warn({ err: error }, 'Jobs cannot be run just now'))
      .finally(() => {
        if (!this.#isClosed) this.#timer = setTimeout(() => this.#beat(), BEAT_MS).unref();
      });
  }

  async #live(): Promise<void> {
    if (this.#isClosed) return;
    const { pool } = this.#options;
    const { rows } = await pool.query<{ others: number }>({
      name: 'beat',
      text: BEAT,
      values: [this.#runner?.id ?? null, SILENCE_MS],
    });
    if (this.#runner || this.#isClosed || rows[0]!.others >= MOST_RUNNERS) return;
    await this.#run();
  }

  async #run(): Promise<void> {
    const { pool, log, handlers, regular } = this.#options;
    const { Logger, parseCronItems, run } = await import('graphile-worker');
    const events = new EventEmitter() as WorkerEvents;
    let id = '';
    events.on('pool:create', ({ workerPool }) => (id = workerPool.id));
    const runner = await run({
      pgPool: pool,
      logger: bridge(Logger, log),
      events,
      noHandleSignals: true,
      parsedCronItems: parseCronItems(
        // What was missed is made up for by the next: it does what is due.
        Object.entries(regular).map(([task, match]) => ({
          ...{ task, match },
          options: { jobKey: task, maxAttempts: 1, backfillPeriod: 0 },
        })),
      ),
      concurrency: CONCURRENCY,
      pollInterval: POLL_MS,
      gracefulShutdownAbortTimeout: GRACE_MS,
      // One question for all that run at once.
      preset: { worker: { localQueue: { size: CONCURRENCY } } },
      taskList: Object.fromEntries(
        Object.entries(handlers).map(([name, handle]) => [
          name,
          (payload, { abortSignal }) => handle(payload as never, abortSignal!),
        ]),
      ),
    });
    this.#runner = { id, runner };
    // However it ends, the next beat starts another.
    const forget = () => {
      if (this.#runner?.runner === runner && !this.#isClosed) this.#runner = null;
    };
    runner.promise.then(forget, forget);
  }
}

/** Says that one lives, forgets who is silent, and gives their jobs back. */
const BEAT = `
  WITH own AS (
    INSERT INTO job_runner (id, seen_at) SELECT $1, now() WHERE $1::text IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET seen_at = now()
  ), living AS (
    SELECT id FROM job_runner WHERE seen_at > now() - $2::int * interval '1 millisecond' AND id IS DISTINCT FROM $1
  ), forgotten AS (
    DELETE FROM job_runner WHERE seen_at < now() - $2::int * 10 * interval '1 millisecond'
  ), dead AS (
    SELECT DISTINCT locked_by AS id FROM graphile_worker.jobs
    WHERE locked_at < now() - $2::int * interval '1 millisecond'
      AND locked_by IS DISTINCT FROM $1 AND locked_by NOT IN (SELECT id FROM living)
  )
  SELECT (SELECT count(*)::int FROM living) AS others,
         graphile_worker.force_unlock_workers(ARRAY(SELECT id FROM dead))`;

/** The library tells of every job; of ours, only failures are news. */
function bridge(Bridge: typeof RunnerLogger, log: Logger): RunnerLogger {
  return new Bridge(() => (level, message, meta) => {
    const { error: err } = meta as { error?: unknown };
    if (level === 'error' || level === 'warning') log.warn({ err }, message);
    else log.debug(message);
  });
}
