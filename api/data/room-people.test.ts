import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { ACCOUNTS_LOCK } from '../account/names.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { eraseTombstones } from './room-people.ts';

test('an import outlives somebody who registers by a name that it makes, and waits for it', async () => {
  await using server = await startApp();
  await people(server.app);
  const connectionString = server.databaseUrl;
  const [importing, registering] = [
    new pg.Client({ connectionString }),
    new pg.Client({ connectionString }),
  ];
  await Promise.all([importing.connect(), registering.connect()]);
  const makeAccount = (client: pg.Client) =>
    client.query(
      `INSERT INTO "user" (id, username, username_key, display_name)
       VALUES (gen_random_uuid(), 'newcomer', 'newcomer', 'Newcomer')`,
    );
  try {
    await importing.query('BEGIN');
    await makeAccount(importing);
    await registering.query('BEGIN');
    await registering.query(`SELECT pg_advisory_xact_lock(${ACCOUNTS_LOCK})`);
    // Longer than the database waits before it looks for those who wait for each other.
    await registering.query(`SET LOCAL lock_timeout = '3s'`);
    const refused = expect(makeAccount(registering)).rejects.toThrow(/lock timeout/);
    await sleep(1_500);
    const erased = eraseTombstones(importing, randomUUID());
    await refused;
    await registering.query('ROLLBACK');
    await erased;
    await importing.query('COMMIT');
  } finally {
    await Promise.all([importing.end(), registering.end()]);
  }
});
