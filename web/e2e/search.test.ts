import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { collected } from '../../api/test/collected.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { say, visit } from './visitor.ts';

const field = (page: Page) => page.getByRole('combobox', { name: 'Search messages' });
const results = (page: Page) => page.locator('[data-search-result]');

test('what is typed is found, marked, and opened by key; it is remembered here', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'Primroses by the wall');
  await say(app, bob, roomId, 'Tea at five');
  await collected(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;

  await page.keyboard.press('Control+Shift+F');
  await field(page).fill('rose');
  await page.locator('mark').waitFor();
  expect(await page.locator('mark').allTextContents()).toEqual(['rose']);
  await field(page).press('ArrowDown');
  const link = results(page).first();
  await expect
    .poll(() => link.evaluate((element) => element === document.activeElement))
    .toBe(true);
  expect(await link.getAttribute('href')).toMatch(/^\/rooms\/garden\/m\/[\w-]+$/);

  await field(page).fill('nothing of the kind');
  await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
  await field(page).fill('from:bob before:soon');
  await page.getByText('before: takes a day such as 2026-11-21.').waitFor();
  await field(page).fill('tea');
  await page.locator('mark').waitFor();
  await field(page).press('Enter');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.getByRole('button', { name: 'tea', exact: true }).click();
  await page.locator('mark').waitFor();
  await page.keyboard.press('Escape');
  await field(page).waitFor({ state: 'detached' });
});

test('operators are suggested, and taken by key', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'of Bob');
  await say(app, ann, roomId, 'of Ann');
  await collected(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await field(page).pressSequentially('fr');
  await page.getByRole('option', { name: /from:/ }).waitFor();
  await field(page).press('ArrowDown');
  await field(page).press('Tab');
  await field(page).pressSequentially('bo');
  await page.getByRole('option', { name: /from:bob/ }).waitFor();
  await field(page).press('ArrowDown');
  await field(page).press('Enter');
  expect(await field(page).inputValue()).toBe('from:bob ');
  await expect.poll(() => page.locator('.excerpt').allTextContents()).toEqual(['of Bob']);
});

test('what a key has chosen stays chosen when suggestions come late', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const { promise: late, resolve: letThrough } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('"query":"from:bo"')) await late;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await field(page).pressSequentially('from:b');
  await page.getByRole('option', { name: /from:bob/ }).waitFor();
  await field(page).press('o');
  await field(page).press('ArrowDown');
  const answered = page.waitForResponse((response) =>
    Boolean(response.request().postData()?.includes('"query":"from:bo"')),
  );
  letThrough();
  await (await answered).finished();
  await field(page).press('Enter');
  expect(await field(page).inputValue()).toBe('from:bob ');
});

test('more is loaded as its end comes near, each once', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  for (let number = 0; number < 45; number++) await say(app, bob, roomId, `needle ${number}`);
  await collected(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await field(page).fill('needle');
  await results(page).first().waitFor();
  const scroll = page.getByRole('complementary', { name: 'Search' }).locator('.scroll');
  await expect
    .poll(async () => {
      await scroll.evaluate((element) => (element.scrollTop = element.scrollHeight));
      return results(page).count();
    })
    .toBe(45);
  expect(new Set(await page.locator('.excerpt').allTextContents()).size).toBe(45);
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing in the search, %s',
  async (colorScheme) => {
    await using app = await startWholeApp();
    const { ann, bob, roomId } = await people(app.app);
    await say(app, bob, roomId, 'Primroses by the wall');
    await using browser = await visit(app, ann, '/rooms/garden', {
      ...{ colorScheme, reducedMotion: 'reduce', viewport: { width: 375, height: 700 } },
    });
    const { page } = browser;
    const violations = async () =>
      (await new AxeBuilder({ page: page as never }).analyze()).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`,
      );
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await field(page).waitFor();
    expect(await violations()).toEqual([]);
    await field(page).fill('i');
    await page.getByRole('option').first().waitFor();
    expect(await violations()).toEqual([]);
    await field(page).fill('rose');
    await page.locator('mark').waitFor();
    expect(await violations()).toEqual([]);
    // Where it covers the conversation, going back closes it.
    await page.goBack();
    await field(page).waitFor({ state: 'detached' });
  },
);
