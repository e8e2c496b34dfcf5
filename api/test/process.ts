/** Servers as processes of their own, as they are started and stopped by people. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Launch {
  /** Environment variables; nothing else of ours is handed on but PATH. */
  settings?: Record<string, string>;
  /** What is run: the API alone, all of it as `npm start` does, or npm itself. */
  script?: 'api/main.ts' | 'scripts/start.js' | 'npm start';
  node?: string;
  /** Modules that Node loads before the API alone. */
  imports?: string[];
  uid?: number;
  gid?: number;
}

export interface Launched {
  child: ChildProcess;
  /** The address that its first line names; rejects where it ends without one. */
  url: Promise<string>;
  ended: Promise<Ending>;
  /** Sends a signal to it alone, or as Ctrl-C does to its process group. */
  kill(signal: NodeJS.Signals, to?: 'process' | 'group'): void;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Starts a server in a process group of its own. */
export function launch({
  settings = {},
  script = 'api/main.ts',
  node,
  imports = [],
  uid,
  gid,
}: Launch): Launched {
  const [program, ...args] = {
    'api/main.ts': [
      node ?? process.execPath,
      ...imports.flatMap((module) => ['--import', module]),
      'api/main.ts',
      '--api-only',
    ],
    'scripts/start.js': [node ?? process.execPath, 'scripts/start.js'],
    'npm start': ['npm', 'start', '--silent'],
  }[script] as [string, ...string[]];
  const child = spawn(program, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'fatal', ...settings },
    ...(uid !== undefined && { uid, gid }),
  });
  let stdout = '';
  let stderr = '';
  const ready = Promise.withResolvers<string>();
  const ending = Promise.withResolvers<Ending>();
  // Whoever waits for the other of the two does not care.
  ready.promise.catch(() => {});
  child.stdout!.on('data', (chunk) => {
    stdout += chunk;
    const found = /^Parley is ready at (\S+)\n/.exec(stdout);
    if (found) ready.resolve(found[1]!);
  });
  child.stderr!.on('data', (chunk) => (stderr += chunk));
  child.on('error', ending.reject);
  // A database that lives on holds neither of the pipes: they close with the server.
  child.on('close', (code, signal) => {
    ending.resolve({ code, signal, stdout, stderr });
    ready.reject(new Error(`It ended before it was ready (${code ?? signal}): ${stderr}`));
  });
  return {
    child,
    url: ready.promise,
    ended: ending.promise,
    kill(signal, to = 'process') {
      if (child.exitCode === null && child.signalCode === null) {
        process.kill(to === 'group' ? -child.pid! : child.pid!, signal);
      }
    },
  };
}

export interface DataFolder {
  path: string;
  /** The process of its database, null where none is recorded. */
  postmaster(): number | null;
  /** All processes of its database that live. */
  databaseProcesses(): number[];
  /** Kills what still runs in it, and removes it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** An empty folder for a server's data, below one that only its owner may enter. */
export async function createDataFolder(): Promise<DataFolder> {
  const parent = await mkdtemp(join(tmpdir(), 'parley-data-'));
  return dataFolder(join(parent, 'data'), parent);
}

/** The data folder `path`; `parent` is what is removed with it. */
export function dataFolder(path: string, parent = path): DataFolder {
  const folder = join(path, 'postgres');
  const record = join(folder, 'postmaster.pid');
  const postmaster = () =>
    existsSync(record) ? Number(readFileSync(record, 'utf8').split('\n')[0]) : null;
  const databaseProcesses = () =>
    existsSync('/proc')
      ? processesIn(folder)
      : [postmaster()].filter((pid) => pid !== null).filter(isAlive);
  return {
    path,
    postmaster,
    databaseProcesses,
    async [Symbol.asyncDispose]() {
      for (const pid of databaseProcesses()) {
        if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      }
      await rm(parent, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

/** PostgreSQL's processes stay in the folder of its data. */
function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
