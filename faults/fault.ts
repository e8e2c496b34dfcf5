/** A fault that is injected on purpose, and what must hold through it. */
import type { Random } from '../api/test/random.ts';

/** `quick` is a share of the fault that fits into `npm test`; `full` is what the promise was measured by. */
export type Scale = 'quick' | 'full';

export interface Trial {
  scale: Scale;
  /** Decides what breaks and when: the same seed, the same decisions. */
  random: Random;
}

export interface Outcome {
  /** What was counted, in one line: `1,000 cuts, 100,000 events, 0 lost, 0 double, 0 out of order`. */
  figures: string;
  /** What did not hold, one line each; empty where all did. */
  violations: string[];
}

export interface Fault {
  /** Its row in `docs/faults.md`. */
  number: number;
  /** Such as `sockets are cut`. */
  name: string;
  /** What it takes and this machine has not, null where it can be run; nothing where it always can. */
  lacks?(): string | null;
  /** Starts what it breaks, and ends all of it. */
  run(trial: Trial): Promise<Outcome>;
}
