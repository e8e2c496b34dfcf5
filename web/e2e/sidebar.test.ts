import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp, type TestApp } from '../../api/test/harness.ts';
import { people, person, type TestPerson } from '../../api/test/people.ts';
import { composer, hydrated, say, visit } from './visitor.ts';

const listed = (page: Page) => page.locator('a[data-room-link] .name').allTextContents();

async function makeRoom(app: TestApp, { token }: TestPerson, slug: string): Promise<string> {
  const document =
    'mutation($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }';
  return (await run(app.url, document, { input: { slug } }, token)).createRoom.room.id;
}

async function join(app: TestApp, { token }: TestPerson, roomId: string): Promise<void> {
  const document = 'mutation($input: JoinRoomInput!) { joinRoom(input: $input) { room { id } } }';
  await run(app.url, document, { input: { roomId } }, token);
}

test('the list is narrowed to what is unread, mentions first, and folded; both are kept', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const attic = await makeRoom(app, ann, 'attic');
  await join(app, bob, attic);
  await makeRoom(app, ann, 'barn');
  await say(app, bob, attic, 'Hello');
  await say(app, bob, roomId, 'Hello @ann');
  await using browser = await visit(app, ann, '/home');
  const { page } = browser;
  expect(await listed(page)).toEqual(['attic', 'barn', 'Garden']);

  const unread = page.getByRole('button', { name: /^Unread/ });
  await unread.click();
  expect(await unread.getAttribute('aria-pressed')).toBe('true');
  expect(await listed(page)).toEqual(['Garden', 'attic']);
  await page.reload();
  await hydrated(page);
  expect(await listed(page)).toEqual(['Garden', 'attic']);
  await page.keyboard.press('Shift+Escape');
  await page.getByText('You have read everything.').waitFor();
  await page.getByRole('button', { name: 'List all rooms' }).click();
  expect(await listed(page)).toEqual(['attic', 'barn', 'Garden']);

  await page.getByRole('button', { name: 'Rooms', exact: true }).click();
  expect(await listed(page)).toEqual([]);
  await say(app, bob, attic, 'Hello again');
  await expect.poll(() => listed(page)).toEqual(['attic']);
  await page.keyboard.press('Alt+ArrowDown');
  await page.waitForURL('**/rooms/attic');
  expect(await listed(page)).toEqual(['attic']);
});

test('a muting that ends is seen to end', async () => {
  await using app = await startWholeApp();
  const { ann, roomId } = await people(app.app);
  const mutedUntil = new Date(Date.now() + 60 * 60 * 1000);
  const document =
    'mutation($input: SetRoomNotificationsInput!) { setRoomNotifications(input: $input) { __typename } }';
  await run(app.url, document, { input: { roomId, mutedUntil } }, ann.token);
  await using browser = await visit(app, ann, '/home');
  const { page } = browser;
  await page.clock.install();
  await page.reload();
  await hydrated(page);
  const sign = page.getByRole('navigation').getByLabel('Muted');
  await sign.waitFor();
  await page.clock.fastForward('59:00');
  expect(await sign.count()).toBe(1);
  await page.clock.fastForward('01:30');
  await sign.waitFor({ state: 'detached' });
});

test('the members of a room are listed by who is here, and looked for by name', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  for (let number = 0; number < 11; number++) {
    await join(app, await person(app.app, `guest-${number}`), roomId);
  }
  const leave = app.app.presences.enter(bob.user.id, { isIdle: true }, null);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.getByRole('button', { name: 'Room details' }).click();
  const panel = page.getByRole('complementary', { name: 'Room details' });
  const names = () => panel.locator('ul').first().locator('.username').allTextContents();
  await panel.getByRole('heading', { name: 'Here 2', exact: true }).waitFor();
  expect(await names()).toEqual(['@ann', '@bob']);
  await panel.getByRole('heading', { name: 'Not here 11' }).waitFor();
  leave();
  await panel.getByRole('heading', { name: 'Here 1', exact: true }).waitFor();
  await panel.getByRole('searchbox', { name: 'Find a member' }).fill('guest-1');
  await expect.poll(names).toEqual(['@guest-1', '@guest-10']);
  await panel.getByRole('searchbox').fill('nobody');
  await panel.getByText('Nobody’s name begins so.').waitFor();
});

test('the search opens on any page, beside it or over it, and stays from page to page', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'Primroses by the wall');
  await using browser = await visit(app, ann, '/settings', {
    viewport: { width: 1280, height: 800 },
  });
  const { page } = browser;
  const field = page.getByRole('combobox', { name: 'Search messages' });
  for (const path of ['/settings', '/rooms', '/home', '/rooms/not-yet']) {
    await page.goto(path);
    await hydrated(page);
    await page.keyboard.press('Control+Shift+F');
    await field.fill('primroses');
    await page.locator('mark').waitFor();
  }
  await page.locator('[data-search-result]').click();
  await composer(page).waitFor();
  expect(await field.inputValue()).toBe('primroses');
  await field.press('Escape');
  await field.waitFor({ state: 'detached' });

  await page.setViewportSize({ width: 375, height: 700 });
  await page.goto('/home');
  await hydrated(page);
  await page.keyboard.press('Control+Shift+F');
  await field.fill('primroses');
  await page.locator('mark').waitFor();
  await page.goBack();
  await field.waitFor({ state: 'detached' });
  await page.getByRole('navigation').getByRole('link', { name: 'Garden' }).waitFor();
});

test('the app can be installed under the name of its server, and keeps the contrast that was chosen', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/settings');
  const { page } = browser;
  const { request } = page.context();
  const href = await page.locator('link[rel=manifest]').getAttribute('href');
  const manifest = await (await request.get(href!)).json();
  expect(manifest).toMatchObject({ name: 'Parley', start_url: '/', display: 'standalone' });
  const touch = await page.locator('link[rel=apple-touch-icon]').getAttribute('href');
  const pictures = [
    ...manifest.icons.map(({ src }: { src: string }) => src),
    touch,
    '/icons/badge.png',
  ];
  for (const src of pictures) {
    const answer = await request.get(new URL(src, app.url).href);
    expect([src, answer.status(), answer.headers()['content-type']]).toEqual([
      ...[src, 200, src.endsWith('.svg') ? 'image/svg+xml' : 'image/png'],
    ]);
  }
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);

  const hairline = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--hairline'));
  expect(await hairline()).toBe('1px');
  await page.getByRole('radio', { name: 'High contrast' }).check();
  await expect.poll(hairline).toBe('1.5px');
  await page.reload();
  await expect.poll(hairline).toBe('1.5px');
});
