import { join } from 'node:path';
import { VERSION } from './about/version.ts';
import { createRecords, type Records } from './admin/records.ts';
import { createPasswords, type Passwords } from './account/password.ts';
import { createProfileLookup, type ProfileLookup } from './account/profile.ts';
import { sweepSessions } from './account/session-sweep.ts';
import { createSessionLookup, type SessionLookup } from './account/session.ts';
import { createUserLookup, type UserLookup } from './account/user.ts';
import { Census } from './census.ts';
import type { Config } from './config.ts';
import { removeExport, writeRequested } from './data/request.ts';
import { type Db, openDb } from './db.ts';
import { createLimits, type Limits } from './limits.ts';
import { type Bus, createLocalBus, tellingOfRooms } from './live/bus.ts';
import { Fanout } from './live/fanout.ts';
import { Feeds } from './live/feeds.ts';
import { createLogSource } from './live/log.ts';
import { createPacking } from './live/packing.ts';
import { createRedisBus } from './live/redis-bus.ts';
import { createWorkerBus, type Line } from './live/worker-bus.ts';
import { type JobHandler, Jobs } from './jobs.ts';
import {
  createMemberLookup,
  createMembershipLookup,
  type MemberLookup,
  type MembershipLookup,
} from './members.ts';
import { createLog, type Logger } from './log.ts';
import { eraseAccount } from './message/erasure.ts';
import { FOLLOWERS_PER_USER } from './message/following.ts';
import { createPosting, type Posting } from './message/posting.ts';
import { createReactionLookup, type ReactionLookup } from './message/reaction.ts';
import { createMessageLookup, type MessageLookup } from './message/thread.ts';
import { createDirectMemberLookup, type DirectMemberLookup } from './room/direct-members.ts';
import { Inboxes } from './read/inboxes.ts';
import { createRoomGistLookup, type RoomGistLookup } from './read/room-gist.ts';
import {
  createThreadFollowers,
  createThreadLookup,
  type ThreadFollowers,
  type ThreadLookup,
} from './read/thread-unread.ts';
import { createUnreadLookup, type UnreadLookup } from './read/unread.ts';
import { createLookout } from './notification/lookout.ts';
import { notifyRoom, pushNotice } from './notification/notice.ts';
import { createPushServices, type PushServices } from './notification/push-service.ts';
import { withdrawNotices } from './notification/withdrawal.ts';
import { People } from './presence/people.ts';
import { Presences } from './presence/presences.ts';
import { Typing } from './presence/typing.ts';
import { type AttachmentLookup, createAttachmentLookup } from './upload/attachments.ts';
import { UPLOADS_PER_USER } from './upload/file.ts';
import { createImages, type Images } from './upload/image.ts';
import { openStorage, type Storage } from './upload/storage.ts';
import { Settings } from './settings/settings.ts';
import { Counters } from './statistics/counters.ts';
import { keepStatistics } from './statistics/rollup.ts';
import { Sampler, sampleRegularly } from './statistics/sample.ts';
import { sweepFilesRegularly } from './upload/sweep.ts';
import { startPostgres } from './postgres/embedded.ts';
import { openRedis, type RedisLink } from './redis.ts';
import { createSearchCollector } from './search/collector.ts';
import { createSearching, type Searching } from './search/searching.ts';

/** All that a server is made of; two of them may live in one process. */
export interface App {
  config: Config;
  /** What administrators may set. */
  settings: Settings;
  /** What this process has done. */
  counters: Counters;
  /** How this process is. */
  sampler: Sampler;
  log: Logger;
  db: Db;
  redis: RedisLink | null;
  bus: Bus;
  feeds: Feeds;
  fanout: Fanout;
  limits: Limits;
  /** By user. */
  followers: Census;
  sessions: SessionLookup;
  users: UserLookup;
  profiles: ProfileLookup;
  members: MemberLookup;
  memberships: MembershipLookup;
  directMembers: DirectMemberLookup;
  messages: MessageLookup;
  reactions: ReactionLookup;
  posting: Posting;
  searching: Searching;
  unread: UnreadLookup;
  threads: ThreadLookup;
  threadFollowers: ThreadFollowers;
  roomGists: RoomGistLookup;
  inboxes: Inboxes;
  people: People;
  presences: Presences;
  typing: Typing;
  passwords: Passwords;
  storage: Storage;
  images: Images;
  attachments: AttachmentLookup;
  records: Records;
  /** By user. */
  uploads: Census;
  pushServices: PushServices;
  jobs: Jobs;
  /** Ends jobs and what is followed, then the bus, then the database. */
  close(): Promise<void>;
}

