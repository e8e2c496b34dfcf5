/** The example of `docs/api.md`, run as it stands there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, run } from '../api/test/client.ts';
import { startApp } from '../api/test/harness.ts';
import { people } from '../api/test/people.ts';
import { renewEpoch } from './new-epoch.ts';
import { blockBelow, readDocument, root } from './documented.ts';

const EVENTS = `subscription ($roomId: ID!, $after: String) {
  roomEvents(roomId: $roomId, after: $after) {
    cursor
    node {
      ... on MemberJoined { joined: actor { username } }
      ... on MessagePosted { message { body author { username } } }
    }
  }
}`;
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { cursor } }`;

let folder: string;
let bot: ChildProcess;
beforeEach(async () => {
  // Below the project, where the example finds its packages.
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache', 'api-guide-'));
  const example = blockBelow('A complete example', 'js', readDocument('docs/api.md'));
  await writeFile(join(folder, 'pong.js'), example);
});
afterEach(async () => {
  bot.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function startBot(url: string): void {
  bot = spawn(process.execPath, ['pong.js', url, 'garden'], { cwd: folder, stdio: 'inherit' });
}

test('the bot answers each ping once, through its own restart, the server’s, and another history', async () => {
  await using first = await startApp();
  const { url, databaseUrl } = first;
  const { ann, roomId } = await people(first.app);
  const { room } = await run<any>(url, '{ room(slug: "garden") { cursor } }', {}, ann.token);
  const client = connect(url, ann.token);
  const variables = { roomId, after: room.cursor };
  const said: string[] = [];

  /** Reads on to what `isIt` knows, keeping what the bot has said. */
  async function readTo(isIt: (node: any) => boolean): Promise<void> {
    for await (const { data } of client.iterate<any>({ query: EVENTS, variables })) {
      const { cursor, node } = data.roomEvents;
      variables.after = cursor;
      if (node.message?.author.username === 'pong') said.push(node.message.body);
      if (isIt(node)) return;
    }
  }
  const ping = (idempotencyKey: string) =>
    run(url, SEND, { input: { roomId, body: '!ping', idempotencyKey } }, ann.token);
  const isPong = ({ message }: any) => message?.author.username === 'pong';

  startBot(url);
  await readTo(({ joined }) => joined?.username === 'pong');
  await ping('1');
  await readTo(isPong);

  bot.kill('SIGKILL');
  await ping('2');
  startBot(url);
  await readTo(isPong);

  await first.close();
  await using second = await startApp({ PORT: new URL(url).port, DATABASE_URL: databaseUrl });
  await ping('3');
  await readTo(isPong);
  await ping('4');
  await readTo(isPong);
  expect(second.url).toBe(url);

  const { epoch } = second.app.db;
  await renewEpoch({ connectionString: databaseUrl });
  await expect.poll(() => second.app.db.epoch, { timeout: 10_000 }).not.toBe(epoch);
  // The bot alone follows, afresh.
  await expect.poll(() => second.app.feeds.followers, { timeout: 10_000 }).toBe(1);
  variables.after = (
    await run<any>(url, '{ room(slug: "garden") { cursor } }', {}, ann.token)
  ).room.cursor;
  await ping('5');
  await readTo(isPong);
  expect(said).toEqual(Array(5).fill('pong, ann'));
  await client.dispose();
});
