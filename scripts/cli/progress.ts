import { SingleBar } from 'cli-progress';
import type { Advance } from '../../api/data/export.ts';

const LINE_EVERY_MS = 5_000;
const MEBIBYTE = 1024 * 1024;

export interface Progress {
  advance(how: Advance): void;
  stop(): void;
}

/** A bar on a terminal, and elsewhere a line now and then; on standard error. */
export function showProgress(what: string): Progress {
  const bar = new SingleBar({
    format: process.stderr.isTTY
      ? `${what} {bar} {percentage} % · {done} of {all} MiB · {eta_formatted} to go`
      : `${what}: {percentage} %, {done} of {all} MiB`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
  });
  let total = -1;
  return {
    advance(how) {
      const words = { done: inMebibytes(how.done), all: inMebibytes(how.total) };
      if (total < 0) bar.start(how.total, how.done, words);
      else if (how.total !== total) bar.setTotal(how.total);
      total = how.total;
      bar.update(how.done, words);
    },
    stop() {
      if (total >= 0) bar.stop();
    },
  };
}

const inMebibytes = (bytes: number) => (bytes / MEBIBYTE).toFixed(1);
