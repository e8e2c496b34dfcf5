import { builder } from '../builder.ts';
import {
  type DatabaseHealth as Database,
  readHealth,
  type RedisHealth as Redis,
  type ServerHealth as Health,
  type ServerProcess as Process,
} from '../statistics/health.ts';
import { Administration } from './schema.ts';

const ServerProcess = builder.objectRef<Process>('ServerProcess').implement({
  description: 'A process of the server; each tells of itself once a minute.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its machine, its number there, and a mark of its own.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    seenAt: t.expose('seenAt', { type: 'DateTime', description: 'When it last told of itself.' }),
    connections: t.exposeInt('connections', {
      description: 'Sockets and event streams that are open there.',
    }),
    subscriptions: t.exposeInt('subscriptions', { description: 'Subscriptions it serves.' }),
    rssBytes: t.exposeFloat('rssBytes', { description: 'Bytes of memory that it has.' }),
    eventLoopDelayMs: t.exposeFloat('eventLoopDelayMs', {
      description: 'How many milliseconds late it came to what was due, on average.',
    }),
  }),
});

const DatabaseHealth = builder.objectRef<Database>('DatabaseHealth').implement({
  description: 'How the database is; without an answer of it all but `isUp` is null.',
  fields: (t) => ({
    isUp: t.exposeBoolean('isUp', { description: 'Whether it answers.' }),
    latencyMs: t.exposeFloat('latencyMs', {
      nullable: true,
      description: 'How many milliseconds an answer took.',
    }),
    version: t.exposeString('version', { nullable: true, description: 'Of PostgreSQL.' }),
    sizeBytes: t.exposeFloat('sizeBytes', { nullable: true, description: 'Its size, in bytes.' }),
  }),
});

const RedisHealth = builder.objectRef<Redis>('RedisHealth').implement({
  description: 'How Redis is.',
  fields: (t) => ({
    isUp: t.exposeBoolean('isUp', { description: 'Whether it answers.' }),
    latencyMs: t.exposeFloat('latencyMs', {
      nullable: true,
      description: 'How many milliseconds an answer took; null without one.',
    }),
  }),
});

const ServerHealth = builder.objectRef<Health>('ServerHealth').implement({
  description: 'How the server is now.',
  fields: (t) => ({
    version: t.exposeString('version', {
      description: 'The version of Parley, of the process that answers.',
    }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      description: 'When the process started that has run for longest.',
    }),
    processes: t.field({
      type: [ServerProcess],
      description: 'Those that told of themselves of late, the oldest first.',
      resolve: ({ processes }) => processes,
    }),
    database: t.field({
      type: DatabaseHealth,
      description: 'The database.',
      resolve: ({ database }) => database,
    }),
    redis: t.field({
      type: RedisHealth,
      nullable: true,
      description: 'Redis; null where none is set.',
      resolve: ({ redis }) => redis,
    }),
    diskFreeBytes: t.exposeFloat('diskFreeBytes', {
      nullable: true,
      description: 'What is free on the disk of uploads, in bytes; null where that cannot be told.',
    }),
    diskTotalBytes: t.exposeFloat('diskTotalBytes', {
      nullable: true,
      description: 'How large that disk is, in bytes.',
    }),
    waitingJobs: t.exposeInt('waitingJobs', {
      nullable: true,
      description: 'Jobs whose time has come; null where the database does not answer.',
    }),
    failedJobs: t.exposeInt('failedJobs', {
      nullable: true,
      description: 'Jobs that were given up after all their tries.',
    }),
  }),
});

builder.objectField(Administration, 'health', (t) =>
  t.field({
    type: ServerHealth,
    description: 'How the server is now.',
    resolve: (_administration, _args, { app, viewer }) => readHealth(app, viewer),
  }),
);
