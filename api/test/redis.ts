/** A Redis of a test's own, which it can take away and bring back. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { TestContext } from 'vitest';
import { findPort } from './ports.ts';

export interface TestRedis {
  /** As `REDIS_URL`. */
  url: string;
  /** Asks the server, by a connection that is none of ours. */
  ask(command: string, ...args: string[]): Promise<unknown>;
  start(): Promise<void>;
  /** Kills it: what it had is gone. */
  kill(): Promise<void>;
  /** Makes it hang, or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** In CI there is always one: a run without would show too little. */
export function skipWithoutRedis({ skip }: Pick<TestContext, 'skip'>): void {
  const isMissing = spawnSync('redis-server', ['--version']).error !== undefined;
  skip(isMissing && !process.env['CI'], 'redis-server is not installed');
}

/** Starts a server on a port of its own. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
  const port = await findPort();
  const socket = join(folder, 'redis.sock');
  let server: ChildProcess | null = null;

  async function ask(command: string, ...args: string[]): Promise<unknown> {
    const client = new Redis(socket, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => {});
    try {
      await client.connect();
      return await client.call(command, ...args);
    } finally {
      client.disconnect();
    }
  }

  async function start(): Promise<void> {
    const arguments_ = [
      ...['--port', String(port), '--bind', '127.0.0.1', '--unixsocket', socket],
      ...['--dir', folder, '--save', '', '--appendonly', 'no'],
    ];
    const child = spawn('redis-server', arguments_, { stdio: 'ignore' });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`redis-server ended with ${code}.`);
    });
    ended.catch(() => {});
    server = child;
    const isUp = () => ask('PING').then(Boolean, () => false);
    while (!(await Promise.race([isUp(), ended]))) await sleep(10);
  }

  async function kill(): Promise<void> {
    const child = server;
    server = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    ask,
    start,
    kill,
    signal: (signal) => server!.kill(signal),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}
