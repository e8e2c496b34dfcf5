import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestSettings } from '../../api/test/harness.ts';
import { readOptions } from './options.ts';
import { replay } from './replay.ts';

/**
 * From #ubuntu of 2004-12-25, in "A Large-Scale Corpus for Conversation Disentanglement",
 * J. K. Kummerfeld et al., ACL 2019, CC BY 4.0; the second part and the refused lines are ours.
 */
const LINES = [
  ['09:15', '|QuaD-', 'will: totem has caused me no troubles'],
  ['09:15', '|QuaD-', 'totem xine'],
  ['09:15', 'crimsun', 'kleedrac: good question.'],
  ['09:15', 'L0sT', null, 'join'],
  ['09:16', 'will', 'xine is very good, with w32codecs'],
  ['09:16', 'will', '   '],
  ['09:17', '`anthony', null, 'join'],
  ['09:17', '|QuaD-', 'kleedrac: is ogg open source?'],
  ['09:18', 'L0sT', null, 'leave'],
  ['09:18', 'L0sT', null, 'leave'],
  ['09:18', 'anthony', 'all Ogg-based codecs are open source'],
  ['09:19', 'will', 'x'.repeat(8_001)],
  ['09:19', 'Will', '<script>alert("שלום")</script>'],
  ['09:20', 'will', 'but post processing with VLC is the way forward'],
].map(([at, nick, text, kind = 'message']) => ({
  ...{ log: '2004-12-25', at: `2004-12-25T${at}:00Z`, kind, nick },
  ...(text !== null && { text }),
}));
const MESSAGES = LINES.filter(({ kind }) => kind === 'message').length;
const REFUSED = 2;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  file = join(folder, 'ubuntu.jsonl');
  await writeFile(file, LINES.map((line) => `${JSON.stringify(line)}\n`).join(''));
});
afterAll(() => rm(folder, { recursive: true }));

async function stage(settings?: TestSettings) {
  const server = await startApp(settings);
  return {
    server,
    async run(...args: string[]) {
      const said: string[] = [];
      const options = readOptions([file, '--room', 'ubuntu', '--url', server.url, ...args])!;
      const equal = await replay(options, (line) => said.push(line));
      return { equal, said: said.join('\n') };
    },
    [Symbol.asyncDispose]: server.close,
  };
}

test('a transcript is played, compared, and what the server does not take is reported', async () => {
  await using theatre = await stage();
  const { equal, said } = await theatre.run();
  expect(equal).toBe(true);
  expect(said).toContain(`Equal: ${MESSAGES - REFUSED} messages of the history, paged forward`);
  expect(said).toContain(`Equal: ${MESSAGES - REFUSED} messages of the history, paged backward`);
  expect(said).toContain('Equal: 16 events of this replay');
  expect(said).toContain('Refused: line 6: The message is empty.');
  expect(said).toContain('Refused: line 12: The message is longer than 8000 characters.');
});

test('an interrupted replay goes on, and a repeated one sends nothing twice', async () => {
  await using theatre = await stage();
  const { prisma } = theatre.server.app.db;
  expect((await theatre.run('--messages', '5')).equal).toBe(true);
  expect((await theatre.run()).equal).toBe(true);
  const events = await prisma.roomEvent.count();
  const again = await theatre.run();
  expect(again.equal).toBe(true);
  expect(again.said).toContain(`${MESSAGES - REFUSED} messages of it are there already`);
  expect(await prisma.message.count()).toBe(MESSAGES - REFUSED);
  expect(await prisma.roomEvent.count()).toBe(events);
});

test('what others write meanwhile is told apart', async () => {
  await using theatre = await stage();
  await theatre.run();
  const { prisma } = theatre.server.app.db;
  const said = await prisma.message.findFirstOrThrow({ where: { body: 'totem xine' } });
  const other = { seq: 1, idempotencyKey: 'of somebody else' };
  await prisma.message.create({ data: { ...said, ...other } });
  const again = await theatre.run();
  expect(again.equal).toBe(true);
  expect(again.said).toContain('(beside 1 message of others)');
});

test.each([
  ['a changed body', { body: 'totem xine!' }],
  ['a changed author', 'author'],
])('the closing check finds %s', async (_, change) => {
  await using theatre = await stage();
  const { prisma } = theatre.server.app.db;
  await theatre.run();
  const crimsun = await prisma.user.findUniqueOrThrow({ where: { usernameKey: 'crimsun' } });
  await prisma.message.updateMany({
    where: { body: 'totem xine' },
    data: typeof change === 'string' ? { authorId: crimsun.id } : change,
  });
  const { equal, said } = await theatre.run();
  expect(equal).toBe(false);
  expect(said).toMatch(/DIFFERENT: the history, paged forward: .* number 2 was QuaD-/);
  expect(said).toMatch(/DIFFERENT: the history, paged backward/);
});

test('the closing check finds a message that was lost and comes late', async () => {
  await using theatre = await stage();
  const { prisma } = theatre.server.app.db;
  await theatre.run();
  const lost = await prisma.message.findFirstOrThrow({ where: { body: 'totem xine' } });
  const { roomId, seq } = lost;
  await prisma.message.delete({ where: { roomId_seq: { roomId, seq } } });
  expect((await theatre.run()).equal).toBe(false);
});

test('a server that takes no accounts, or knows them by another secret, is a clear failure', async () => {
  await using closed = await stage({ REGISTRATION: 'closed' });
  await expect(closed.run()).rejects.toThrow(/refuses to register .* REGISTRATION=open/);
  await using theatre = await stage();
  await theatre.run();
  await expect(theatre.run('--secret', 'another')).rejects.toThrow(/belongs to somebody else/);
});

test('a room that cannot be played into is a clear failure', async () => {
  await using theatre = await stage();
  await theatre.run();
  await theatre.server.app.db.prisma.room.updateMany({ data: { visibility: 'PRIVATE' } });
  await theatre.server.app.db.prisma.membership.deleteMany();
  await expect(theatre.run()).rejects.toThrow(/The room ubuntu cannot be played into: It exists/);
  await expect(theatre.run('--room', 'Not a slug')).rejects.toThrow(/cannot be played into/);
});

test('a server that is not there is a clear failure', async () => {
  await using theatre = await stage();
  await expect(theatre.run('--url', 'http://127.0.0.1:1')).rejects.toThrow(/cannot be reached/);
});
