/**
 * Compares what every reader has received and what every writer was answered with what the server
 * has: its history, and the numbers of its log.
 */
import { compare } from '../api/test/said.ts';
import type { Line } from '../api/test/watch.ts';

export interface Evidence {
  /** The history, read from its beginning. */
  said: readonly Line[];
  /** The same, read from its end. */
  backwards: readonly Line[];
  log: Log;
  /** By its idempotency key, what was said of each message. */
  acknowledged: ReadonlyMap<string, Line>;
  /** What each received, from the beginning on. */
  readers: readonly { name: string; lines: readonly Line[] }[];
}

/** A room's log in the database. */
export interface Log {
  /** The number that the room's row has. */
  lastSeq: number;
  /** The numbers of its events, rising. */
  numbers: readonly number[];
  /** The number and the idempotency key of each message, by number. */
  messages: readonly { seq: number; idempotencyKey: string }[];
}

export interface Verdict {
  /** Messages that a reader has received, of all readers together. */
  events: number;
  lost: number;
  double: number;
  outOfOrder: number;
  violations: string[];
}

export function check({ said, backwards, log, acknowledged, readers }: Evidence): Verdict {
  const sums = { events: 0, lost: 0, double: 0, outOfOrder: 0 };
  const violations = [
    ...checkLog(log, said),
    ...checkHistory(said, backwards),
    ...checkAcknowledged(said, acknowledged),
  ];
  for (const { name, lines } of readers) {
    const { lost, double, outOfOrder } = compare([...lines], [...said]);
    sums.events += lines.length;
    sums.lost += lost;
    sums.double += double;
    sums.outOfOrder += outOfOrder;
    const found = `${lost} lost, ${double} double, ${outOfOrder} out of order`;
    const first = lines.findIndex((line, index) => !isSame(line, said[index]));
    if (lost + double + outOfOrder > 0) violations.push(`${name}: ${found}`);
    else if (first >= 0) violations.push(`${name}: was told another ${describe(lines[first]!)}`);
  }
  return { ...sums, violations };
}

/** What a verdict counted, such as `1,000 events: 0 lost, 0 double, 0 out of order`. */
export function tally({ events, lost, double, outOfOrder }: Verdict): string {
  return `${events.toLocaleString('en')} events: ${lost} lost, ${double} double, ${outOfOrder} out of order`;
}

function checkLog({ lastSeq, numbers, messages }: Log, said: readonly Line[]): string[] {
  const hole = numbers.findIndex((number, index) => number !== index + 1);
  const newest = numbers.at(-1) ?? 0;
  return [
    ...(hole >= 0 ? [`the log has ${numbers[hole]} where ${hole + 1} belongs`] : []),
    ...(newest !== lastSeq ? [`the log ends at ${newest}, its room says ${lastSeq}`] : []),
    ...differences(
      'the log',
      messages.map(({ seq, idempotencyKey }) => `${seq} ${idempotencyKey}`),
      'the history',
      said.map(({ seq, idempotencyKey }) => `${seq} ${idempotencyKey}`),
    ),
  ];
}

function checkHistory(said: readonly Line[], backwards: readonly Line[]): string[] {
  const first = said.findIndex((line, index) => !isSame(line, backwards[index]));
  const disorder = said.findIndex(({ seq }, index) => index > 0 && seq <= said[index - 1]!.seq);
  return [
    ...(disorder >= 0 ? [`the history is out of order at ${describe(said[disorder]!)}`] : []),
    ...(first >= 0 || said.length !== backwards.length
      ? [
          `the history reads otherwise from its end: ${backwards.length} for ${said.length} messages`,
        ]
      : []),
  ];
}

function checkAcknowledged(
  said: readonly Line[],
  acknowledged: ReadonlyMap<string, Line>,
): string[] {
  // Of those that were written twice the first counts.
  const written = new Map(said.toReversed().map((line) => [line.idempotencyKey, line]));
  const changed = [...acknowledged].filter(
    ([key, line]) => written.has(key) && !isSame(line, written.get(key)),
  );
  return [
    ...differences(
      'the history',
      said.map(({ idempotencyKey }) => idempotencyKey),
      'what was acknowledged',
      [...acknowledged.keys()],
    ),
    ...changed
      .map(([key]) => `message ${key} is another than was acknowledged`)
      .slice(0, MOST_NAMED),
  ];
}

const MOST_NAMED = 3;

/** What either of two lists has and the other has not, or has more often. */
function differences(
  name: string,
  ones: readonly string[],
  otherName: string,
  others: readonly string[],
): string[] {
  const counts = new Map<string, number>();
  for (const one of ones) counts.set(one, (counts.get(one) ?? 0) + 1);
  for (const other of others) counts.set(other, (counts.get(other) ?? 0) - 1);
  const surplus = [...counts].filter(([, count]) => count > 0).map(([one]) => one);
  const missing = [...counts].filter(([, count]) => count < 0).map(([one]) => one);
  return [
    ...list(surplus, `in ${name} and not in ${otherName}, or more often`),
    ...list(missing, `in ${otherName} and not in ${name}, or more often`),
  ];
}

function list(found: string[], where: string): string[] {
  if (found.length === 0) return [];
  return [`${found.length} ${where}, such as ${found.slice(0, MOST_NAMED).join(', ')}`];
}

function isSame(one: Line, other: Line | undefined): boolean {
  return (
    one.id === other?.id &&
    one.seq === other.seq &&
    one.body === other.body &&
    one.idempotencyKey === other.idempotencyKey
  );
}

const describe = ({ seq, idempotencyKey }: Line) => `message ${seq} (${idempotencyKey})`;
