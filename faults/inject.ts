/** Injects faults one after another and says of each how it went. */
import { seeded } from '../api/test/random.ts';
import { table } from '../bench/harness/table.ts';
import type { Fault } from './fault.ts';
import type { FaultOptions } from './options.ts';

export const HELD = 0;
export const VIOLATED = 1;
export const NOT_RUN = 2;

/** @returns the exit code: VIOLATED where anything was, else NOT_RUN where anything was not. */
export async function injectAll(
  { scale, seed, faults }: FaultOptions,
  print: (text: string) => void,
): Promise<number> {
  print(`seed ${seed}, ${scale}`);
  const rows = [['', 'fault', 'seconds', 'result']];
  const codes = new Set<number>();
  for (const fault of faults) {
    const started = performance.now();
    const { code, told } = await inject(fault, { scale, seed });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(
      [`${fault.number} ${fault.name}: ${told[0]}: ${RESULTS[code]}`, ...told.slice(1)].join(
        '\n    ',
      ),
    );
    rows.push([String(fault.number), fault.name, seconds, RESULTS[code]!]);
    codes.add(code);
  }
  print(`\n${table(rows)}`);
  return codes.has(VIOLATED) ? VIOLATED : codes.has(NOT_RUN) ? NOT_RUN : HELD;
}

const RESULTS = ['held', 'VIOLATED', 'NOT RUN'];

/** Each has decisions of its own, so that one that is run alone goes as it does among all. */
export const randomFor = ({ number }: Fault, seed: number) => seeded(seed + number);

async function inject(fault: Fault, { scale, seed }: Pick<FaultOptions, 'scale' | 'seed'>) {
  const lack = fault.lacks?.();
  if (lack) return { code: NOT_RUN, told: [lack] };
  try {
    const { figures, violations } = await fault.run({ scale, random: randomFor(fault, seed) });
    return { code: violations.length > 0 ? VIOLATED : HELD, told: [figures, ...violations] };
  } catch (error) {
    return { code: NOT_RUN, told: [(error as Error).stack ?? String(error)] };
  }
}
