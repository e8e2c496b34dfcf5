/** What the README and the other documents say, held to what is there. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { run } from '../api/test/client.ts';
import { DEFAULTS, readConfig } from '../api/config.ts';
import { startApp } from '../api/test/harness.ts';
import { person } from '../api/test/people.ts';
import { blockBelow, readDocument, root } from './documented.ts';
import { settingNames } from './settings.ts';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/api.md',
  'docs/architecture.md',
  'docs/export.md',
  'docs/operations.md',
  'client/README.md',
];

/** Name and default of each row; null where it has none. */
function settingsTable(): [name: string, otherwise: string | null][] {
  const rows = readDocument('README.md').matchAll(/^\| `([A-Z_]+)` +\| (?:`([^`]+)`|none) +\|/gm);
  return [...rows].map(([, name, otherwise]) => [name!, otherwise ?? null]);
}

test('the table of settings has those that the server reads, each once', () => {
  const names = settingsTable().map(([name]) => name);
  expect(names.toSorted()).toEqual(settingNames());
});

test('each default in the table is what the server takes without the setting', () => {
  // A variable that says the default fixes it, and that is all that it changes.
  const take = (env: Record<string, string>) => {
    const { fixed, ...config } = readConfig(env);
    return { ...config, ...DEFAULTS, ...fixed };
  };
  const defaults = take({});
  for (const [name, otherwise] of settingsTable()) {
    if (otherwise !== null) {
      expect(take({ [name]: otherwise }), name).toEqual(defaults);
      // And it is not just any value: another one makes a difference.
      expect(take({ [name]: OTHER_VALUES[name]! }), name).not.toEqual(defaults);
    } else {
      const key = name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
      const value = defaults[key as keyof typeof defaults] ?? null;
      expect(Array.isArray(value) && value.length === 0 ? null : value, name).toBeNull();
    }
  }
});

const OTHER_VALUES: Record<string, string> = {
  PORT: '1',
  HOST: '::1',
  DATA_DIR: '/elsewhere',
  SERVER_NAME: 'Elsewhere',
  REGISTRATION: 'closed',
  RATE_LIMITS: 'off',
  LOG_LEVEL: 'silent',
  PROXIES: '1',
  WORKERS: '2',
  MAX_UPLOAD_BYTES: '1',
  MAX_FILES_PER_MESSAGE: '1',
  UPLOAD_TYPES: 'image/*',
  UPLOAD_RESERVE_BYTES: '0',
};

test.each(DOCUMENTS)('%s names npm scripts and files that exist', (path) => {
  const document = readDocument(path);
  const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: object };
  const named = [...document.matchAll(/npm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)];
  for (const [, script, short] of named) expect(scripts).toHaveProperty([script ?? short!]);
  for (const [, link] of document.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
    expect(existsSync(join(root, dirname(path), link!)), link).toBe(true);
  }
});

test('the first session runs as it is written, and stays open for what is said next', async ({
  skip,
}) => {
  const lacksCurl = spawnSync('curl', ['--version']).error !== undefined;
  skip(lacksCurl && !process.env['CI'], 'curl is not installed');
  await using server = await startApp();
  const script = blockBelow('A first session', 'sh', readDocument('README.md'));
  const shell = spawn('bash', ['-eu'], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  // Unset in the reader's shell as well.
  shell.stdin.end(`TOKEN=\n${script.replaceAll('http://127.0.0.1:4000', server.url)}`);
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const next = async (prefix: string): Promise<any> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`The session ended before ${prefix}.`);
      if (value.startsWith(prefix)) return JSON.parse(value.slice(prefix.length)).data;
    }
  };
  try {
    expect((await next('')).sendMessage.message.seq).toBe(2);
    expect((await next('')).room.messages.edges).toMatchObject([
      { node: { seq: 2, body: 'The beans are up.', author: { username: 'ann' } } },
    ]);
    expect((await next('data: ')).messageAdded.node.body).toBe('The beans are up.');

    const bob = await person(server.app, 'bob');
    const { room } = await run(server.url, '{ room(slug: "garden") { id } }', {}, bob.token);
    const input = { roomId: room.id };
    const join = 'mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { room { id } } }';
    const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { cursor } }';
    await run(server.url, join, { input }, bob.token);
    const message = { ...input, body: 'So are the weeds.', idempotencyKey: '1' };
    await run(server.url, send, { input: message }, bob.token);
    expect((await next('data: ')).messageAdded.node.body).toBe('So are the weeds.');
  } finally {
    process.kill(-shell.pid!, 'SIGKILL');
  }
});
