import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Identity } from './identity.ts';

/** Runs one of PostgreSQL's programs to its end. */
export type RunProgram = (program: string, args: string[]) => Promise<Finished>;

export interface Finished {
  code: number | null;
  /** What it said, on either stream. */
  output: string;
}

/** How long the rest of what a program said may be on its way when it has ended. */
const OUTPUT_GRACE_MS = 500;

/** The programs in `native`, run as `identity` in the folder `cwd`. */
export function createPrograms(native: string, identity: Identity, cwd: string): RunProgram {
  return (program, args) => {
    const [command, ...rest] = identity.wrap([join(native, 'bin', program), ...args]);
    return new Promise((resolve, reject) => {
      const child = spawn(command!, rest, {
        ...identity.spawnOptions,
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      });
      let output = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
      child.on('error', reject);
      child.on('exit', (code) => {
        const finish = () => {
          clearTimeout(grace);
          child.stdout.destroy();
          child.stderr.destroy();
          resolve({ code, output });
        };
        // A server that was started may keep the streams open for as long as it lives.
        const grace = setTimeout(finish, OUTPUT_GRACE_MS);
        child.on('close', finish);
      });
    });
  };
}
