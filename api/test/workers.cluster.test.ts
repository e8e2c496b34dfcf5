/** Several workers on one machine are one server, whichever of them dies. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bearer, run } from './client.ts';
import { createDataFolder, type DataFolder, launch } from './process.ts';
import { openAcknowledged, type RawSocket } from './raw-socket.ts';
import {
  compare,
  isWorthRetrying,
  NOTHING_WRONG,
  readCursor,
  readForwards,
  type Said,
  send,
} from './said.ts';
import { type Watch, watchEvents, watchSocket } from './watch.ts';

const BETWEEN = 50;

vi.setConfig({ testTimeout: 120_000 });

test('two workers serve one port; a message, a log-out and a limit count for both', async () => {
  await using data = await createDataFolder();
  const server = startWorkers(data, { RATE_LIMITS: 'on' });
  const url = await server.url;
  expect(server.workers()).toHaveLength(2);
  const { ann, room } = await furnish(url);
  const sockets = await followOnEach(server, room);
  const next = sockets.map((socket) => socket.next());
  const sent = await send(room, 'hello', 'hello');
  for (const frame of await Promise.all(next)) {
    expect(frame?.payload?.data?.messageAdded?.node).toEqual({ seq: sent.seq, body: 'hello' });
  }

  // Each on a connection of its own, which either worker may take.
  const codes = [];
  for (let attempt = 0; attempt < 11; attempt++) codes.push(await codeOfLogIn(url));
  expect(codes).toEqual([...Array(10).fill('INVALID_INPUT'), 'RATE_LIMITED']);

  await run(url, 'mutation { logout { ok } }', {}, ann);
  expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual(sockets.map(() => 4401));

  server.kill('SIGTERM');
  expect(await server.ended).toMatchObject({
    code: 0,
    stdout: `Parley is ready at ${url}\n`,
    stderr: '',
  });
  await expect.poll(data.databaseProcesses).toEqual([]);
  expect(server.workers()).toEqual([]);
});

test('workers that are killed are replaced, and nothing is lost', async () => {
  await using data = await createDataFolder();
  const server = startWorkers(data, { LOG_LEVEL: 'silent' });
  const url = await server.url;
  const { room } = await furnish(url);
  const { readers, writers, stop } = await talk(room);

  for (let kill = 1; kill <= 6; kill++) {
    await readers[0]!.counted(kill * BETWEEN);
    const before = server.workers();
    // One in three times all of them at once.
    const killed = before.slice(0, kill % 3 === 0 ? 2 : 1);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await expect
      .poll(() => server.workers().filter((pid) => !killed.includes(pid)).length, {
        timeout: 20_000,
      })
      .toBe(2);
    await expect.poll(() => isReady(url), { timeout: 20_000 }).toBe(true);
  }
  await expectAllSeen(room, { readers, writers, stop });

  server.kill('SIGINT', 'group');
  expect(await server.ended).toMatchObject({ code: 0 });
  await expect.poll(data.databaseProcesses).toEqual([]);
});

test('SIGHUP replaces one worker after the other while people talk', async () => {
  await using data = await createDataFolder();
  const server = startWorkers(data);
  const url = await server.url;
  const { room } = await furnish(url);
  const { readers, writers, stop } = await talk(room);
  let failures = 0;
  let isOver = false;
  const asking = (async () => {
    while (!isOver) if (!(await isReady(url))) failures++;
  })();

  for (let restart = 1; restart <= 2; restart++) {
    await readers[0]!.counted(restart * BETWEEN);
    const before = server.workers();
    server.kill('SIGHUP');
    await expect
      .poll(() => server.workers().filter((pid) => before.includes(pid)), { timeout: 30_000 })
      .toEqual([]);
    expect(server.workers()).toHaveLength(2);
  }
  isOver = true;
  await asking;
  await expectAllSeen(room, { readers, writers, stop });
  // Sockets were closed for the restart, and by ourselves at the end.
  expect(new Set(readers.slice(0, 2).flatMap(({ closes }) => closes))).toContain(1012);
  console.log(`workers: 2 restarts, ${failures} requests of /readyz failed`);
  expect(failures).toBe(0);

  server.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
  await expect.poll(data.databaseProcesses).toEqual([]);
});

test('what keeps the first worker from starting is told in one line, with code 1', async () => {
  const settings = { WORKERS: '2', DATABASE_URL: 'postgresql://parley@127.0.0.1:1/parley' };
  const { code, stdout, stderr } = await launch({ settings }).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^The database at 127\.0\.0\.1:1\/parley.*correct DATABASE_URL\.\n$/);
});

const MESSAGE_ADDED = `subscription ($roomId: ID!, $after: String) {
  messageAdded(roomId: $roomId, after: $after) { node { seq body } }
}`;

/** Two workers, which do not outlive the test. */
function startWorkers(data: DataFolder, settings: Record<string, string> = {}) {
  const server = launch({
    settings: { WORKERS: '2', DATA_DIR: data.path, RATE_LIMITS: 'off', ...settings },
  });
  onTestFinished(() => server.kill('SIGKILL', 'group'));
  return { ...server, workers: () => childrenOf(server.child.pid!) };
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, ppid] = status.slice(status.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return Number(ppid) === parent && state !== 'Z' && command.includes('main.ts');
      } catch {
        return false;
      }
    });
}

