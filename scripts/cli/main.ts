/** `npm run parley -- COMMAND`: see `--help`. */
import { Refusal, StartupError } from '../../api/errors.ts';
import {
  exportPerson,
  exportRoom,
  exportServer,
  importCommand,
  verifyCommand,
} from './archives.ts';
import { type Command, UsageError } from './command.ts';
import { doctor } from './doctor.ts';
import { settingsGet, settingsList, settingsSet, settingsUnset } from './settings.ts';
import {
  userCreate,
  userDeactivate,
  userList,
  userPromote,
  userReactivate,
  userResetPassword,
} from './user.ts';

const COMMANDS: Record<string, Command> = {
  'user create': userCreate,
  'user list': userList,
  'user promote': userPromote,
  'user reset-password': userResetPassword,
  'user deactivate': userDeactivate,
  'user reactivate': userReactivate,
  'settings list': settingsList,
  'settings get': settingsGet,
  'settings set': settingsSet,
  'settings unset': settingsUnset,
  'export server': exportServer,
  'export room': exportRoom,
  'export person': exportPerson,
  import: importCommand,
  verify: verifyCommand,
  doctor,
};

const USAGE = 2;
const FAILED = 1;

const args = process.argv.slice(2);
const name = [args.slice(0, 2).join(' '), args[0] ?? ''].find((words) =>
  Object.hasOwn(COMMANDS, words),
);

try {
  process.exitCode = await run();
} catch (error) {
  if (error instanceof UsageError) {
    const help = `See npm run parley -- ${name ? `${name} ` : ''}--help`;
    console.error(`${error.message} ${help}`);
    process.exitCode = USAGE;
  } else {
    console.error(inOneLine(error));
    process.exitCode = FAILED;
  }
}

async function run(): Promise<number> {
  const wantsHelp = args.includes('--help') || args.includes('-h');
  const command = name === undefined ? null : COMMANDS[name]!;
  if (!command) {
    const words = args.filter((word) => !word.startsWith('-'));
    const known = Object.keys(COMMANDS).filter((each) => each.startsWith(words.join(' ')));
    if (wantsHelp && known.length > 0) return say(helpOn(known));
    if (args.length === 0) throw new UsageError('There is no command.');
    throw new UsageError(`${args.slice(0, 2).join(' ')} is no command.`);
  }
  if (wantsHelp) return say(command.help);
  return command.run(args.slice(name!.split(' ').length));
}

function say(help: string): number {
  console.log(help);
  return 0;
}

function helpOn(names: string[]): string {
  const list = names.map((each) => `  ${COMMANDS[each]!.summary}`).join('\n');
  return `What whoever runs a Parley server can do, also while it runs. It is found by the same environment
variables as npm start takes, such as DATA_DIR and DATABASE_URL.

  npm run parley -- COMMAND [arguments]

${list}

Each tells more with --help. Exit code: 0 where it was done, 1 where it failed, 2 where the arguments
make no sense.`;
}

function inOneLine(error: unknown): string {
  if (error instanceof Refusal || error instanceof StartupError) return error.message;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${path} is not there: give a file that is.`;
  if (code === 'EACCES' || code === 'EPERM') {
    return `${path} may not be read or written: run this as the user to whom it belongs.`;
  }
  if (code === 'ENOSPC') return 'The disk is full: make room, or choose another.';
  return `It failed: ${message ?? String(error)}`;
}
