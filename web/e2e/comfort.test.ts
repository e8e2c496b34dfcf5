import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { composer, fill, hydrated, said, visit } from './visitor.ts';

test('the key that sends is a preference, and the list of keys names it', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/settings');
  const { page } = browser;
  await page.getByRole('radio', { name: 'Ctrl+Enter sends' }).check();
  await page.goto('/rooms/garden');
  await hydrated(page);
  await composer(page).pressSequentially('one');
  await composer(page).press('Enter');
  await composer(page).pressSequentially('two');
  await composer(page).press('Control+Enter');
  await expect.poll(() => said(app, ann, 'garden')).toEqual(['one\ntwo']);

  await page.getByRole('article').first().focus();
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keyboard' });
  const keysOf = (what: string) =>
    keys
      .locator('dl > div')
      .filter({ has: page.getByText(what, { exact: true }) })
      .locator('kbd')
      .allTextContents();
  expect(await keysOf('Send')).toEqual(['Ctrl', 'Enter']);
  expect(await keysOf('New line')).toEqual(['Enter']);
  expect(await keysOf('Jump to a room, a person or a command')).toEqual(['Ctrl', 'K']);
});

test('the composer stays above a soft keyboard that covers the page', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 20);
  await using browser = await visit(app, ann, '/rooms/garden', {
    viewport: { width: 375, height: 700 },
  });
  const { page } = browser;
  const bottom = () => composer(page).evaluate((field) => field.getBoundingClientRect().bottom);
  const before = await bottom();
  expect(before).toBeGreaterThan(500);
  await cover(page, 300);
  expect(await bottom()).toBe(before - 300);
  await cover(page, 0);
  expect(await bottom()).toBe(before);
});

/** Has the page believe that so many pixels of it are covered, as Safari says it. */
async function cover(page: Page, pixels: number): Promise<void> {
  await page.evaluate((covered) => {
    const view = window.visualViewport!;
    Object.defineProperty(view, 'height', { value: innerHeight - covered, configurable: true });
    view.dispatchEvent(new Event('resize'));
  }, pixels);
}

test('at 200 % everything is within reach', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 5);
  // A window of 1280 by 800.
  await using browser = await visit(app, ann, '/rooms/garden', {
    viewport: { width: 640, height: 400 },
  });
  const { page } = browser;
  const overflows = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
  const isWithin = async (what: ReturnType<Page['locator']>) => {
    const { x, y, width, height } = (await what.boundingBox())!;
    return x >= 0 && y >= 0 && x + width <= 640 && y + height <= 400;
  };
  expect(await isWithin(composer(page))).toBe(true);
  for (const path of ['/home', '/rooms', '/settings', '/rooms/garden']) {
    await page.goto(path);
    await hydrated(page);
    expect([path, await overflows()]).toEqual([path, false]);
  }
  await page.keyboard.press('Control+k');
  const options = page.getByRole('option');
  await options.first().waitFor();
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => isWithin(options.last())).toBe(true);
});

test('whoever wants less motion is shown none, and the browser’s frame has the colour of the theme', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/settings', { reducedMotion: 'reduce' });
  const { page } = browser;
  await page.keyboard.press('Control+k');
  const duration = await page
    .getByRole('dialog')
    .evaluate((dialog) => Number.parseFloat(getComputedStyle(dialog).animationDuration));
  expect(duration).toBeLessThanOrEqual(0.001);
  await page.keyboard.press('Escape');

  const frames = () =>
    page
      .locator('meta[name=theme-color]')
      .evaluateAll((metas) => metas.map((meta) => (meta as HTMLMetaElement).media));
  expect(await frames()).toEqual(['(prefers-color-scheme: light)', '(prefers-color-scheme: dark)']);
  await page.getByRole('radio', { name: 'Dark' }).check();
  await expect.poll(frames).toEqual(['all']);
});
