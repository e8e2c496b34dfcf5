/** `npm run faults`: see `--help`. */
import { table } from '../bench/harness/table.ts';
import { seeded } from '../api/test/random.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './index.ts';
import { type FaultOptions, helpFor, readOptions, UsageError } from './options.ts';

const VIOLATED = 1;
const NOT_RUN = 2;

try {
  const options = readOptions(process.argv.slice(2), FAULTS);
  if (!options) console.log(helpFor(FAULTS));
  else await injectAll(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = NOT_RUN;
}

async function injectAll({ scale, seed, faults }: FaultOptions): Promise<void> {
  console.log(`seed ${seed}, ${scale}`);
  const rows: string[][] = [['', 'fault', 'seconds', 'result']];
  for (const fault of faults) {
    const started = performance.now();
    const result = await inject(fault, { scale, seed });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    rows.push([String(fault.number), fault.name, seconds, result]);
  }
  console.log(`\n${table(rows)}`);
}

/** Runs one fault and says how it went; the exit code is that of the worst. */
async function inject(fault: Fault, { scale, seed }: Omit<FaultOptions, 'faults'>) {
  const title = `${fault.number} ${fault.name}`;
  const lack = fault.lacks?.() ?? null;
  if (lack) {
    console.log(`${title}: NOT RUN: ${lack}`);
    process.exitCode ??= NOT_RUN;
    return 'NOT RUN';
  }
  try {
    // Each by itself, so that one that is run alone decides as it does among all.
    const { figures, violations } = await fault.run({ scale, random: seeded(seed + fault.number) });
    const result = violations.length === 0 ? 'held' : 'VIOLATED';
    console.log([`${title}: ${figures}: ${result}`, ...violations].join('\n    '));
    if (violations.length > 0) process.exitCode = VIOLATED;
    return result;
  } catch (error) {
    console.log(`${title}: NOT RUN: ${(error as Error).stack}`);
    process.exitCode ??= NOT_RUN;
    return 'NOT RUN';
  }
}
