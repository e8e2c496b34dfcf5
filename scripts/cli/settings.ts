import { OPERATOR } from '../../api/account/operator.ts';
import {
  ADJUSTABLE,
  ADJUSTABLE_NAMES,
  type AdjustableName,
  type Config,
  DEFAULTS,
  InvalidSetting,
  readAdjustable,
  readConfig,
} from '../../api/config.ts';
import type { CurrentSettings } from '../../api/settings/settings.ts';
import { textOf, updateServerSettings } from '../../api/settings/update.ts';
import { settingNames } from '../settings.ts';
import { type Command, readArguments, UsageError } from './command.ts';
import { hasServer, inHouse } from './house.ts';

const HELP = `Settings come from the environment, and the README says what each is for. Some can be set while the server
runs, where the environment does not: ${Object.values(ADJUSTABLE).join(', ')}.`;
const SOON =
  'A server that runs goes by it at once where it has a REDIS_URL, else within ten seconds.';

export const settingsList: Command = {
  summary: 'settings list                print all settings, and where each comes from',
  help: `Prints all settings as a server that is started here and now would take them, without passwords: NAME=VALUE, a
tab, and where it comes from (environment, set, default).
${HELP}

  npm run parley -- settings list`,
  async run(args) {
    readArguments(args, [], {});
    const config = readConfig(process.env);
    const current = await readCurrent(config);
    for (const name of settingNames()) {
      console.log(`${name}=${valueOf(config, current, name)}\t${sourceOf(current, name)}`);
    }
    return 0;
  },
};

export const settingsGet: Command = {
  summary: 'settings get NAME            print one of them',
  help: `Prints a setting as a server that is started here and now would take it, without passwords.
${HELP}

  npm run parley -- settings get NAME`,
  async run(args) {
    const name = requireName(readArguments(args, ['NAME'], {}).positionals[0]!);
    const config = readConfig(process.env);
    const current = adjustableOf(name) ? await readCurrent(config) : null;
    console.log(valueOf(config, current, name));
    return 0;
  },
};

export const settingsSet: Command = {
  summary: 'settings set NAME VALUE      set one of them, also while the server runs',
  help: `Sets a setting, as an administrator does in the pages, in the form of the environment. ${SOON}
${HELP}

  npm run parley -- settings set NAME VALUE`,
  async run(args) {
    const [name, value] = readArguments(args, ['NAME', 'VALUE'], {}).positionals as [
      string,
      string,
    ];
    const adjustable = requireAdjustable(name);
    await change(adjustable, readValue(adjustable, value));
    return 0;
  },
};

export const settingsUnset: Command = {
  summary: 'settings unset NAME          put one of them back to its default',
  help: `Puts a setting back to its default, as an administrator does in the pages. ${SOON}
${HELP}

  npm run parley -- settings unset NAME`,
  async run(args) {
    await change(requireAdjustable(readArguments(args, ['NAME'], {}).positionals[0]!), null);
    return 0;
  },
};

async function change(name: AdjustableName, value: unknown): Promise<void> {
  const current = await inHouse(readConfig(process.env), (house) =>
    updateServerSettings(house, OPERATOR, { [name]: value }),
  );
  console.log(`${ADJUSTABLE[name]}=${textOf(current[name])}`);
}

function readValue(name: AdjustableName, text: string): unknown {
  try {
    return readAdjustable(name, text);
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    throw new UsageError(`${ADJUSTABLE[name]}=${text} is not valid. ${error.message}`);
  }
}

/** Null where there is no server yet. */
async function readCurrent(config: Config): Promise<CurrentSettings | null> {
  return hasServer(config) ? inHouse(config, async ({ settings }) => settings.current) : null;
}

function requireName(name: string): string {
  const names = settingNames();
  if (names.includes(name)) return name;
  throw new UsageError(`${name} is none of ${names.join(', ')}.`);
}

function requireAdjustable(name: string): AdjustableName {
  const adjustable = adjustableOf(requireName(name));
  if (adjustable) return adjustable;
  throw new UsageError(`${name} comes from the environment only: set it there.`);
}

function adjustableOf(name: string): AdjustableName | undefined {
  return ADJUSTABLE_NAMES.find((each) => ADJUSTABLE[each] === name);
}

function sourceOf(current: CurrentSettings | null, name: string): string {
  if (process.env[name]) return 'environment';
  const adjustable = adjustableOf(name);
  return adjustable && current?.set.includes(adjustable) ? 'set' : 'default';
}

/** As it would be written in the environment; empty where it is not set. */
function valueOf(config: Config, current: CurrentSettings | null, name: string): string {
  const adjustable = adjustableOf(name);
  if (adjustable) return textOf((current ?? { ...DEFAULTS, ...config.fixed })[adjustable])!;
  const key = name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const value = config[key as keyof Config];
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const text = String(value);
  return URL.canParse(text) ? withoutPassword(text) : text;
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  if (!url.password) return text;
  url.password = '…';
  return decodeURI(url.href);
}
