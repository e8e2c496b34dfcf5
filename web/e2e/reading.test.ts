import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people, type TestPerson } from '../../api/test/people.ts';
import { run } from '../../api/test/client.ts';
import { composer, fill, hydrated, say, viewport, visit } from './visitor.ts';

const roomLink = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('link', { name });
const divider = (page: Page) => page.getByRole('separator', { name: 'New messages' });
/** How many are unread by the sidebar; null where none are. */
const count = async (page: Page, name: string) => {
  const text = await roomLink(page, name).locator('.count').allTextContents();
  return text[0] ? Number.parseInt(text[0], 10) : null;
};

/** Has the page believe that another window has the focus, or that it has it again. */
async function focus(page: Page, hasFocus: boolean): Promise<void> {
  await page.evaluate((has) => {
    document.hasFocus = () => has;
    window.dispatchEvent(new Event(has ? 'focus' : 'blur'));
  }, hasFocus);
}

test('what is unread shows on both screens of a person within a second, and is gone from both once read', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await using one = await visit(app, ann, '/home');
  await using two = await visit(app, ann, '/rooms');
  const screens = [one.page, two.page];

  await say(app, bob, roomId, 'Hello');
  await say(app, bob, roomId, 'Anybody there?');
  for (const page of screens) {
    await expect.poll(() => count(page, 'Garden'), { timeout: 1_000 }).toBe(2);
    expect(await page.title()).toMatch(/^\(2\) /);
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toBe('/favicon-unread.svg');
  }
  await say(app, bob, roomId, '@ann?');
  for (const page of screens) {
    await expect.poll(() => count(page, 'Garden'), { timeout: 1_000 }).toBe(1);
    await roomLink(page, 'Garden').getByText('mentioning you').waitFor();
  }

  await roomLink(one.page, 'Garden').click();
  await divider(one.page).waitFor();
  for (const page of screens) {
    await expect.poll(() => count(page, 'Garden'), { timeout: 1_500 }).toBeNull();
    expect(await page.title()).not.toMatch(/^\(/);
  }
  // It stays until the room is left.
  expect(await divider(one.page).isVisible()).toBe(true);
  await one.page.goto('/home');
  await roomLink(one.page, 'Garden').click();
  await composer(one.page).waitFor();
  expect(await divider(one.page).count()).toBe(0);
});

test('a room is read only while somebody looks, and only as far as they have come', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await focus(page, false);
  await fill(app, bob, roomId, 3);
  await page.getByText('message 3').waitFor();
  await expect.poll(() => count(page, 'Garden')).toBe(3);
  await divider(page).waitFor();
  await say(app, bob, roomId, 'still nobody');
  await expect.poll(() => count(page, 'Garden')).toBe(4);
  await focus(page, true);
  await expect.poll(() => count(page, 'Garden')).toBeNull();

  await page.goto('/home');
  await hydrated(page);
  await fill(app, bob, roomId, 120);
  await expect.poll(() => count(page, 'Garden')).toBe(120);
  await roomLink(page, 'Garden').click();
  await divider(page).waitFor();
  await expect
    .poll(() => page.getByText('message 1', { exact: true }).last().isVisible())
    .toBe(true);
  await expect.poll(() => count(page, 'Garden')).toBeLessThan(120);
  expect(await count(page, 'Garden')).toBeGreaterThan(60);
  for (;;) {
    await viewport(page).evaluate((element) => (element.scrollTop += element.clientHeight));
    if ((await count(page, 'Garden')) === null) break;
  }
  await page.getByText('message 120', { exact: true }).waitFor();
});

test('a message is marked unread with all that follows it, and stays so until the room is opened again', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 3);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await expect.poll(() => count(page, 'Garden')).toBeNull();
  const message = page.getByRole('article').filter({ hasText: 'message 2' });
  await message.focus();
  await message.press('u');
  await expect.poll(() => count(page, 'Garden')).toBe(2);
  expect(await divider(page).isVisible()).toBe(true);
  await say(app, bob, roomId, 'one more');
  await expect.poll(() => count(page, 'Garden')).toBe(3);
  await page.goto('/home');
  await hydrated(page);
  expect(await count(page, 'Garden')).toBe(3);
  await roomLink(page, 'Garden').click();
  await expect.poll(() => count(page, 'Garden')).toBeNull();
});

test('rooms that are joined elsewhere appear, unread ones are reached by keys, and all are marked read', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await using browser = await visit(app, ann, '/home');
  const { page } = browser;
  const make = async ({ token }: TestPerson, slug: string, name: string): Promise<string> => {
    const document =
      'mutation($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }';
    const { createRoom } = await run(app.url, document, { input: { slug, name } }, token);
    return createRoom.room.id;
  };
  const orchardId = await make(bob, 'orchard', 'Orchard');
  await make(ann, 'kitchen', 'Kitchen');
  const join = 'mutation($input: JoinRoomInput!) { joinRoom(input: $input) { room { id } } }';
  await run(app.url, join, { input: { roomId: orchardId } }, ann.token);
  await roomLink(page, 'Orchard').waitFor();
  await say(app, bob, roomId, 'Hello');
  await expect.poll(() => count(page, 'Garden')).toBe(1);
  await page.keyboard.press('Alt+Shift+ArrowDown');
  await page.waitForURL('**/rooms/garden');
  await expect.poll(() => count(page, 'Garden')).toBeNull();
  await page.keyboard.press('Alt+ArrowDown');
  await page.waitForURL('**/rooms/kitchen');
  await say(app, bob, roomId, 'Hello again');
  await expect.poll(() => count(page, 'Garden')).toBe(1);
  await page.keyboard.press('Shift+Escape');
  await expect.poll(() => count(page, 'Garden')).toBeNull();
});

test('a draft is found on the other screen and after a reload, and is gone from both once sent', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using one = await visit(app, ann, '/rooms/garden');
  await using two = await visit(app, ann, '/rooms/garden');
  await composer(one.page).fill('I had almost');
  await expect.poll(() => composer(two.page).inputValue()).toBe('I had almost');
  await composer(two.page).fill('I had almost forgotten');
  await two.page.reload();
  await hydrated(two.page);
  expect(await composer(two.page).inputValue()).toBe('I had almost forgotten');
  await expect.poll(() => composer(one.page).inputValue()).toBe('I had almost forgotten');
  await one.page.goto('/home');
  await roomLink(one.page, 'Garden').getByLabel('Draft').waitFor();
  await composer(two.page).press('Enter');
  await two.page.getByRole('article').getByText('I had almost forgotten').waitFor();
  await roomLink(one.page, 'Garden').getByLabel('Draft').waitFor({ state: 'detached' });
  await one.page.goto('/rooms/garden');
  await hydrated(one.page);
  expect(await composer(one.page).inputValue()).toBe('');
  expect(await composer(two.page).inputValue()).toBe('');
});
