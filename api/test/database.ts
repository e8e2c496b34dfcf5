/** A PostgreSQL of its own, on the embedded binaries, that can be taken away and given back. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startPostgres } from '../postgres/embedded.ts';
import { createDataFolder } from './process.ts';

export interface TestDatabase {
  /** What `DATABASE_URL` takes. */
  url: string;
  /** Ends it with its connections, by default as `pg_ctl stop -m immediate` does. */
  stop(signal?: 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
  /** Runs a statement on a connection of its own. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startDatabase(): Promise<TestDatabase> {
  const data = await createDataFolder();
  let postgres: EmbeddedPostgres | null = await startPostgres(data.path);
  const { connection } = postgres;
  const { host, user, database } = connection;
  return {
    url: `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`,
    async stop(signal = 'SIGQUIT') {
      process.kill(data.postmaster()!, signal);
      while (data.databaseProcesses().length > 0) await sleep(10);
      await postgres?.close();
      postgres = null;
    },
    async start() {
      postgres = await startPostgres(data.path);
    },
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      const client = new pg.Client(connection);
      client.on('error', () => {});
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    async [Symbol.asyncDispose]() {
      await postgres?.close();
      await data[Symbol.asyncDispose]();
    },
  };
}
