import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { StartupError } from './errors.ts';
import { migrate } from './migrate.ts';

test('who may not create the extensions or a schema is told so, and goes on once somebody has', async () => {
  const host = inject('postgresHost');
  const name = `weak_${randomUUID().replaceAll('-', '')}`;
  const admin = new pg.Client({ host, user: 'parley', database: 'postgres' });
  await admin.connect();
  await admin.query(`CREATE ROLE ${name} LOGIN`);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const inside = new pg.Client({ host, user: 'parley', database: name });
  await inside.connect();
  await inside.query(`GRANT ALL ON SCHEMA public TO ${name}`);

  const pool = new pg.Pool({ host, user: name, database: name });
  const failure = await migrate(pool).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartupError);
  expect((failure as Error).message).toMatch(
    /unaccent and pg_trgm .*permission denied.*CREATE EXTENSION/,
  );

  await inside.query('CREATE EXTENSION unaccent; CREATE EXTENSION pg_trgm');
  await expect(migrate(pool)).rejects.toThrow(/graphile_worker .*permission denied.*GRANT CREATE/);
  await inside.query(`GRANT CREATE ON DATABASE ${name} TO ${name}`);
  await inside.end();
  await migrate(pool);
  expect((await pool.query("SELECT search_text('Crème') AS text")).rows).toEqual([
    { text: 'creme' },
  ]);
  await pool.end();
});
