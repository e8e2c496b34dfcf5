import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import {
  change,
  choose,
  composer,
  fill,
  message,
  say,
  shownTexts,
  visit,
  markAllRead,
} from './visitor.ts';

test('an answer quotes what it answers, follows its changes, and leads back to it', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const question = await say(app, bob, roomId, 'Who has the key?');
  await fill(app, bob, roomId, 30);
  await markAllRead(app, ann);
  await using anns = await visit(app, ann, '/rooms/garden');
  await using bobs = await visit(app, bob, '/rooms/garden');
  const { page } = anns;

  await page.locator('.viewport').evaluate((element) => (element.scrollTop = 0));
  await message(page, 'Who has the key?').focus();
  await page.keyboard.press('r');
  await page.getByText('Replying to bob').waitFor();
  await page.keyboard.press('Escape');
  expect(await page.getByText('Replying to bob').count()).toBe(0);

  await choose(page, 'Who has the key?', 'Reply');
  await page.keyboard.type('I do');
  await page.keyboard.press('Enter');
  const quote = (text: string) =>
    message(bobs.page, 'I do').getByRole('link', { name: `In reply to bob ${text}` });
  await quote('Who has the key?').waitFor();
  await change(app, bob, 'editMessage', { messageId: question, body: 'Who has my key?' });
  await quote('Who has my key?').click();
  await expect
    .poll(() =>
      bobs.page.evaluate(() => document.activeElement?.querySelector('.text')?.textContent),
    )
    .toBe('Who has my key?');
  expect(new URL(bobs.page.url()).pathname).toBe('/rooms/garden');
  await change(app, bob, 'deleteMessage', { messageId: question });
  await quote('This message was deleted.').waitFor();
});

test('two people talk in a thread, and the room shows how many replies it has and from whom', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'Lunch?');
  await using anns = await visit(app, ann, '/rooms/garden');
  await using bobs = await visit(app, bob, '/rooms/garden');
  const field = (page: typeof anns.page) =>
    page.getByRole('textbox', { name: 'Reply in the thread' });
  const replies = (page: typeof anns.page) =>
    page.getByRole('log', { name: 'Replies' }).locator('.text').allTextContents();
  const inRoom = (page: typeof anns.page) =>
    page.getByRole('log', { name: 'Messages in Garden' }).locator('.text').allTextContents();

  await message(anns.page, 'Lunch?').focus();
  await anns.page.keyboard.press('t');
  await anns.page.getByText('No replies yet').waitFor();
  await field(anns.page).fill('At one');
  await field(anns.page).press('Enter');
  const summary = message(bobs.page, 'Lunch?').getByRole('button', {
    name: /1 reply last one today/,
  });
  await summary.click();
  await expect.poll(() => replies(bobs.page)).toEqual(['Lunch?', 'At one']);
  await field(bobs.page).fill('Half past');
  await field(bobs.page).press('Enter');
  await expect.poll(() => replies(anns.page)).toEqual(['Lunch?', 'At one', 'Half past']);
  expect(await inRoom(anns.page)).toEqual(['Lunch?']);

  await bobs.page.getByLabel('Also send to room').check();
  await field(bobs.page).fill('See you there');
  await field(bobs.page).press('Enter');
  await expect.poll(() => inRoom(anns.page)).toEqual(['Lunch?', 'See you there']);
  await message(anns.page, 'Lunch?')
    .getByRole('button', { name: /^3 replies/ })
    .waitFor();
  expect(await bobs.page.getByLabel('Also send to room').isChecked()).toBe(false);

  // One step back closes it.
  await anns.page.goBack();
  await field(anns.page).waitFor({ state: 'detached' });
  expect(await inRoom(anns.page)).toEqual(['Lunch?', 'See you there']);
});

test('what is written in a thread without a connection is sent there later', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const threadId = await say(app, bob, roomId, 'Lunch?');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  await message(page, 'Lunch?').focus();
  await page.keyboard.press('t');
  await page.getByText('No replies yet').waitFor();
  await context.setOffline(true);
  const field = page.getByRole('textbox', { name: 'Reply in the thread' });
  await field.fill('Yes!');
  await field.press('Enter');
  const log = page.getByRole('log', { name: 'Replies' });
  await log.getByText('Yes!').waitFor();
  await say(app, bob, roomId, 'Anyone?', { threadId });
  await context.setOffline(false);
  await expect
    .poll(() => log.locator('.text').allTextContents(), { timeout: 15_000 })
    .toEqual(['Lunch?', 'Anyone?', 'Yes!']);
  expect(await shownTexts(page)).toEqual(['Lunch?', 'Lunch?', 'Anyone?', 'Yes!']);
});

test('earlier replies of a long thread are loaded on demand', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const threadId = await say(app, bob, roomId, 'A long story');
  for (let n = 1; n <= 60; n++) await say(app, bob, roomId, `part ${n}`, { threadId });
  await using browser = await visit(app, ann, '/rooms/garden', {
    viewport: { width: 375, height: 700 },
  });
  const { page } = browser;
  await page.getByRole('button', { name: /^60 replies/ }).click();
  const log = page.getByRole('log', { name: 'Replies' });
  await log.getByText('part 60', { exact: true }).waitFor();
  expect(await log.getByText('part 10', { exact: true }).count()).toBe(0);
  await log.getByRole('button', { name: 'Show earlier replies' }).click();
  await log.getByText('part 1', { exact: true }).waitFor();
  await page.goBack();
  await log.waitFor({ state: 'detached' });
  expect(await composer(page).count()).toBe(1);
});
