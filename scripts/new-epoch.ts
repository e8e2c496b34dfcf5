/**
 * `npm run new-epoch`, after a backup was put back: what was said since the backup is gone, and its
 * numbers will be given again. With another epoch no cursor from before is believed any more, and
 * every client loads its rooms afresh.
 */
import pg from 'pg';
import { readConfig } from '../api/config.ts';
import { StartupError } from '../api/errors.ts';
import { startPostgres } from '../api/postgres/embedded.ts';

/** @param connection of a database that servers may be using: they notice. */
export async function renewEpoch(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query('UPDATE server SET epoch = gen_random_uuid()');
  } finally {
    await client.end();
  }
}

if (process.argv[1] === import.meta.filename) {
  try {
    const { databaseUrl, dataDir } = readConfig(process.env);
    const postgres = databaseUrl ? null : await startPostgres(dataDir);
    try {
      await renewEpoch(postgres?.connection ?? { connectionString: databaseUrl! });
    } finally {
      await postgres?.close();
    }
    console.log('Done: all clients will load their rooms afresh.');
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : `It failed: ${String(error)}`);
    process.exitCode = 1;
  }
}
