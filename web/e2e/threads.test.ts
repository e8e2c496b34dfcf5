import type { Page } from 'playwright-core';
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
    name: /^1 reply/,
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

test('what is unread in a thread shows on its row, in the sidebar and in the list of threads, until the thread is looked at', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const threadId = await say(app, ann, roomId, 'Lunch?');
  await say(app, bob, roomId, 'At one', { threadId });
  await say(app, bob, roomId, 'Elsewhere');
  await using one = await visit(app, ann, '/threads');
  await using two = await visit(app, ann, '/rooms/garden');
  const entry = (page: Page) => page.getByRole('navigation').getByRole('link', { name: 'Threads' });
  const row = message(two.page, 'Lunch?').getByRole('button', { name: /^1 reply/ });
  await row.getByText('1 new').waitFor();
  // The room is read, and the thread is not.
  await expect.poll(() => two.page.title()).toMatch(/^\(1\) #Garden/);
  for (const { page } of [one, two]) await entry(page).getByText('unread').waitFor();
  const card = one.page.getByRole('listitem').filter({ hasText: 'Lunch?' });
  await card.getByText('1 new').waitFor();

  await say(app, bob, roomId, '@ann, or at two?', { threadId });
  await entry(one.page).getByText('mentioning you').waitFor();
  await card.getByText('or at two?').waitFor();
  await message(two.page, 'Lunch?').getByRole('button', { name: /2 new/ }).click();
  const log = two.page.getByRole('log', { name: 'Replies' });
  await log.getByRole('separator', { name: 'New messages' }).waitFor();
  await card.getByText('2 new').waitFor({ state: 'detached' });
  for (const { page } of [one, two]) {
    await entry(page).locator('.count').waitFor({ state: 'detached' });
    expect(await page.title()).not.toMatch(/^\(/);
  }

  // From a reply on it is unread again, also once the panel is closed.
  await message(two.page, '@ann, or at two?').focus();
  await two.page.keyboard.press('u');
  await card.getByText('1 new').waitFor();
  await card.getByRole('button', { name: 'Mark as read' }).click();
  await card.getByText('1 new').waitFor({ state: 'detached' });

  await card.getByRole('link').focus();
  await one.page.keyboard.press('Enter');
  await one.page.waitForURL('**/rooms/garden/m/*');
  await one.page.getByRole('log', { name: 'Replies' }).getByText('At one').waitFor();
  await one.page.goBack();
  await card.waitFor();
  await card.getByRole('button', { name: 'Unfollow the thread' }).click();
  await one.page.getByText('No threads yet').waitFor();
});

test('a thread is read only while somebody looks at it, and followed by choice', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const threadId = await say(app, bob, roomId, 'Lunch?');
  await say(app, bob, roomId, 'Nobody?', { threadId });
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const row = message(page, 'Lunch?').getByRole('button', { name: /repl/ }).first();
  await row.click();
  await page.getByRole('button', { name: 'Follow the thread', exact: true }).click();
  await page.getByRole('button', { name: 'Unfollow the thread' }).waitFor();
  await page.evaluate(() => {
    document.hasFocus = () => false;
    window.dispatchEvent(new Event('blur'));
  });
  await say(app, bob, roomId, 'Still hungry', { threadId });
  await row.getByText('1 new').waitFor();

  const log = page.getByRole('log', { name: 'Replies' });
  await log.getByRole('separator', { name: 'New messages' }).waitFor();
  await page.evaluate(() => {
    document.hasFocus = () => true;
    window.dispatchEvent(new Event('focus'));
  });
  await row.getByText('1 new').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Unfollow the thread' }).click();
  await page.getByRole('button', { name: 'Follow the thread', exact: true }).waitFor();
});

test('who types in a thread is shown there, and not in the room', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'Lunch?');
  await using anns = await visit(app, ann, '/rooms/garden');
  await using bobs = await visit(app, bob, '/rooms/garden');
  for (const { page } of [anns, bobs]) {
    await message(page, 'Lunch?').focus();
    await page.keyboard.press('t');
    await page.getByText('No replies yet').waitFor();
  }
  const field = bobs.page.getByRole('textbox', { name: 'Reply in the thread' });
  await field.pressSequentially('At one');
  const panel = anns.page.getByRole('complementary', { name: 'Thread' });
  await panel.getByText('bob is typing').waitFor();
  expect(await anns.page.getByText('bob is typing').count()).toBe(1);
  await field.press('Enter');
  await panel.getByText('bob is typing').waitFor({ state: 'detached' });
});
