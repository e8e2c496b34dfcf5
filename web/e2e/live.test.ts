import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { hydrated, say, shownTexts, visit } from './visitor.ts';

test.each([1011, 1012, 1013, 4500])(
  'a server that closes with %i is returned to, and nothing is missed or doubled',
  async (code) => {
    await using app = await startWholeApp();
    const { ann, bob, roomId } = await people(app.app);
    await using browser = await visit(app, ann, '/rooms/garden');
    const { page } = browser;
    const cuts: (() => Promise<void>)[] = [];
    await page.routeWebSocket('**/graphql', (socket) => {
      const server = socket.connectToServer();
      cuts.push(async () => {
        await server.close();
        await socket.close({ code, reason: 'in trouble' });
      });
    });
    await page.reload();
    await hydrated(page);

    const expected: string[] = [];
    for (let round = 1; round <= 3; round++) {
      for (const when of ['connected', 'cut']) {
        const body = `${when} ${round}`;
        await say(app, bob, roomId, body);
        expected.push(body);
        if (when === 'connected') {
          await expect.poll(() => shownTexts(page)).toEqual(expected);
          await cuts.at(-1)?.();
        }
      }
      await expect.poll(() => shownTexts(page), { timeout: 10_000 }).toEqual(expected);
    }
    expect(cuts.length).toBeGreaterThan(3);
  },
);

test('a cursor that the server no longer knows loads the room afresh, and it goes on live', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'one');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  let refused = false;
  await page.routeWebSocket('**/graphql', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const { id, type } = JSON.parse(String(message));
      if (refused || type !== 'subscribe') return server.send(message);
      refused = true;
      const error = { message: 'Load afresh.', extensions: { code: 'RESYNC_REQUIRED' } };
      socket.send(JSON.stringify({ id, type: 'error', payload: [error] }));
    });
  });
  await page.reload();
  await expect.poll(() => refused).toBe(true);
  await say(app, bob, roomId, 'two');
  await expect.poll(() => shownTexts(page)).toEqual(['one', 'two']);
});

test('a room that is renamed or given a topic shows it everywhere at once', async () => {
  await using app = await startWholeApp();
  const { ann, bob } = await people(app.app);
  await using owner = await visit(app, ann, '/rooms/garden');
  await using member = await visit(app, bob, '/rooms/garden');
  await owner.page.getByRole('button', { name: 'Room details' }).click();
  await owner.page.getByRole('button', { name: 'Settings', exact: true }).click();
  const settings = owner.page.getByRole('dialog', { name: 'Room settings' });
  await settings.getByLabel('Name').fill('Orchard');
  await settings.getByLabel('Topic').fill('Apples, mostly');
  await settings.getByRole('button', { name: 'Save' }).click();
  for (const { page } of [owner, member]) {
    await page.getByRole('heading', { name: 'Orchard', level: 1 }).waitFor();
    await page.getByText('Apples, mostly').first().waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Orchard' }).waitFor();
    expect(await page.title()).toBe('#Orchard · Parley');
  }
});
