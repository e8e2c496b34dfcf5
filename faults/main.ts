/** `npm run faults`: see `--help`. */
import { FAULTS } from './index.ts';
import { injectAll, NOT_RUN } from './inject.ts';
import { helpFor, readOptions, UsageError } from './options.ts';

try {
  const options = readOptions(process.argv.slice(2), FAULTS);
  if (!options) console.log(helpFor(FAULTS));
  else process.exitCode = await injectAll(options, console.log);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = NOT_RUN;
}
