import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { run } from '../../api/test/client.ts';
import { change, composer, hydrated, message, said, say, visit } from './visitor.ts';

test('what mentions its reader stands out, in the room, in a thread and among what was found, and follows edits', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const root = await say(app, ann, roomId, 'a question for @bob');
  const plain = await say(app, ann, roomId, 'a question for nobody');
  await say(app, ann, roomId, 'lunch, @here?');
  await say(app, ann, roomId, 'and you, @bob?', { threadId: root });
  await using browser = await visit(app, bob, '/rooms/garden');
  const { page } = browser;
  const calls = (text: string) =>
    message(page, text).evaluate((element) => element.classList.contains('calls-viewer'));

  await expect.poll(() => calls('a question for @bob')).toBe(true);
  expect(await calls('lunch, @here?')).toBe(true);
  expect(await calls('a question for nobody')).toBe(false);
  await change(app, ann, 'editMessage', { messageId: plain, body: 'a question for @BOB' });
  await expect.poll(() => calls('a question for @BOB')).toBe(true);
  await change(app, ann, 'editMessage', { messageId: root, body: 'a question' });
  await expect.poll(() => calls('a question')).toBe(false);

  await page.getByRole('button', { name: /^1 reply/ }).click();
  await expect.poll(() => calls('and you, @bob?')).toBe(true);

  await page.keyboard.press('Control+Shift+F');
  await page
    .getByRole('combobox', { name: /search/i })
    .first()
    .fill('lunch');
  await page.locator('[data-search-result].calls-viewer').waitFor();

  // His own chip is of another colour than those of others, and his own call on all is none for him.
  await say(app, bob, roomId, '@ann and @all');
  await message(page, '@ann and @all').waitFor();
  expect(await calls('@ann and @all')).toBe(false);
  const mine = (text: string) => message(page, text).locator('bdi.mention.mine').count();
  expect([await mine('@ann and @all'), await mine('lunch, @here?')]).toEqual([0, 1]);
  expect(await message(page, '@ann and @all').locator('bdi.mention').count()).toBe(2);
});

test('only who is a member, and rooms that the reader sees, are chips', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const CREATE = 'mutation($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }';
  await run(app.url, CREATE, { input: { slug: 'open' } }, ann.token);
  await run(app.url, CREATE, { input: { slug: 'hidden', visibility: 'PRIVATE' } }, ann.token);
  const text = '@bob @eve @nobody #garden #open #hidden #nowhere';
  await say(app, ann, roomId, text);
  const chips = (page: Page) => message(page, text).locator('.mention').allTextContents();
  await using bobs = await visit(app, bob, '/rooms/garden');
  await expect.poll(() => chips(bobs.page)).toEqual(['@bob', '#garden', '#open']);
  await using anns = await visit(app, ann, '/rooms/garden');
  await expect.poll(() => chips(anns.page)).toEqual(['@bob', '#garden', '#open', '#hidden']);
  await bobs.page.getByRole('link', { name: '#open' }).click();
  await bobs.page.waitForURL('**/rooms/open');
});

test('who names somebody from elsewhere is asked first, and so is who calls on many', async () => {
  await using app = await startWholeApp();
  const { ann, eve, room, roomId } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const field = composer(page);
  const sendAnyway = page.getByRole('button', { name: 'Send anyway' });

  await field.fill('Hello @bob, @eve and @nobody');
  await page.getByText('eve is not in this room and will not be notified.').waitFor();
  await field.press('Enter');
  await sendAnyway.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Escape');
  await sendAnyway.waitFor({ state: 'detached' });
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await said(app, ann, 'garden')).toEqual([]);
  await field.press('Enter');
  await sendAnyway.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => said(app, ann, 'garden')).toEqual(['Hello @bob, @eve and @nobody']);

  // What is sent faster than its names are looked up does not wait for that.
  await field.evaluate((element: HTMLTextAreaElement) => {
    element.value = 'And @root';
    element.dispatchEvent(new InputEvent('input', { bubbles: true }));
    element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  });
  await page.getByText('root was not notified: not in #Garden.').waitFor();
  await expect.poll(() => said(app, ann, 'garden')).toHaveLength(2);

  // She has joined: nothing is asked.
  const JOIN = 'mutation($input: JoinRoomInput!) { joinRoom(input: $input) { room { id } } }';
  await run(app.url, JOIN, { input: { roomId } }, eve.token);
  await field.fill('Welcome, @eve!');
  await field.press('Enter');
  await expect.poll(() => said(app, ann, 'garden')).toHaveLength(3);
  expect(await sendAnyway.count()).toBe(0);

  await app.app.db.prisma.room.update({ where: { id: room.id }, data: { memberCount: 40 } });
  await page.reload();
  await hydrated(page);
  await field.fill('Lunch, @all!');
  await page.getByText('@all calls all 40 members').waitFor();
  await field.press('Enter');
  await sendAnyway.click();
  await expect.poll(() => said(app, ann, 'garden')).toHaveLength(4);
});

test('the emoji button puts emoji where the caret is, also by touch', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  for (const hasTouch of [false, true]) {
    await using browser = await visit(app, ann, '/rooms/garden', {
      hasTouch,
      ...(hasTouch && { isMobile: true, viewport: { width: 375, height: 800 } }),
    });
    const { page } = browser;
    const field = composer(page);
    await field.fill('one two');
    await field.evaluate((element) => (element as HTMLTextAreaElement).setSelectionRange(3, 3));
    const button = page.getByRole('button', { name: 'Emoji', exact: true });
    const search = page.getByRole('combobox', { name: 'Search emoji' });
    await (hasTouch ? button.tap() : button.click());
    await search.fill('party pop');
    const found = page.getByRole('option', { name: 'party popper' });
    await (hasTouch ? found.tap() : found.click());
    await search.waitFor({ state: 'detached' });
    expect(await field.inputValue()).toBe('one🎉 two');
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    // The button closes what it opened; what was used last is offered first.
    await button.click();
    await search.waitFor();
    expect(await page.getByRole('option').first().textContent()).toBe('🎉');
    if (!hasTouch) {
      await button.click();
      await search.waitFor({ state: 'detached' });
    }
    await field.fill('');
  }
});
