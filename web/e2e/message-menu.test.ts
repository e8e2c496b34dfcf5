import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { markAllRead, message, say, visit } from './visitor.ts';

test('a long press opens all that can be done with a message, and the keyboard walks through it', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'press me');
  await say(app, ann, roomId, 'mine');
  await say(app, ann, roomId, '#garden');
  await markAllRead(app, ann);
  await using phone = await visit(app, ann, '/rooms/garden', {
    hasTouch: true,
    isMobile: true,
    viewport: { width: 375, height: 800 },
  });
  const { page } = phone;
  await page.evaluate(() => (navigator.vibrate = () => ((window as any).vibrated = true)));
  const items = () => page.getByRole('menuitem').locator('span').allTextContents();
  const hold = async (text: string) => {
    const box = (await message(page, text).boundingBox())!;
    const touch = await page.context().newCDPSession(page);
    const touchPoints = [{ x: box.x + 80, y: box.y + box.height / 2 }];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    // Held for as long as it takes the page to notice.
    await page.waitForFunction(() => (window as any).vibrated);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.getByRole('menuitem').first().waitFor();
    await page.evaluate(() => ((window as any).vibrated = false));
  };
  await hold('press me');
  expect(await items()).toEqual([
    ...['React', 'Reply', 'Open thread', 'Pin to room', 'Mark unread from here', 'View profile'],
    ...['Copy link', 'Copy text', 'Delete', 'Report…', 'Remove author…', 'Ban author…'],
  ]);
  await page.getByRole('menuitem', { name: 'Mark unread from here' }).tap();
  await page.getByRole('separator', { name: 'New messages' }).waitFor();
  await hold('mine');
  expect(await items()).toContain('Edit');
  await page.keyboard.press('End');
  await page.getByRole('menuitem', { name: 'Delete' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.getByRole('menuitem', { name: 'Copy text' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menuitem').first().waitFor({ state: 'detached' });

  // A short tap opens nothing, and a link that was held leads nowhere.
  await message(page, 'mine').tap();
  expect(await page.getByRole('menuitem').count()).toBe(0);
  await hold('#garden');
  await page.keyboard.press('Escape');
});
