/** What is set at one process holds at the others. */
import { Agent, get, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { createDataFolder, launch } from '../test/process.ts';
import { skipWithoutRedis, startRedis } from '../test/redis.ts';
import { SETTINGS_SWEEP_MS } from './settings.ts';

vi.setConfig({ testTimeout: 60_000 });

const SET = `mutation ($name: String) {
  updateServerSettings(input: { name: $name }) { settings { name } }
}`;
const HEARD = { timeout: SETTINGS_SWEEP_MS / 5 };

test('a process hears by Redis of what another one sets, and finds what was lost with Redis', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  const settings = { REDIS_URL: redis.url, LOG_LEVEL: 'silent' };
  await using one = await startApp(settings);
  await using other = await startApp({ ...settings, DATABASE_URL: one.databaseUrl });
  const { root } = await people(one.app);
  const set = (name: string) => run(one.url, SET, { name }, root.token);
  const there = () => other.app.settings.current.name;
  // More often than the sweep comes.
  for (const name of ['The Orchard', 'The Quarry', 'The Mill']) {
    await set(name);
    await expect.poll(there, HEARD).toBe(name);
  }
  await redis.kill();
  await set('The Pond');
  expect(there()).toBe('The Mill');
  await expect.poll(there, { timeout: SETTINGS_SWEEP_MS + 5_000 }).toBe('The Pond');
});

test('a worker hears of what another one sets', async () => {
  await using data = await createDataFolder();
  const server = launch({
    settings: { WORKERS: '2', DATA_DIR: data.path, RATE_LIMITS: 'off' },
  });
  onTestFinished(() => server.kill('SIGKILL', 'group'));
  const url = await server.url;
  const { register } = await run<any>(
    url,
    `mutation { register(input: { username: "root", password: "correct horse", session: TOKEN }) { token } }`,
  );
  const workers = await reachEach(url, 2);
  for (const name of ['The Orchard', 'The Quarry', 'The Mill']) {
    await run(url, SET, { name }, register.token);
    for (const worker of workers) await expect.poll(() => nameAt(url, worker), HEARD).toBe(name);
  }
  server.kill('SIGTERM');
  await server.ended;
});

/** A kept connection to each of the workers. */
async function reachEach(url: string, count: number): Promise<Agent[]> {
  const found = new Map<string, Agent>();
  while (found.size < count) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const metrics = await new Promise<string>((resolve, reject) => {
      get(`${url}/metrics`, { agent }, (response) => text(response).then(resolve, reject));
    });
    const pid = /pid="(\d+)"/.exec(metrics)![1]!;
    if (found.has(pid)) agent.destroy();
    else found.set(pid, agent);
  }
  onTestFinished(() => {
    for (const agent of found.values()) agent.destroy();
  });
  return [...found.values()];
}

function nameAt(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request(`${url}/graphql`, { agent, method: 'POST', headers }, (response) => {
      text(response).then((body) => resolve(JSON.parse(body).data.server.name), reject);
    })
      .on('error', reject)
      .end(JSON.stringify({ query: '{ server { name } }' }));
  });
}
