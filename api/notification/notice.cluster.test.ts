/** Processes and databases that die between a message and its notification. */
import { expect, test, vi } from 'vitest';
import { run } from '../test/client.ts';
import { startDatabase } from '../test/database.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { createDataFolder, launch } from '../test/process.ts';
import { startPushService } from '../test/push-service.ts';
import { isWorthRetrying, send } from '../test/said.ts';
import { addPushSubscription } from './subscription.ts';

vi.setConfig({ testTimeout: 120_000 });

const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { token } }`;
const CREATE = `mutation { createRoom(input: { slug: "garden" }) { room { id } } }`;
const JOIN = `mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { room { id } } }`;
const SUBSCRIBE = `mutation ($input: AddPushSubscriptionInput!) { addPushSubscription(input: $input) { ok } }`;

test('a server that is killed before it has told a browser tells it once it is back, and once', async () => {
  await using data = await createDataFolder();
  await using service = await startPushService();
  const settings = { DATA_DIR: data.path, PUSH_SERVICES: service.origin, RATE_LIMITS: 'off' };
  const first = launch({ settings });
  const url = await first.url;
  const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => register(url, name)));
  const { createRoom } = await run(url, CREATE, {}, ann);
  const roomId = createRoom.room.id;
  await run(url, JOIN, { input: { roomId } }, bob);
  const browser = service.subscribe();
  await run(url, SUBSCRIBE, { input: browser.subscription }, bob);

  // Killed with a request under way, which the service has not taken.
  service.status = null;
  await send({ url, token: ann!, roomId }, '@bob one', 'one');
  await service.asked(1);
  first.kill('SIGKILL');
  await first.ended;

  service.status = 201;
  const second = launch({ settings });
  const again = await second.url;
  expect((await browser.counted(1)).payload).toMatchObject({ text: '@bob one', count: 1 });
  // Killed before it has looked at whom to tell.
  await send({ url: again, token: ann!, roomId }, '@bob two', 'two');
  second.kill('SIGKILL');
  await second.ended;

  const third = launch({ settings });
  await third.url;
  expect((await browser.counted(2)).payload).toMatchObject({ text: '@bob two', count: 2 });
  third.kill('SIGTERM');
  expect(await third.ended).toMatchObject({ code: 0, stderr: '' });
  expect(browser.pushed.length).toBe(2);
});

test('a database that goes away and comes back has its jobs done', async () => {
  await using database = await startDatabase();
  await using service = await startPushService();
  await using server = await startApp({
    DATABASE_URL: database.url,
    PUSH_SERVICES: service.origin,
  });
  const { app, url } = server;
  await app.jobs.start();
  const { ann, bob, roomId } = await people(app);
  const browser = service.subscribe();
  await addPushSubscription(app, bob, browser.subscription);
  const room = { url, token: ann.token, roomId };
  await send(room, '@bob one', 'one');
  await database.stop('SIGKILL');
  await database.start();
  await browser.counted(1);
  await expect
    .poll(() => send(room, '@bob two', 'two').then(() => true, isWorthRetrying))
    .toBe(true);
  await send(room, '@bob two', 'two');
  expect((await browser.counted(2)).payload).toMatchObject({ text: '@bob two' });
});

async function register(url: string, username: string): Promise<string> {
  const input = { username, password: 'correct horse battery', session: 'TOKEN' };
  return (await run(url, REGISTER, { input })).register.token;
}
