/** What a command of `npm run parley` is. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

export interface Command {
  /** In one line, for the list of commands. */
  summary: string;
  help: string;
  /** Gives the exit code. @throws UsageError, Refusal, StartupError, each of one line. */
  run(args: string[]): Promise<number>;
}

/** Arguments that make no sense. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * Reads the arguments of a command.
 * @param names of the positional ones; those that end in `?` may be left out.
 * @throws UsageError naming the one that is wrong.
 */
export function readArguments<Options extends ParseArgsOptionsConfig>(
  args: string[],
  names: string[],
  options: Options,
) {
  const { values, positionals } = parse(args, options);
  const surplus = positionals[names.length];
  if (surplus !== undefined) throw new UsageError(`${surplus} is one argument too many.`);
  const missing = names[positionals.length];
  if (missing && !missing.endsWith('?')) throw new UsageError(`${missing} is missing.`);
  return { values, positionals };
}

function parse<Options extends ParseArgsOptionsConfig>(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ', 1)[0]!.replace(/\.?$/, '.'));
  }
}
