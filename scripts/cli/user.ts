import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import {
  activate,
  changeRole,
  createAccount,
  listAccounts,
  replacePassword,
} from '../../api/account/operator.ts';
import { readConfig } from '../../api/config.ts';
import { type Command, readArguments, UsageError } from './command.ts';
import { inHouse } from './house.ts';

/** Of a password that is made: 96 bits. */
const PASSWORD_BYTES = 12;

const ROLES = { member: 'MEMBER', administrator: 'ADMINISTRATOR', owner: 'OWNER' } as const;
const PASSWORD_OPTION = { 'password-stdin': { type: 'boolean' } } as const;
const PASSWORD_HELP = `  --password-stdin      take the password from standard input; else one is made and printed`;

export const userCreate: Command = {
  summary: 'user create NAME             make an account',
  help: `Makes an account, whatever REGISTRATION says. The first account of a server owns it.

  npm run parley -- user create NAME [options]

  --display-name TEXT   what others see (default: NAME)
${PASSWORD_HELP}`,
  async run(args) {
    const options = { ...PASSWORD_OPTION, 'display-name': { type: 'string' } } as const;
    const { values, positionals } = readArguments(args, ['NAME'], options);
    const { password, isMade } = await choosePassword(values['password-stdin']);
    const input = {
      username: positionals[0]!,
      displayName: values['display-name'] ?? null,
      password,
    };
    const user = await inHouse(readConfig(process.env), (house) => createAccount(house, input), {
      mayBeNew: true,
    });
    console.log(`${user.username} has an account; role: ${user.role.toLowerCase()}`);
    if (isMade) console.log(`Password: ${password}`);
    return 0;
  },
};

export const userPromote: Command = {
  summary: 'user promote NAME            give somebody a role on the server',
  help: `Gives somebody a role on the server.

  npm run parley -- user promote NAME [--role ${Object.keys(ROLES).join('|')}]

  --role ROLE           which (default: administrator); member takes the others back`,
  async run(args) {
    const options = { role: { type: 'string', default: 'administrator' } } as const;
    const { values, positionals } = readArguments(args, ['NAME'], options);
    const role = ROLES[values.role as keyof typeof ROLES];
    if (!role) {
      throw new UsageError(`--role ${values.role} is none of ${Object.keys(ROLES).join(', ')}.`);
    }
    const input = { username: positionals[0]!, role };
    const user = await inHouse(readConfig(process.env), (house) => changeRole(house, input));
    console.log(`${user.username} has the role ${user.role.toLowerCase()}.`);
    return 0;
  },
};

export const userResetPassword: Command = {
  summary: 'user reset-password NAME     give somebody another password',
  help: `Gives somebody another password, and ends all their sessions: at once where the server has a
REDIS_URL, else within ten seconds.

  npm run parley -- user reset-password NAME [options]

${PASSWORD_HELP}`,
  async run(args) {
    const { values, positionals } = readArguments(args, ['NAME'], PASSWORD_OPTION);
    const { password, isMade } = await choosePassword(values['password-stdin']);
    const input = { username: positionals[0]!, password };
    const user = await inHouse(readConfig(process.env), (house) => replacePassword(house, input));
    console.log(`${user.username} has another password; all their sessions have ended.`);
    if (isMade) console.log(`Password: ${password}`);
    return 0;
  },
};

const activation = (verb: string, isActive: boolean, what: string, done: string): Command => ({
  summary: `user ${`${verb} NAME`.padEnd(23)} ${what}`,
  help: `${what[0]!.toUpperCase()}${what.slice(1)}; an owner's role has to be taken first.

  npm run parley -- user ${verb} NAME`,
  async run(args) {
    const input = { username: readArguments(args, ['NAME'], {}).positionals[0]!, isActive };
    const user = await inHouse(readConfig(process.env), (house) => activate(house, input));
    console.log(`${user.username} ${done}.`);
    return 0;
  },
});

export const userDeactivate = activation(
  'deactivate',
  false,
  'log somebody out, and let them in no more',
  'is logged out, and is let in no more',
);
export const userReactivate = activation(
  'reactivate',
  true,
  'let somebody in again',
  'is let in again',
);

export const userList: Command = {
  summary: 'user list                    print all accounts',
  help: `Prints all accounts in the order of their names: name, role, when they registered, display name,
with tabs between them.

  npm run parley -- user list [--json]

  --json                a JSON object a line instead`,
  async run(args) {
    const { values } = readArguments(args, [], { json: { type: 'boolean' } });
    await inHouse(readConfig(process.env), async (house) => {
      for await (const { id, username, displayName, role, createdAt } of listAccounts(house)) {
        const line = values.json
          ? JSON.stringify({ id, username, displayName, role, createdAt })
          : [username, role.toLowerCase(), createdAt.toISOString(), displayName].join('\t');
        console.log(line);
      }
    });
    return 0;
  },
};

async function choosePassword(
  isGiven: boolean | undefined,
): Promise<{ password: string; isMade: boolean }> {
  if (!isGiven) {
    return { password: randomBytes(PASSWORD_BYTES).toString('base64url'), isMade: true };
  }
  return { password: (await text(process.stdin)).replace(/\r?\n$/, ''), isMade: false };
}
