/** A server as a process of its own, and what it uses of the machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { offServerCore, pinServer } from './cores.ts';
import { BenchFailure } from './failure.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const STOP_TIMEOUT_MS = 20_000;

export interface ServerProcess {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  url: string;
  /** What its threads have had of the processor so far; its children not included. */
  time(): ProcessorTime;
  rssBytes(): number;
  /** Collects its garbage; for servers that were started with `COLLECTABLE`. */
  collectGarbage(): void;
  close(): Promise<void>;
}

export interface ProcessorTime {
  usedSeconds: number;
  /** How long threads that could run waited for their core. */
  waitedSeconds: number;
}

/** Node's arguments for a server whose garbage can be collected from outside. */
export const COLLECTABLE = ['--expose-gc', '--import', './bench/harness/collect-on-signal.ts'];

/**
 * Starts a program that prints where it is ready. What it has started until then, such as a database,
 * stays off its core. @param args Node's arguments; `env` is all it is given of the environment but PATH.
 * @throws BenchFailure where it ends before it is ready, and where processes cannot be measured.
 */
export async function startServer(
  args: string[],
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  if (!existsSync('/proc/self/schedstat')) {
    throw new BenchFailure('Processes are measured by /proc, which this machine lacks: use Linux.');
  }
  const [program, ...rest] = offServerCore([process.execPath, ...args]);
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = child.pid!;
  let hasEnded = false;
  const ended = once(child, 'exit').then(() => {
    hasEnded = true;
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /ready at (\S+)\n/i.exec(said);
      if (found) resolve(found[1]!);
    });
    void ended.then(() => reject(new BenchFailure(`${args.join(' ')} ended before it was ready.`)));
  });
  pinServer(pid);
  return {
    url,
    time: () => timeOf(pid),
    rssBytes() {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
    },
    collectGarbage: () => void process.kill(pid, 'SIGUSR2'),
    async close() {
      if (hasEnded) return;
      child.kill('SIGTERM');
      const cut = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(cut);
    },
  };
}

/**
 * Of the scheduler's statistics, in nanoseconds: those of proc_pid_stat(5) are in hundredths of a
 * second, which is much of a short run.
 */
function timeOf(pid: number): ProcessorTime {
  const time = { usedSeconds: 0, waitedSeconds: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [used, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(
      ' ',
    );
    time.usedSeconds += Number(used) / 1e9;
    time.waitedSeconds += Number(waited) / 1e9;
  }
  return time;
}
