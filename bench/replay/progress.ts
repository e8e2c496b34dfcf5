import { SingleBar } from 'cli-progress';

const LINE_EVERY_MS = 5_000;

export interface Progress {
  advance(): void;
  stop(): void;
}

/** A bar on a terminal, and elsewhere a line now and then; on standard error. */
export function showProgress(total: number): Progress {
  const bar = new SingleBar({
    format: '{bar} {value} of {total} messages · {rate}/s · {eta_formatted} to go',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    etaBuffer: 500,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
  });
  const startedAt = performance.now();
  let done = 0;
  bar.start(total, 0, { rate: 0 });
  return {
    advance() {
      done++;
      bar.increment({ rate: Math.round((done / (performance.now() - startedAt)) * 1000) });
    },
    stop: () => bar.stop(),
  };
}
