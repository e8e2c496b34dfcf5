import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { composer, fill, markAllRead, said, say, shownTexts, viewport, visit } from './visitor.ts';

test('paging upwards does not move what is being read, down to the first message', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 400);
  await markAllRead(app, ann);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;

  const seen = new Set(await shownTexts(page));
  for (let step = 0; step < 200 && !seen.has('message 1'); step++) {
    const moved = await viewport(page).evaluate(async (element) => {
      const items = () => [...element.querySelectorAll<HTMLElement>('[data-key]')];
      const top = () => element.getBoundingClientRect().top;
      element.scrollTop -= 300;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const read = items().find((item) => item.getBoundingClientRect().bottom > top() + 50)!;
      const key = read.dataset.key;
      const before = read.getBoundingClientRect().top;
      // Long enough for a page to arrive above.
      for (let frame = 0; frame < 12; frame++) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      const after = items().find((item) => item.dataset.key === key);
      return after ? Math.abs(after.getBoundingClientRect().top - before) : Infinity;
    });
    expect(moved).toBeLessThanOrEqual(1);
    for (const text of await shownTexts(page)) seen.add(text);
  }
  expect(seen).toEqual(new Set(Array.from({ length: 400 }, (_, index) => `message ${index + 1}`)));
  await page.getByText('This is where the room begins').waitFor();
  expect((await shownTexts(page)).length).toBeLessThanOrEqual(250);
});

test('new messages come into view at the end, and are counted while older ones are read', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 60);
  await markAllRead(app, ann);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;

  await say(app, bob, roomId, 'seen at once');
  await page.getByText('seen at once').waitFor();
  const distance = () =>
    viewport(page).evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop);
  await expect.poll(distance).toBeLessThanOrEqual(1);

  await viewport(page).evaluate((element) => (element.scrollTop -= 600));
  await expect.poll(distance).toBeGreaterThan(500);
  await say(app, bob, roomId, 'below');
  await say(app, bob, roomId, 'further below');
  const button = page.getByRole('button', { name: '2 new' });
  await button.waitFor();
  expect(await distance()).toBeGreaterThan(500);
  await button.click();
  await expect.poll(distance).toBeLessThanOrEqual(1);
  await button.waitFor({ state: 'detached' });
});

test('one’s own message scrolls to the end from wherever one was', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 120);
  await markAllRead(app, ann);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await viewport(page).evaluate((element) => (element.scrollTop = 0));
  await composer(page).fill('mine');
  await composer(page).press('Enter');
  await expect.poll(async () => (await shownTexts(page)).at(-1)).toBe('mine');
  await expect
    .poll(() => viewport(page).evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop))
    .toBeLessThanOrEqual(1);
});

test('going back to a room finds it where it was left', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 120);
  await markAllRead(app, ann);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await viewport(page).evaluate((element) => (element.scrollTop -= 700));
  const topmost = () =>
    viewport(page).evaluate((element) => {
      const { top } = element.getBoundingClientRect();
      const item = [...element.querySelectorAll('[data-key]')].find(
        (candidate) => candidate.getBoundingClientRect().bottom > top,
      );
      return `${item?.querySelector('.text')?.textContent} at ${Math.round(
        (item?.getBoundingClientRect().top ?? 0) - top,
      )}`;
    });
  await page.waitForTimeout(300);
  const left = await topmost();
  await page.getByRole('link', { name: 'Browse rooms' }).click();
  await page.waitForURL('**/rooms');
  await page.goBack();
  await expect.poll(topmost).toBe(left);
});

test('the arrow keys move through messages, and Escape returns to the text field', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 5);
  await markAllRead(app, ann);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const focused = () =>
    page.evaluate(() => document.activeElement?.querySelector('.text')?.textContent);
  await page.locator('[data-key]').last().focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect(await focused()).toBe('message 3');
  await page.keyboard.press('Home');
  expect(await focused()).toBe('message 1');
  await page.keyboard.press('Escape');
  expect(await composer(page).evaluate((field) => field === document.activeElement)).toBe(true);
});

test('on a narrow screen the details cover the room, going back closes them, and the place is kept', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 60);
  await markAllRead(app, ann);
  await using browser = await visit(app, ann, '/rooms/garden', {
    viewport: { width: 375, height: 700 },
  });
  const { page } = browser;
  await viewport(page).evaluate((element) => (element.scrollTop -= 500));
  await page.waitForTimeout(300);
  const scrollTop = () => viewport(page).evaluate((element) => element.scrollTop);
  const before = await scrollTop();
  await page.getByRole('button', { name: 'Room details' }).click();
  const details = page.getByRole('complementary', { name: 'Room details' });
  await details.waitFor();
  await page.goBack();
  await details.waitFor({ state: 'detached' });
  expect(await scrollTop()).toBe(before);
  expect(new URL(page.url()).pathname).toBe('/rooms/garden');
});

test('Alt and the arrow keys go through the joined rooms, and the last one reopens', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.getByRole('button', { name: 'New room' }).click();
  await page.getByLabel('Name').fill('Zoo & Friends');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/rooms/zoo-friends');
  await page.getByRole('link', { name: 'Zoo & Friends' }).waitFor();
  await page.keyboard.press('Alt+ArrowDown');
  await page.waitForURL('**/rooms/garden');
  await page.keyboard.press('Alt+ArrowUp');
  await page.waitForURL('**/rooms/zoo-friends');
  await page.getByText('Say the first word').waitFor();
  await page.goto('/');
  await page.waitForURL('**/rooms/zoo-friends');
});

test('whoever looks into a room without having joined reads it, and joins with one click', async () => {
  await using app = await startWholeApp();
  const { bob, eve, roomId } = await people(app.app);
  await fill(app, bob, roomId, 3);
  await using browser = await visit(app, eve, '/rooms');
  const { page } = browser;
  await page.getByRole('link', { name: 'Garden' }).click();
  await expect.poll(() => shownTexts(page)).toEqual(['message 1', 'message 2', 'message 3']);
  expect(await composer(page).count()).toBe(0);
  await page.getByRole('button', { name: 'Join room' }).click();
  await composer(page).fill('hello');
  await composer(page).press('Enter');
  await expect.poll(() => said(app, eve, 'garden')).toContain('hello');
  await say(app, bob, roomId, 'welcome');
  await expect
    .poll(() => shownTexts(page))
    .toEqual(['message 1', 'message 2', 'message 3', 'hello', 'welcome']);
  await page.getByRole('navigation').getByRole('link', { name: 'Garden' }).waitFor();
});
