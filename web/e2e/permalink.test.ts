import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import {
  composer,
  fill,
  hydrated,
  message,
  say,
  shownTexts,
  viewport,
  visit,
  markAllRead,
} from './visitor.ts';

test('a link leads to an old message of a long room, and back to where one was', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 40);
  const id = await say(app, bob, roomId, 'the one');
  for (let n = 41; n <= 200; n++) await say(app, bob, roomId, `message ${n}`);
  const path = `/rooms/garden/m/${encodeURIComponent(id)}`;
  await say(app, bob, roomId, 'see above', { replyToId: id });
  await markAllRead(app, ann);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const target = message(page, 'the one').and(page.locator('[aria-current=true]'));
  const isInView = () =>
    target.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top > 50 && bottom < innerHeight - 100;
    });

  await page.getByRole('link', { name: 'In reply to bob the one' }).click();
  await page.waitForURL(`**${path}`);
  await expect.poll(isInView).toBe(true);
  const shown = await shownTexts(page);
  expect(shown).toContain('message 40');
  expect(shown).not.toContain('message 200');
  await page.goBack();
  await page.getByText('see above').waitFor();
  await expect
    .poll(() => viewport(page).evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop))
    .toBeLessThanOrEqual(1);

  // Opened by itself it is rendered by the server, and goes on in both directions.
  const html = await (await page.context().request.get(path)).text();
  expect(html).toContain('the one');
  await page.goto(path);
  await hydrated(page);
  await expect.poll(isInView).toBe(true);
  await say(app, bob, roomId, 'just now');
  await page.getByRole('button', { name: '1 new' }).click();
  await page.getByText('just now').waitFor();
  expect(new URL(page.url()).pathname).toBe('/rooms/garden');
});

test('going back finds the place that was read, also when it is not held any more', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const first = await say(app, bob, roomId, 'the first');
  await fill(app, bob, roomId, 200);
  await say(app, bob, roomId, 'about it', { replyToId: first });
  for (let n = 201; n <= 240; n++) await say(app, bob, roomId, `message ${n}`);
  await markAllRead(app, ann);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const quote = page.getByRole('link', { name: 'In reply to bob the first' });
  await quote.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  const top = () => quote.evaluate((element) => Math.round(element.getBoundingClientRect().top));
  await expect
    .poll(() => page.getByRole('button', { name: 'To the latest messages' }).count())
    .toBe(1);
  const before = await top();
  await quote.click();
  await message(page, 'the first').and(page.locator('[aria-current=true]')).waitFor();
  expect(await quote.count()).toBe(0);
  await page.goBack();
  await quote.waitFor();
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThanOrEqual(1);
});

test('the link of a reply opens its thread', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const threadId = await say(app, bob, roomId, 'Lunch?');
  const id = await say(app, bob, roomId, 'At one', { threadId });
  await using browser = await visit(app, ann, `/rooms/garden/m/${encodeURIComponent(id)}`);
  const { page } = browser;
  const reply = page.getByRole('log', { name: 'Replies' }).locator('[aria-current=true]');
  await expect.poll(() => reply.locator('.text').textContent()).toBe('At one');
  await page.getByRole('button', { name: 'Close thread' }).click();
  await page.waitForURL('**/rooms/garden');
  expect(await shownTexts(page)).toEqual(['Lunch?']);
});

test('copying a link gives an address that others can open', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'hello');
  await using browser = await visit(app, ann, '/rooms/garden', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = browser;
  await message(page, 'hello').focus();
  await page.keyboard.press('l');
  await page.getByText('Link copied.').waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).origin).toBe(app.url);
  await page.goto(link);
  await message(page, 'hello').and(page.locator('[aria-current=true]')).waitFor();
  await composer(page).waitFor();
});

test('the link of what one may not see is as good as none', async () => {
  await using app = await startWholeApp();
  const { ann, bob } = await people(app.app);
  const { createRoom } = await run(
    app.url,
    'mutation($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }',
    { input: { slug: 'shed', visibility: 'PRIVATE' } },
    bob.token,
  );
  const secret = await say(app, bob, createRoom.room.id, 'secret');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  for (const id of [secret, 'nothing']) {
    const answer = await page.goto(`/rooms/garden/m/${encodeURIComponent(id)}`);
    expect(answer?.status()).toBe(404);
    await page.getByText('There is nothing here').waitFor();
    expect(await page.getByText('secret').count()).toBe(0);
  }
});