/** Somebody with a room. */
async function furnish(url: string): Promise<{ ann: string; room: Said }> {
  const { register } = await run(
    url,
    `mutation { register(input: { username: "ann", password: "correct horse", session: TOKEN }) { token } }`,
  );
  const ann: string = register.token;
  const { createRoom } = await run(
    url,
    'mutation { createRoom(input: { slug: "garden" }) { room { id } } }',
    {},
    ann,
  );
  return { ann, room: { url, token: ann, roomId: createRoom.room.id } };
}

/** Sockets that follow the room, so many that each worker has one. */
async function followOnEach(server: { workers(): number[] }, room: Said): Promise<RawSocket[]> {
  const { url, token, roomId } = room;
  const variables = { roomId, after: await readCursor(room) };
  const sockets: RawSocket[] = [];
  const serving = new Set<number>();
  while (serving.size < server.workers().length) {
    const socket = await openAcknowledged(url, { params: bearer(token) });
    sockets.push(socket);
    socket.send({ type: 'subscribe', id: '1', payload: { query: MESSAGE_ADDED, variables } });
    // The worker that answers tells of itself only.
    for (let asked = 0; asked < 10; asked++) {
      const metrics = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
      const found = /^parley_shared_subscriptions\{pid="(\d+)"\} [1-9]/m.exec(await metrics.text());
      if (found) serving.add(Number(found[1]));
    }
  }
  expect([...serving].sort()).toEqual(server.workers().sort());
  return sockets;
}

/** Two writers, and readers of all kinds on both workers. */
async function talk(room: Said) {
  const after = await readCursor(room);
  const readers = [
    watchSocket({ ...room, after }),
    watchSocket({ ...room, after }),
    // Each is answered alone.
    watchSocket({ ...room, after, more: 'room { viewerCan { post } }' }),
    watchEvents({ ...room, after }),
    watchEvents({ ...room, after }),
  ];
  let isOver = false;
  const write = async (writer: string) => {
    for (let number = 0; !isOver; number++) {
      const key = `${writer}.${number}`;
      for (;;) {
        try {
          await send(room, key, key);
          break;
        } catch (error) {
          if (!isWorthRetrying(error)) throw error;
          await sleep(5);
        }
      }
    }
  };
  return { readers, writers: [write('one'), write('two')], stop: () => (isOver = true) };
}

async function expectAllSeen(
  room: Said,
  { readers, writers, stop }: { readers: Watch[]; writers: Promise<void>[]; stop: () => void },
): Promise<void> {
  stop();
  await Promise.all(writers);
  const said = await readForwards(room);
  await Promise.all(readers.map(({ reached }) => reached(said.at(-1)!.seq)));
  for (const reader of readers) reader.close();
  const wrong = readers.map(({ lines }) => compare(lines, said));
  console.log(`workers: ${said.length} messages, ${JSON.stringify(wrong)}`);
  expect(wrong).toEqual(readers.map(() => NOTHING_WRONG));
}

async function isReady(url: string): Promise<boolean> {
  // Without keep-alive: each is a connection of its own.
  const answer = await fetch(`${url}/readyz`, { headers: { connection: 'close' } });
  return answer.status === 200;
}

async function codeOfLogIn(url: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({
      query: `mutation { login(input: { username: "ann", password: "not this one" }) { token } }`,
    }),
  });
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  return errors[0]!.extensions.code;
}
