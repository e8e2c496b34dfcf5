/** Whole servers for tests: real database, real schema, a free port. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type App, createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { loadWeb, startServer } from '../server.ts';
import { TEMPLATE } from './postgres.ts';

export interface TestApp {
  app: App;
  url: string;
  /** How another app can be put on the same database, as `DATABASE_URL`. */
  databaseUrl: string;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Settings as in the environment; limits are off and nothing is logged unless they say otherwise. */
export interface TestSettings {
  [setting: string]: string | undefined;
}

/** Starts the API on an empty database of its own, or on `DATABASE_URL`. */
export async function startApp(settings: TestSettings = {}): Promise<TestApp> {
  return start(settings, false);
}

/** The same with the web app, which must be built. */
export async function startWholeApp(settings: TestSettings = {}): Promise<TestApp> {
  return start(settings, true);
}

async function start(settings: TestSettings, withWeb: boolean): Promise<TestApp> {
  const databaseUrl = settings['DATABASE_URL'] ?? (await createDatabase());
  const dataDir = settings['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'parley-test-')));
  const config = readConfig({
    PORT: '0',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'fatal',
    ...settings,
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
  });
  const app = await createApp(config);
  const server = await startServer(app, withWeb ? await loadWeb() : null);
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= server
      .close()
      .then(() => app.close())
      .then(() => (settings['DATA_DIR'] ? undefined : rm(dataDir, { recursive: true })));
    return closed;
  };
  return { app, url: server.url, databaseUrl, close, [Symbol.asyncDispose]: close };
}

/** An empty, migrated database; gives its `DATABASE_URL`. */
export async function createDatabase(): Promise<string> {
  const host = inject('postgresHost');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = new pg.Client({ host, user: 'parley', database: 'postgres' });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  await admin.end();
  return `postgresql://parley@localhost/${name}?host=${encodeURIComponent(host)}`;
}
