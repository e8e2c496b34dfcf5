import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { collected } from '../../api/test/collected.ts';
import { startWholeApp, type TestApp } from '../../api/test/harness.ts';
import { people, type TestPerson } from '../../api/test/people.ts';
import { composer, say, visit } from './visitor.ts';

const field = (page: Page) => page.getByRole('combobox', { name: 'Jump to or search' });
const options = (page: Page) => page.getByRole('listbox').getByRole('option');
const titles = (page: Page) => options(page).locator('.title').allTextContents();

async function makeRoom(app: TestApp, { token }: TestPerson, slug: string, name: string) {
  const document =
    'mutation($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }';
  await run(app.url, document, { input: { slug, name } }, token);
}

test('Ctrl+K leads to rooms by any of their words, joined or not, by keys alone', async () => {
  await using app = await startWholeApp();
  const { ann, bob } = await people(app.app);
  await makeRoom(app, ann, 'kitchen-garden', 'Kitchen garden');
  await makeRoom(app, bob, 'orchard', 'Orchard');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await composer(page).waitFor();
  await page.keyboard.press('Control+k');
  await field(page).pressSequentially('kg');
  await expect.poll(() => titles(page)).toEqual(['Kitchen garden', 'Search messages for “kg”']);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/rooms/kitchen-garden');
  await field(page).waitFor({ state: 'detached' });

  // Enter alone goes back to the room before.
  await page.keyboard.press('Control+k');
  await expect.poll(async () => (await titles(page))[0]).toBe('Garden');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/rooms/garden');

  await page.keyboard.press('Control+k');
  await field(page).pressSequentially('orch');
  await options(page).filter({ hasText: 'Not joined' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Join/ }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/rooms/orchard');

  await page.keyboard.press('Control+k');
  await field(page).press('ArrowUp');
  await expect.poll(() => options(page).last().getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Escape');
  await field(page).waitFor({ state: 'detached' });
});

test('rooms in which somebody is mentioned come first, then unread ones, then those that are used', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  for (const slug of ['attic', 'barn', 'cellar']) await makeRoom(app, ann, slug, slug);
  await using browser = await visit(app, ann, '/rooms/cellar');
  const { page } = browser;
  await page.getByRole('navigation').getByRole('link', { name: 'Browse rooms' }).click();
  await page.waitForURL('**/rooms');
  const rooms = async () => (await titles(page)).slice(0, 4);
  await page.keyboard.press('Control+k');
  await expect.poll(rooms).toEqual(['cellar', 'attic', 'barn', 'Garden']);
  await say(app, bob, roomId, 'Good morning @ann');
  await expect.poll(rooms).toEqual(['Garden', 'cellar', 'attic', 'barn']);
  await options(page).filter({ hasText: 'Garden' }).getByText('mentioning you').waitFor();
});

test('commands are done from anywhere, and words that are typed can be searched for', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'Primroses by the wall');
  await using browser = await visit(app, ann, '/settings');
  const { page } = browser;
  const type = async (text: string) => {
    await field(page).waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await field(page).fill(text);
  };
  await type('dark');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
  await type('mark all');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').locator('.count').first().waitFor({ state: 'detached' });
  await type('do not');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^ann Do not disturb/ }).waitFor();

  await collected(app.app);
  await type('primroses');
  await options(page).filter({ hasText: 'Search messages for “primroses”' }).click();
  await page.locator('mark').waitFor();
  expect(new URL(page.url()).pathname).toBe('/settings');
  await type('bob');
  await options(page).filter({ hasText: 'Messages from @bob' }).click();
  await expect
    .poll(() => page.locator('.excerpt').allTextContents())
    .toEqual(['Primroses by the wall']);

  await type('new room');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'New room' }).waitFor();
  await page.keyboard.press('Escape');
  await type('log out');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/login');
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing in the palette, %s',
  async (colorScheme) => {
    await using app = await startWholeApp();
    const { ann, bob, roomId } = await people(app.app);
    await say(app, bob, roomId, 'Good morning @ann');
    await using browser = await visit(app, ann, '/home', {
      ...{ colorScheme, reducedMotion: 'reduce', viewport: { width: 375, height: 700 } },
    });
    const { page } = browser;
    await page.getByRole('button', { name: 'Jump to or search' }).click();
    const violations = async () =>
      (await new AxeBuilder({ page: page as never }).analyze()).violations.map(({ id }) => id);
    await options(page).first().waitFor();
    expect(await violations()).toEqual([]);
    await field(page).fill('b');
    await options(page).filter({ hasText: 'Messages from @bob' }).waitFor();
    expect(await violations()).toEqual([]);
  },
);
