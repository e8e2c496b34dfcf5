/** One embedded PostgreSQL for a whole run of the tests; each app gets a database of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../migrate.ts';
import { startPostgres } from '../postgres/embedded.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of the server's socket. */
    postgresHost: string;
  }
}

/** Migrated once, and copied for each app. */
export const TEMPLATE = 'parley_template';

export default async function setup(project: TestProject) {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const postgres = await startPostgres(dataDir);
  const admin = new pg.Client(postgres.connection);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  const pool = new pg.Pool({ ...postgres.connection, database: TEMPLATE });
  for (const event of ['error', 'connect'] as const) pool.on(event, () => {});
  await migrate(pool);
  await pool.end();
  project.provide('postgresHost', postgres.connection.host);
  return async () => {
    await postgres.close();
    await rm(dataDir, { recursive: true });
  };
}
