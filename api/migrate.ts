/**
 * Applies `prisma/migrations` the way `prisma migrate deploy` does, without its engine: the same
 * advisory lock, the same table, the same checksums, so that either may go on where the other was.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { StartupError } from './errors.ts';
import { migrateJobs } from './jobs.ts';

/** The lock that Prisma's migrate takes on PostgreSQL. */
const MIGRATE_LOCK = 72707369;
const FOLDER = join(import.meta.dirname, '..', 'prisma', 'migrations');

/** SQLSTATE of an extension that is not installed, or that this user may not create. */
const LACKS_EXTENSION = ['0A000', '42501', '58P01'];

/** What `prisma migrate` creates for its bookkeeping. */
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings the database up to the newest migration; each in a transaction of its own.
 * @throws StartupError where the database was migrated by a newer Parley.
 */
export async function migrate(pool: pg.Pool): Promise<void> {
  const migrations = await readMigrations();
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK]);
    await client.query(BOOKKEEPING);
    const names = await readApplied(client);
    const unknown = [...names].find((name) => !migrations.some((known) => known.name === name));
    if (unknown) {
      throw new StartupError(
        `The database was used by a newer version of Parley (it has the migration ${unknown}): ` +
          'start that version or a later one.',
      );
    }
    for (const migration of migrations) {
      if (!names.has(migration.name)) await apply(client, migration);
    }
    await migrateJobs(pool, client);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATE_LOCK]).catch(() => {});
    client.release();
  }
}

/** The names of those that are not applied yet; the database is left as it is. */
export async function findPending(pool: pg.Pool): Promise<string[]> {
  const migrations = await readMigrations();
  const { rows } = await pool.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  const applied = rows[0]!.there ? await readApplied(pool) : new Set();
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
}

async function readApplied(client: pg.Pool | pg.ClientBase): Promise<Set<string>> {
  const { rows } = await client.query<{ migration_name: string }>(
    `SELECT migration_name FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return new Set(rows.map((row) => row.migration_name));
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(FOLDER, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(FOLDER, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function apply(client: pg.PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const { message, code } = error as Error & { code?: string };
    if (/extension/.test(message) && LACKS_EXTENSION.includes(code ?? '')) {
      throw new StartupError(
        `The database has to have the extensions unaccent and pg_trgm (${message}): install ` +
          'PostgreSQL’s contrib package, or run CREATE EXTENSION for both as who may.',
      );
    }
    throw new Error(`Migration ${name} failed`, { cause: error });
  }
}
