import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { say, visit } from './visitor.ts';

test('GraphiQL opens with an example, knows who is logged in, and subscribes over WebSocket', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const sockets: string[] = [];
  const outside: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(app.url)) {
      outside.push(request.url());
    }
  });

  await page.goto('/graphql');
  await page.getByText("Welcome to Parley's API").waitFor({ timeout: 30_000 });

  const runQuery = async (query: string) => {
    await page.goto(`/graphql?query=${encodeURIComponent(query)}`);
    await page.getByRole('button', { name: /execute query/i }).click({ timeout: 30_000 });
  };
  // The editor shows spaces as no-break spaces.
  const result = async () =>
    (await page.locator('.result-window').first().textContent())?.replaceAll('\u{A0}', ' ');

  await runQuery('{ me { username } }');
  await expect.poll(result, { timeout: 20_000 }).toContain('ann');

  await runQuery(`subscription { messageAdded(roomId: "${roomId}") { node { body } } }`);
  await expect.poll(() => sockets.length, { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(() => app.app.feeds.followers, { timeout: 20_000 }).toBe(1);
  await say(app, bob, roomId, 'seen in GraphiQL');
  await expect.poll(result, { timeout: 20_000 }).toContain('seen in GraphiQL');
  expect(outside).toEqual([]);
});
