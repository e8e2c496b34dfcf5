import { createMemberLookup, type MemberLookup } from './access.ts';
import { createPasswords, type Passwords } from './account/password.ts';
import { createSessionLookup, type SessionLookup } from './account/session.ts';
import type { Config } from './config.ts';
import { type Db, openDb } from './db.ts';
import { createLimits, type Limits } from './limits.ts';
import { type Bus, createLocalBus } from './live/bus.ts';
import { Fanout } from './live/fanout.ts';
import { Feeds } from './live/feeds.ts';
import { createLog, type Logger } from './log.ts';
import { createPosting, type Posting } from './message/posting.ts';
import { startPostgres } from './postgres/embedded.ts';

/** All that a server is made of; two of them may live in one process. */
export interface App {
  config: Config;
  log: Logger;
  db: Db;
  bus: Bus;
  feeds: Feeds;
  fanout: Fanout;
  limits: Limits;
  sessions: SessionLookup;
  members: MemberLookup;
  posting: Posting;
  passwords: Passwords;
  /** Ends what is followed, then the bus, then the database. */
  close(): Promise<void>;
}

/** @throws StartupError where the configuration cannot be served. */
export async function createApp(config: Config): Promise<App> {
  const log = createLog(config.logLevel);
  const postgres = config.databaseUrl ? null : await startPostgres(config.dataDir);
  try {
    const db = await openDb(postgres?.connection ?? { connectionString: config.databaseUrl! }, log);
    const bus = createLocalBus();
    const feeds = new Feeds({ pool: db.pool, bus, log });
    return {
      config,
      log,
      db,
      bus,
      feeds,
      fanout: new Fanout(feeds),
      limits: createLimits(config.rateLimits),
      sessions: createSessionLookup(db),
      members: createMemberLookup(db),
      posting: createPosting(db, bus),
      passwords: createPasswords(),
      async close() {
        feeds.close();
        await bus.close();
        await db.close();
        await postgres?.close();
      },
    };
  } catch (error) {
    await postgres?.close();
    throw error;
  }
}
