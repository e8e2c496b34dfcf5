/** Presence and typing are the same at all processes of a server, and whoever a dead one had is gone. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { encodeNodeId } from '../node-id.ts';
import { bearer, connect, run } from './client.ts';
import { startApp } from './harness.ts';
import { people, type TestPerson } from './people.ts';
import { createDataFolder, launch } from './process.ts';
import { openAcknowledged } from './raw-socket.ts';
import { skipWithoutRedis, startRedis } from './redis.ts';

/** What is promised. */
const DEAD_WITHIN_MS = 10_000;

vi.setConfig({ testTimeout: 60_000 });

const ATTEND = 'subscription { viewerPresence { status } }';
const WATCH = `subscription ($userIds: [ID!]!) {
  presenceChanged(userIds: $userIds) { status lastSeenAt }
}`;
const TYPING = `subscription ($roomId: ID!) { typing(roomId: $roomId) { users { username } } }`;
const SET_TYPING = `mutation ($roomId: ID!, $isTyping: Boolean!) {
  setTyping(input: { roomId: $roomId, isTyping: $isTyping }) { ok }
}`;
const SET_STATUS = `mutation ($status: ChosenStatus!) {
  setStatus(input: { status: $status }) { presence { status } }
}`;
const POST = `mutation ($roomId: ID!) {
  sendMessage(input: { roomId: $roomId, body: "hello", idempotencyKey: "one" }) { cursor }
}`;

test('over Redis both cross from one server to another, also after Redis was away', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  await using one = await startApp({ REDIS_URL: redis.url });
  await using other = await startApp({ REDIS_URL: redis.url, DATABASE_URL: one.databaseUrl });
  const { ann, bob, roomId } = await people(one.app);
  using seen = follow(other.url, ann.token, WATCH, { userIds: [idOf(bob)] });
  expect(await seen.next()).toMatchObject([{ status: 'OFFLINE', lastSeenAt: null }]);
  using device = follow(one.url, bob.token, ATTEND);
  expect(await seen.next()).toMatchObject([{ status: 'ONLINE' }]);
  expect(await device.next()).toEqual({ status: 'ONLINE' });
  // Asked of the one that he is not connected to.
  const chosen = await run(other.url, SET_STATUS, { status: 'DO_NOT_DISTURB' }, bob.token);
  expect(chosen.setStatus.presence.status).toBe('DO_NOT_DISTURB');
  expect(await seen.next()).toMatchObject([{ status: 'DO_NOT_DISTURB' }]);
  expect(await device.next()).toEqual({ status: 'DO_NOT_DISTURB' });

  using typing = follow(other.url, ann.token, TYPING, { roomId });
  expect(await typing.next()).toEqual({ users: [] });
  await expect
    .poll(async () => (await redis.ask('PUBSUB', 'CHANNELS', '*:typing:*')) as string[])
    .toHaveLength(1);
  const say = (isTyping: boolean) => run(one.url, SET_TYPING, { roomId, isTyping }, bob.token);
  await say(true);
  expect(await typing.next()).toEqual({ users: [{ username: 'bob' }] });
  await say(false);
  expect(await typing.next()).toEqual({ users: [] });
  await say(true);
  expect(await typing.next()).toEqual({ users: [{ username: 'bob' }] });
  await run(one.url, POST, { roomId }, bob.token);
  expect(await typing.next()).toEqual({ users: [] });

  await redis.kill();
  await expect.poll(() => other.app.redis!.isConnected).toBe(false);
  expect(await seen.next()).toMatchObject([{ status: 'OFFLINE' }]);
  await redis.start();
  expect(await seen.next()).toMatchObject([{ status: 'DO_NOT_DISTURB' }]);
});

test('whoever was connected to a server that is killed is offline within ten seconds', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  await using one = await startApp({ REDIS_URL: redis.url });
  const { ann, bob } = await people(one.app);
  const mortal = launch({ settings: { REDIS_URL: redis.url, DATABASE_URL: one.databaseUrl } });
  onTestFinished(() => mortal.kill('SIGKILL'));
  // One that does not come back.
  const device = await openAcknowledged(await mortal.url, { params: bearer(bob.token) });
  await device.start('1', ATTEND);
  using seen = follow(one.url, ann.token, WATCH, { userIds: [idOf(bob)] });
  await seen.until(({ status }) => status === 'ONLINE');
  mortal.kill('SIGKILL');
  const killedAt = performance.now();
  const [gone] = await seen.next();
  const tookMs = performance.now() - killedAt;
  console.log(
    `presence: a process was killed, its people were gone ${Math.round(tookMs)} ms later`,
  );
  expect(gone).toMatchObject({ status: 'OFFLINE', lastSeenAt: expect.any(String) });
  expect(tookMs).toBeLessThan(DEAD_WITHIN_MS);
});

test('two workers tell each other, and one that is killed is mourned', async () => {
  await using data = await createDataFolder();
  const server = launch({ settings: { WORKERS: '2', DATA_DIR: data.path, RATE_LIMITS: 'off' } });
  onTestFinished(() => server.kill('SIGKILL', 'group'));
  const url = await server.url;
  const ann = await registerAt(url, 'ann');
  const bob = await registerAt(url, 'bob');
  // One that does not come back.
  const device = await openAcknowledged(url, { params: bearer(bob.token) });
  await device.start('1', ATTEND);
  const worker = await findWorker(url);
  // So many that some are at the other worker.
  const watches = Array.from({ length: 12 }, () =>
    follow(url, ann.token, WATCH, { userIds: [bob.id] }),
  );
  await Promise.all(watches.map((seen) => seen.until(({ status }) => status === 'ONLINE')));
  await run(url, SET_STATUS, { status: 'AWAY' }, bob.token);
  await Promise.all(watches.map((seen) => seen.until(({ status }) => status === 'AWAY')));

  process.kill(worker, 'SIGKILL');
  const killedAt = performance.now();
  await Promise.all(watches.map((seen) => seen.until(({ status }) => status === 'OFFLINE')));
  expect(performance.now() - killedAt).toBeLessThan(DEAD_WITHIN_MS);
  await Promise.all(watches.map(({ close }) => close()));
});

const idOf = ({ user }: TestPerson) => encodeNodeId('User', user.id);

async function registerAt(url: string, username: string): Promise<{ id: string; token: string }> {
  const { register } = await run(
    url,
    `mutation ($username: String!) {
      register(input: { username: $username, password: "correct horse", session: TOKEN }) {
        token
        user { id }
      }
    }`,
    { username },
  );
  return { id: register.user.id, token: register.token };
}

/** The process to which somebody's device is connected. */
async function findWorker(url: string): Promise<number> {
  for (;;) {
    const metrics = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
    const found = /^parley_present_people\{pid="(\d+)"\} 1$/m.exec(await metrics.text());
    if (found) return Number(found[1]);
  }
}

/** A subscription over a socket of its own; `next` gives what its one field has, one after the other. */
function follow(url: string, token: string, query: string, variables: object = {}) {
  const client = connect(url, token);
  const results = client.iterate({ query, variables: { ...variables } });
  const next = async (): Promise<any> => {
    const { value } = await results.next();
    if (value?.errors) throw value.errors;
    return Object.values(value!.data!)[0];
  };
  const close = async () => client.dispose();
  return {
    next,
    /** Goes on to the first that is told of somebody and is so. */
    async until(isMet: (presence: any) => boolean): Promise<void> {
      while (!(await next()).some(isMet));
    },
    close,
    [Symbol.dispose]: () => void close(),
  };
}
