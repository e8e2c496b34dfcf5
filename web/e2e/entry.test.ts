import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people, PASSWORD } from '../../api/test/people.ts';
import { openBrowser } from './browser.ts';
import { composer, hydrated, shownTexts, visit } from './visitor.ts';

test('the first visitor registers, creates a room with one key press, writes, and finds it after a reload', async () => {
  await using app = await startWholeApp();
  await using browser = await openBrowser({ baseURL: app.url });
  const { page } = browser;

  await page.goto('/');
  await page.getByText('will be its administrator').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Ann');
  await page.getByLabel('Username').fill('ann');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/rooms');

  await page.goto('/rooms/some-new-name');
  await hydrated(page);
  await page.keyboard.press('Enter');
  await composer(page).fill('Hello, is this <b>on</b>?');
  await page.keyboard.press('Enter');
  await expect.poll(() => shownTexts(page)).toEqual(['Hello, is this <b>on</b>?']);

  const html = await (await page.context().request.get('/rooms/some-new-name')).text();
  expect(html).toContain('Hello, is this &lt;b>on&lt;/b>?');
  await page.reload();
  expect(await shownTexts(page)).toEqual(['Hello, is this <b>on</b>?']);
  expect(await page.title()).toBe('#some-new-name · Parley');
});

test('logging in works without JavaScript, and leads back to where one wanted to go', async () => {
  await using app = await startWholeApp();
  await people(app.app);
  await using browser = await openBrowser({ baseURL: app.url, javaScriptEnabled: false });
  const { page } = browser;

  await page.goto('/rooms/garden');
  await page.getByLabel('Username').fill('ann');
  await page.getByLabel('Password').fill('wrong horse battery');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Username or password is not right.').waitFor();

  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/rooms/garden');
  await page.getByRole('heading', { name: 'Garden', level: 1 }).waitFor();
});

test('a page is not fetched again when it comes alive', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const operations: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') operations.push(request.postDataJSON().operationName);
  });
  await page.reload();
  await hydrated(page);
  await page.waitForLoadState('networkidle');
  expect(operations).toEqual([]);
});

test('whoever logs out leaves nothing open', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  // The live connection hears of it before the answer is here.
  await page.route('**/logout', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    await page.waitForTimeout(500);
    await route.fulfill({ response });
  });
  await page.getByRole('button', { name: /^ann/ }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL('**/login');
  expect(await page.getByText('You have been logged out.').count()).toBe(0);
  await page.goto('/rooms/garden');
  await page.waitForURL('**/login?redirectTo=%2Frooms%2Fgarden');
});

test('a session that is revoked elsewhere ends on the page, which says so', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using here = await visit(app, ann, '/rooms/garden');
  await using there = await visit(app, ann, '/settings');
  await there.page.getByRole('button', { name: 'Log out all others' }).click();
  await there.page.getByText(/Logged out in \d+ other places?\./).waitFor();
  await here.page.waitForURL('**/login?redirectTo=%2Frooms%2Fgarden');
  await here.page.getByText('You have been logged out.').waitFor();
});
