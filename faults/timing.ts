/** How long it took, and whether that is too long. */
import { percentile } from '../bench/harness/statistics.ts';
import type { Reader } from './readers.ts';
import type { Scale } from './fault.ts';

/** At the quick scale other tests run beside it, and a machine that does much else is late by itself. */
const LENIENCY = { quick: 5, full: 1 };

export function tooLate(what: string, ms: number, limitMs: number, scale: Scale): string[] {
  const limit = limitMs * LENIENCY[scale];
  return ms <= limit ? [] : [`${what} took ${describeMs(ms)}, and may take ${describeMs(limit)}`];
}

/** Such as `p50 12 ms, p99 80 ms, at most 103 ms`. */
export function describeTimes(times: readonly number[]): string {
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => describeMs(percentile(times, share)));
  return `p50 ${p50}, p99 ${p99}, at most ${most}`;
}

export const describeMs = (ms: number) => `${Math.round(ms).toLocaleString('en')} ms`;

/** How a reader's connection ended, and when they were told something again. */
export interface Interruption {
  reader: Reader;
  /** The code of the socket. */
  code: number;
  /** By `performance.now()`. */
  closedAt: number;
  /** When the first message came after it; infinite where none did. */
  resumedAt: number;
}

/** The readers whose connections ended in this time, each with the first that did. */
export function interruptions(readers: Reader[], from: number, to: number): Interruption[] {
  return readers.flatMap((reader) => {
    const index = reader.closedAt.findIndex((at) => at >= from);
    const closedAt = reader.closedAt[index];
    if (closedAt === undefined || closedAt >= to) return [];
    const resumedAt = reader.arrivals.find((at) => at > closedAt) ?? Number.POSITIVE_INFINITY;
    return [{ reader, code: reader.closes[index]!, closedAt, resumedAt }];
  });
}
