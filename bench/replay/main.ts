/** `npm run replay`: see `--help`. */
import { ReplayFailure } from './failure.ts';
import { HELP, readOptions } from './options.ts';
import { replay } from './replay.ts';

const DIFFERENT = 1;
const NOT_PLAYED = 2;
const INTERRUPTED = 130;

process.once('SIGINT', () => {
  console.error('\nInterrupted: the same command goes on from here.');
  process.exit(INTERRUPTED);
});

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) console.log(HELP);
  else if (!(await replay(options, (line) => console.log(line)))) process.exitCode = DIFFERENT;
} catch (error) {
  if (!(error instanceof ReplayFailure)) throw error;
  console.error(error.message);
  process.exitCode = NOT_PLAYED;
}
