/** A command of `npm run parley` as a process of its own, and how it grows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const SAMPLE_MS = 20;

export interface Ended {
  code: number | null;
  seconds: number;
  /** Of them, since it said how far it is. */
  workedSeconds: number;
  /** How much larger it was at most than when it began its work. */
  growthBytes: number;
  /** Its last line. */
  said: string;
}

export interface StartedCommand {
  child: ChildProcess;
  /** Once it says how far it is. */
  begun: Promise<unknown>;
  ended: Promise<Ended>;
}

/** @param env all it is given of the environment but PATH */
export function startCommand(env: Record<string, string>, args: string[]): StartedCommand {
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=1', 'scripts/cli/main.ts', ...args],
    {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const start = performance.now();
  const samples: number[] = [];
  const timer = setInterval(() => {
    const bytes = rssBytes(child.pid!);
    if (bytes > 0) samples.push(bytes);
  }, SAMPLE_MS);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  let ready = 0;
  let readyAt = start;
  const begun = once(child.stderr, 'data').then(() => {
    ready = samples.length;
    readyAt = performance.now();
  });
  // What ends without a word has not begun.
  begun.catch(() => {});
  const ended = once(child, 'close').then(([code]) => {
    clearInterval(timer);
    const working = samples.slice(ready);
    return {
      code: code as number | null,
      seconds: (performance.now() - start) / 1000,
      workedSeconds: (performance.now() - readyAt) / 1000,
      growthBytes: Math.max(...working, 0) - (working[0] ?? 0),
      said: said.trimEnd().split('\n').at(-1)!,
    };
  });
  return { child, begun, ended };
}

/** 0 where it has ended. */
function rssBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
