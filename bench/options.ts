import { parseArgs } from 'node:util';
import { CONTESTANTS } from './harness/contestants.ts';
import { BenchFailure } from './harness/failure.ts';
import { loads } from './fan-out/loads.ts';

export interface BenchOptions {
  /** Names of contestants. */
  only: string[];
  /** Names of loads, and of the parts that are none. */
  parts: string[];
  subscribers: number;
  rounds: number;
  /** How long one run sends. */
  durationMs: number;
  connections: number;
  /** How long connections are left in peace: more than the 12 s between two pings of graphql-ws, and the 20 s of Parley. */
  idleMs: number;
  /** Messages of the rooms whose ages are compared, the youngest first. */
  ages: number[];
  /** Messages of the servers that are read and searched in, the small one first. */
  pasts: number[];
  /** Messages and bytes of files of the server that is exported and imported. */
  exported: { messages: number; bytes: number };
  /** How often each thing is read there. */
  repetitions: number;
}

export const CONNECTIONS = 'connections';
export const SENDS = 'sends';
export const GROWTH = 'growth';
export const AGE = 'age';
export const LARGE = 'large';
export const DATA = 'data';

const MEBIBYTE = 1024 * 1024;
const SERVERS = CONTESTANTS.map(({ name }) => name);
const PARTS = [
  ...loads(1_000).map(({ name }) => name),
  GROWTH,
  CONNECTIONS,
  SENDS,
  AGE,
  LARGE,
  DATA,
];

export const HELP = `Compares what it costs to deliver messages to many subscribers, and to have so many.

  npm run bench -- [options]

All of it takes about half an hour; it is best alone on the machine.

  --quick            less of everything: under a minute
  --only a,b         of ${SERVERS.join(', ')} (default: all)
  --part a,b         of ${PARTS.join(', ')} (default: all; with --quick
                     steady and closed)
  --subscribers N    in one room (default: 1000; with --quick 500)
  --rounds N         runs of each server in each part (default: 3; with --quick 1)
  --seconds N        how long one run sends (default: 3; with --quick 1)
  --connections N    that are idle (default: 5000; with --quick 1000)
  --help             this

The servers take turns, round by round, so that what else the machine does falls on all of them. Each
has a core for itself, the load generator another one, and Parley's database runs on the others.

Exit code: 0 where every message came to every subscriber once and in order, 1 where any did not, 2
where the bench could not be run. There is no exit code for being slow.`;

/** @returns null where help was asked for. @throws BenchFailure naming the argument that is wrong. */
export function readOptions(args: string[]): BenchOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const quick = values.quick ?? false;
  return {
    only: readNames('--only', values.only, SERVERS, SERVERS),
    parts: readNames('--part', values.part, PARTS, quick ? ['steady', 'closed'] : PARTS),
    subscribers: readCount('--subscribers', values.subscribers, quick ? 500 : 1_000),
    rounds: readCount('--rounds', values.rounds, quick ? 1 : 3),
    durationMs: readCount('--seconds', values.seconds, quick ? 1 : 3) * 1000,
    connections: readCount('--connections', values.connections, quick ? 1_000 : 5_000),
    idleMs: quick ? 2_000 : 24_000,
    ages: quick ? [1_000, 100_000] : [10_000, 2_000_000],
    pasts: quick ? [10_000, 100_000] : [10_000, 1_000_000],
    exported: quick
      ? { messages: 10_000, bytes: 64 * MEBIBYTE }
      : { messages: 100_000, bytes: 1024 * MEBIBYTE },
    repetitions: quick ? 50 : 300,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        part: { type: 'string' },
        subscribers: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        connections: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw usage((error as Error).message.split('. ', 1)[0]!.replace(/\.?$/, '.'));
  }
}

function readNames(
  option: string,
  text: string | undefined,
  known: string[],
  otherwise: string[],
): string[] {
  if (text === undefined) return otherwise;
  const names = text.split(',');
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) throw usage(`${option} ${strange} is none of ${known.join(', ')}.`);
  return names;
}

function readCount(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,4}$/.test(text)) throw usage(`${option} ${text} is no number from 1 to 99999.`);
  return Number(text);
}

function usage(what: string): BenchFailure {
  return new BenchFailure(`${what} See npm run bench -- --help`);
}
