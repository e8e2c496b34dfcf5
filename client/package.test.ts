/** What is published: the examples of its README and of the API guide, run on the installed package. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startApp } from '../api/test/harness.ts';
import { person } from '../api/test/people.ts';
import { blockBelow, readDocument } from '../scripts/documented.ts';
import type { RoomEventEdge } from './src/client.ts';
import { type Installed, installClient } from './test/installed.ts';
import { startRoom, take } from './test/room.ts';

/** On a machine that has much else to do. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let installed: Installed;
beforeAll(async () => {
  installed = await installClient();
});
afterAll(() => installed[Symbol.asyncDispose]());

/** Runs a script in the folder of the installation. */
function start(script: string, ...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: installed.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output: text(child.stdout), ended: once(child, 'close') };
}

test('the README’s example talks, and ends by itself', async () => {
  await writeFile(
    join(installed.folder, 'hello.js'),
    blockBelow('@parley/client', 'js', readDocument('client/README.md')),
  );
  const { server, ann, roomId, as } = await startRoom();
  await person(server.app, 'zoe');
  const room = as(ann).room(roomId);
  const messages = room.messages({ after: (await room.get()).cursor });
  const { output, ended } = start('hello.js', server.url, 'garden');
  expect((await take(messages, 1))[0]!.node.body).toBe('Hello!');
  await room.send('Welcome!');
  await room.send('Bye!');
  expect(await ended).toEqual([0, null]);
  expect(await output).toBe('zoe: Hello!\nann: Welcome!\nann: Bye!\n');
});

test('the guide’s bot answers each ping once, through its own restart and the server’s', async () => {
  await writeFile(
    join(installed.folder, 'pong.js'),
    blockBelow('With the client', 'js', readDocument('docs/api.md')),
  );
  const { server, ann, roomId, as } = await startRoom();
  const room = as(ann).room(roomId);
  const events = room.events({ after: (await room.get()).cursor });
  const said: string[] = [];
  /** Reads on to an event that `isIt` knows, keeping what the bot has said. */
  async function readTo(isIt: (node: RoomEventEdge['node']) => boolean): Promise<void> {
    for (;;) {
      const [edge] = await take(events, 1);
      const { node } = edge!;
      if (isPong(node)) said.push(node.message.body);
      if (isIt(node)) return;
    }
  }
  const arguments_ = ['pong.js', server.url, 'garden'] as const;

  const { child } = start(...arguments_);
  await readTo(
    ({ __typename, actor }) => __typename === 'MemberJoined' && actor.username === 'pong',
  );
  await room.send('!ping');
  await readTo(isPong);

  child.kill('SIGKILL');
  await room.send('!ping');
  start(...arguments_);
  await readTo(isPong);

  const { port } = new URL(server.url);
  await server.close();
  await using _next = await startApp({ PORT: port, DATABASE_URL: server.databaseUrl });
  await room.send('!ping');
  await readTo(isPong);
  await room.send('!ping');
  await readTo(isPong);
  expect(said).toEqual(['pong, ann', 'pong, ann', 'pong, ann', 'pong, ann']);
});

const isPong = (
  node: RoomEventEdge['node'],
): node is Extract<typeof node, { __typename: 'MessagePosted' }> =>
  node.__typename === 'MessagePosted' && node.actor.username === 'pong';

test('its types hold, and refuse what is wrong', async () => {
  const program = `
    import { createClient, ParleyError, type MessageEdge, type ErrorCode } from '@parley/client';
    const client = createClient({ url: 'http://127.0.0.1' });
    const room = client.room('id');
    for await (const { cursor, node } of room.messages({ after: null })) {
      const body: string = node.body;
      await room.send(body + cursor, { idempotencyKey: node.id });
      // @ts-expect-error A message has no such field.
      console.log(node.text);
    }
    for await (const { node } of room.events()) {
      if (node.__typename === 'RoomRenamed') console.log(node.previousName);
      // @ts-expect-error There is no such kind of event.
      if (node.__typename === 'RoomPainted') console.log(node);
    }
    const edges: MessageEdge[] = (await room.history({ last: 5 })).messages.edges;
    const code: ErrorCode = 'CONFLICT';
    console.log(edges, (await client.me())?.username, new ParleyError(code, '').field);
    // @ts-expect-error Not a kind of session.
    await client.login({ username: 'zoe', password: '', session: 'PAPER' });
    export {};
  `;
  await writeFile(join(installed.folder, 'typed.ts'), program);
  expect(await installed.check('typed.ts')).toBe('');
});
