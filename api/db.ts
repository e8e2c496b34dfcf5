/**
 * The database: one pool that Prisma and hand-written SQL share, the epoch of its history, and
 * `commit`, through which everything that appends to a room's log is written.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { StartupError } from './errors.ts';
import { type Prisma, PrismaClient } from './generated/prisma/client.ts';
import { History } from './live/history.ts';
import type { Logger } from './log.ts';
import { migrate } from './migrate.ts';

const LEAST_VERSION = 15;
const POOL_SIZE = 20;
/** What the workers of one machine share; the embedded server has 100 for all. */
const WORKERS_POOL_SIZE = 64;
const CONNECT_TIMEOUT_MS = 10_000;
/** At its end the pool waits until nobody has used it for so many looks, or for so long. */
const IDLE_CHECKS = 3;
const IDLE_CHECK_MS = 5;
const IDLE_TIMEOUT_MS = 2_000;

export type Tx = Prisma.TransactionClient;

/** What is done once a transaction is committed, in the order in which it was asked for. */
export type AfterCommit = (act: () => void) => void;

export interface CommitOptions {
  /** How long it may take before it is rolled back. */
  timeoutMs: number;
}

export interface Db {
  pool: pg.Pool;
  prisma: PrismaClient;
  /** Names the history that cursors belong to; another after a restore or a failover. */
  readonly epoch: string;
  readonly history: History;
  /**
   * Runs `write` in one transaction at READ COMMITTED; what it hands to `afterCommit` happens
   * after the commit, and not at all without one.
   */
  commit<T>(
    write: (tx: Tx, afterCommit: AfterCommit) => Promise<T>,
    options?: CommitOptions,
  ): Promise<T>;
  /** The same for a write that is one statement, and so its own transaction: one round trip. */
  commitStatement<Row extends pg.QueryResultRow>(
    statement: pg.QueryConfig,
    afterCommit: (rows: Row[]) => void,
  ): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * Connects, migrates, and reads the epoch. `workers` is how many processes of this machine do so.
 * @throws StartupError where the database cannot be reached or is too old.
 */
export async function openDb(connection: pg.PoolConfig, log: Logger, workers = 1): Promise<Db> {
  let history: History | null = null;
  const pool = new pg.Pool({
    ...connection,
    // Awaited by the pool: nothing is read of a history that is not known to be another one.
    onConnect: (client) => history?.check(client),
    max: Math.min(POOL_SIZE, Math.floor(WORKERS_POOL_SIZE / workers)),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'parley',
  });
  pool.on('error', (error) => log.warn({ err: error }, 'A database connection was lost'));
  // Whoever has taken one out is told by what they ask; unheard, the loss would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await checkVersion(pool, connection);
    await migrate(pool);
    const known = (history = await History.read(pool));
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    return {
      pool,
      prisma,
      history: known,
      get epoch() {
        return known.epoch;
      },
      async commit(write, options) {
        const acts: (() => void)[] = [];
        const result = await prisma.$transaction((tx) => write(tx, (act) => acts.push(act)), {
          maxWait: CONNECT_TIMEOUT_MS,
          ...(options && { timeout: options.timeoutMs }),
        });
        for (const act of acts) act();
        return result;
      },
      async commitStatement<Row extends pg.QueryResultRow>(
        statement: pg.QueryConfig,
        afterCommit: (rows: Row[]) => void,
      ) {
        const { rows } = await pool.query<Row>(statement);
        afterCommit(rows);
        return rows;
      },
      async close() {
        await untilIdle(pool);
        await prisma.$disconnect();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/**
 * A parameter of a prepared statement, `$1::uuid[]`, whose length the planner cannot see. Of arrays that it sees the short ones
 * look so cheap that it plans the statement for each batch anew, which takes longer than to execute it.
 */
export function unsized(parameter: `$${number}::${string}[]`): string {
  const [, type] = parameter.split('::');
  return `(SELECT ${parameter})::${type}`;
}

/** What comes to its end may have another query to make, after which it is longer without one. */
async function untilIdle(pool: pg.Pool): Promise<void> {
  const deadline = performance.now() + IDLE_TIMEOUT_MS;
  for (let idle = 0; idle < IDLE_CHECKS && performance.now() < deadline;) {
    await sleep(IDLE_CHECK_MS);
    idle = pool.idleCount === pool.totalCount && pool.waitingCount === 0 ? idle + 1 : 0;
  }
}

async function checkVersion(pool: pg.Pool, connection: pg.PoolConfig): Promise<void> {
  const address = describe(connection);
  const found = await pool
    .query<{ server_version_num: string }>('SHOW server_version_num')
    .catch((error: Error & { errors?: Error[]; code?: string }) => {
      const cause = error.message || error.errors?.[0]?.message || error.code;
      throw new StartupError(
        `The database at ${address} cannot be used (${cause}): start it, or correct DATABASE_URL.`,
      );
    });
  const version = Math.floor(Number(found.rows[0]!.server_version_num) / 10_000);
  if (version < LEAST_VERSION) {
    throw new StartupError(
      `The database at ${address} is PostgreSQL ${version}, and Parley needs ${LEAST_VERSION} or ` +
        'later: point DATABASE_URL at a newer server, or unset it to use the embedded one.',
    );
  }
}

/** The address without the password. */
function describe({ connectionString, host }: pg.PoolConfig): string {
  if (!connectionString) return String(host);
  const url = new URL(connectionString);
  return `${url.host}${url.pathname}`;
}
