import { parseArgs } from 'node:util';
import type { Fault, Scale } from './fault.ts';

export interface FaultOptions {
  scale: Scale;
  seed: number;
  /** Those to be run. */
  faults: Fault[];
}

/** What is wrong with the arguments, in one line. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const MAX_SEED = 2 ** 32 - 1;

export const helpFor = (
  faults: Fault[],
): string => `Breaks servers on purpose and checks what must hold.

  npm run faults -- [options]

  --quick      a share of each fault: a few minutes instead of an hour
  --seed N     0 to ${MAX_SEED}; the same seed makes the same decisions (default: a random one)
  --row a,b    of these (default: all)
${faults.map(({ number, name }) => `                 ${String(number).padStart(2)}  ${name}`).join('\n')}
  --help       this

What each does and what must hold is in docs/faults.md. Each starts the servers that it breaks, and
ends them.

Exit code: 0 where all of it held, 1 where anything did not, 2 where a fault could not be injected.`;

/** @returns null where help was asked for. @throws UsageError naming the argument that is wrong. */
export function readOptions(args: string[], faults: Fault[]): FaultOptions | null {
  const values = parse(args);
  if (values.help) return null;
  return {
    scale: values.quick ? 'quick' : 'full',
    seed: readSeed(values.seed),
    faults: readRows(values.row, faults),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        seed: { type: 'string' },
        row: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw usage((error as Error).message.split('. ', 1)[0]!.replace(/\.?$/, '.'));
  }
}

function readSeed(text: string | undefined): number {
  if (text === undefined) return Math.floor(Math.random() * (MAX_SEED + 1));
  if (!/^\d{1,10}$/.test(text) || Number(text) > MAX_SEED) {
    throw usage(`--seed ${text} is no number from 0 to ${MAX_SEED}.`);
  }
  return Number(text);
}

function readRows(text: string | undefined, faults: Fault[]): Fault[] {
  if (text === undefined) return faults;
  const numbers = text.split(',');
  const strange = numbers.find((row) => !faults.some(({ number }) => String(number) === row));
  if (strange !== undefined) {
    throw usage(`--row ${strange} is none of ${faults.map(({ number }) => number).join(', ')}.`);
  }
  return faults.filter(({ number }) => numbers.includes(String(number)));
}

function usage(what: string): UsageError {
  return new UsageError(`${what} See npm run faults -- --help`);
}