/**
 * @param primary the way to the process that has forked this one as a worker.
 * @throws StartupError where the configuration cannot be served.
 */
export async function createApp(config: Config, primary: Line | null = null): Promise<App> {
  const log = createLog(config.logLevel);
  const opened: { close(): Promise<void> }[] = [];
  const open = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.unshift(part);
    return part;
  };
  const close = async () => {
    for (const part of opened) await part.close();
  };
  try {
    const postgres = config.databaseUrl ? null : open(await startPostgres(config.dataDir, log));
    const connection = postgres?.connection ?? { connectionString: config.databaseUrl! };
    const db = open(await openDb(connection, log, config.workers));
    const redis = config.redisUrl ? open(await openRedis(config.redisUrl, log)) : null;
    const packing = createPacking(VERSION);
    const collector = open(createSearchCollector({ pool: db.pool, log }));
    const carrier = open(
      redis
        ? createRedisBus(redis, db.epoch, packing)
        : primary
          ? createWorkerBus(primary, packing)
          : createLocalBus(),
    );
    const notify = (roomId: string) => notifyRoom(app, roomId);
    const lookout = open(createLookout({ pool: db.pool, log, notify }));
    const bus = tellingOfRooms(carrier, (roomId) => {
      collector.note(roomId);
      lookout.note(roomId);
    });
    const settings = open(await Settings.open({ config, db, bus, log }));
    const feeds = new Feeds({ source: createLogSource(db.pool), epoch: db.history, bus, log });
    const stopSweeping = sweepSessions({ db, bus, log });
    const unread = createUnreadLookup(db);
    const roomGists = createRoomGistLookup(db);
    const threads = createThreadLookup(db);
    const threadFollowers = createThreadFollowers(db);
    const inboxes = new Inboxes({
      db,
      bus,
      feeds,
      unread,
      threads,
      threadFollowers,
      roomGists,
      log,
    });
    const users = createUserLookup(db);
    const presences = new Presences(bus);
    const storage = await openStorage(join(config.dataDir, 'uploads'), config.uploadReserveBytes);
    open({ close: sweepFilesRegularly({ db, storage, log }) });
    const counters = new Counters();
    const fanout = new Fanout(feeds);
    const mostFollowers = config.rateLimits ? FOLLOWERS_PER_USER : Number.POSITIVE_INFINITY;
    const followers = new Census(mostFollowers);
    const counting = redis ? { redis, scope: db.epoch } : primary ? 'primary' : 'here';
    const app: App = {
      config,
      settings,
      counters,
      sampler: new Sampler({ counters, db, fanout, followers }),
      log,
      db,
      redis,
      bus,
      feeds,
      fanout,
      limits: createLimits(config.rateLimits, counting),
      followers,
      sessions: createSessionLookup(db),
      users,
      profiles: createProfileLookup(db),
      members: createMemberLookup(db),
      memberships: createMembershipLookup(db),
      directMembers: createDirectMemberLookup(db),
      messages: createMessageLookup(db),
      reactions: createReactionLookup(db),
      posting: createPosting(db, bus),
      searching: createSearching(db),
      unread,
      threads,
      threadFollowers,
      roomGists,
      inboxes,
      people: new People(bus),
      presences,
      typing: new Typing({ bus, feeds, findUser: (id) => users.ask(id) }),
      passwords: createPasswords(),
      storage,
      images: createImages(),
      attachments: createAttachmentLookup(db),
      records: createRecords(db),
      uploads: new Census(config.rateLimits ? UPLOADS_PER_USER : Number.POSITIVE_INFINITY),
      pushServices: open(createPushServices(config, db)),
      jobs: new Jobs({ pool: db.pool, log, handlers: handlersOf(() => app), regular: REGULAR }),
      async close() {
        await app.jobs.close();
        stopSweeping();
        inboxes.close();
        feeds.close();
        presences.close();
        await stopSampling();
        await close();
      },
    };
    const stopSampling = sampleRegularly(app);
    return app;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Who does which job. */
function handlersOf(app: () => App): Record<string, JobHandler> {
  return {
    'erase-account': (payload, signal) => eraseAccount(app(), payload, signal),
    'push-notice': (payload, signal) => pushNotice(app(), payload, signal),
    'withdraw-notices': (payload, signal) => withdrawNotices(app(), payload, signal),
    'write-export': (payload, signal) => writeRequested(app(), payload, signal),
    'remove-export': (payload) => removeExport(app(), payload),
    'keep-statistics': () => keepStatistics(app()),
  };
}

/** What is done again and again: by which clock, as cron has it. */
const REGULAR = { 'keep-statistics': '*/5 * * * *' };
