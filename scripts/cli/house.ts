/** The parts of a server that commands work on, whether it runs or not. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../api/about/version.ts';
import { createPasswords } from '../../api/account/password.ts';
import type { App } from '../../api/app.ts';
import type { Config } from '../../api/config.ts';
import { openDb } from '../../api/db.ts';
import { StartupError } from '../../api/errors.ts';
import { createLocalBus } from '../../api/live/bus.ts';
import { createPacking } from '../../api/live/packing.ts';
import { createRedisBus } from '../../api/live/redis-bus.ts';
import { createLog } from '../../api/log.ts';
import { startPostgres } from '../../api/postgres/embedded.ts';
import { openRedis } from '../../api/redis.ts';
import { Settings } from '../../api/settings/settings.ts';
import { openStorage } from '../../api/upload/storage.ts';

export type House = Pick<App, 'bus' | 'config' | 'db' | 'passwords' | 'settings' | 'storage'>;

/**
 * Opens them, and closes them once `work` has ended. A server that runs hears by Redis of what is done, or finds it.
 * @throws StartupError where there is no server, unless one may be made.
 */
export async function inHouse<T>(
  config: Config,
  work: (house: House) => Promise<T>,
  { mayBeNew = false } = {},
): Promise<T> {
  if (!mayBeNew) requireServer(config);
  const log = createLog('silent');
  await using opened = new AsyncDisposableStack();
  const open = <P extends { close(): Promise<void> }>(part: P): P => {
    opened.defer(() => part.close());
    return part;
  };
  const postgres = config.databaseUrl ? null : open(await startPostgres(config.dataDir, log));
  const connection = postgres?.connection ?? { connectionString: config.databaseUrl! };
  const db = open(await openDb(connection, log));
  const redis = config.redisUrl ? open(await openRedis(config.redisUrl, log)) : null;
  const carrier = redis
    ? createRedisBus(redis, db.epoch, createPacking(VERSION))
    : createLocalBus();
  const bus = open(carrier);
  const settings = open(await Settings.open({ config, db, bus, log }));
  const storage = await openStorage(join(config.dataDir, 'uploads'), config.uploadReserveBytes);
  // Awaited here: what it works on is closed behind it.
  return await work({ config, db, bus, passwords: createPasswords(), settings, storage });
}

/** Else a mistyped folder would become a server. @throws StartupError */
export function requireServer(config: Config): void {
  if (hasServer(config)) return;
  throw new StartupError(
    `There is no server in DATA_DIR=${config.dataDir}: set DATA_DIR or DATABASE_URL as it has them.`,
  );
}

/** Whether there is one, as far as can be told without a look at its database. */
export function hasServer({ databaseUrl, dataDir }: Config): boolean {
  return databaseUrl !== null || existsSync(join(dataDir, 'postgres'));
}
