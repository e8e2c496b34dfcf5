import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import {
  change,
  choose,
  composer,
  message,
  said,
  say,
  shownTexts,
  visit,
  markAllRead,
} from './visitor.ts';

test('↑ in the empty field edits one’s last message, Esc cancels, and others see what it says now', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, ann, roomId, 'first');
  await say(app, ann, roomId, 'secnd');
  await say(app, bob, roomId, 'not mine');
  await using anns = await visit(app, ann, '/rooms/garden');
  await using bobs = await visit(app, bob, '/rooms/garden');
  const { page } = anns;
  const field = page.getByRole('textbox', { name: 'Edit message' });

  await composer(page).press('ArrowUp');
  expect(await field.inputValue()).toBe('secnd');
  await field.fill('never mind');
  await field.press('Escape');
  expect(await field.count()).toBe(0);
  expect(await composer(page).evaluate((e) => e === document.activeElement)).toBe(true);
  expect(await shownTexts(page)).toEqual(['first', 'secnd', 'not mine']);

  await composer(page).press('ArrowUp');
  await field.fill('second');
  await field.press('Enter');
  const now = ['first', 'second', 'not mine'];
  await expect.poll(() => shownTexts(page)).toEqual(now);
  await expect.poll(() => shownTexts(bobs.page)).toEqual(now);
  expect(await said(app, bob, 'garden')).toEqual(now);

  await message(bobs.page, 'second').getByRole('button', { name: 'edited' }).click();
  const history = bobs.page.getByRole('dialog', { name: 'Edit history' });
  await expect.poll(() => history.locator('.said').allTextContents()).toEqual(['second', 'secnd']);
});

test('↑ edits nothing while what was written last is on its way', async () => {
  await using app = await startWholeApp();
  const { ann, roomId } = await people(app.app);
  await say(app, ann, roomId, 'first');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  const field = page.getByRole('textbox', { name: 'Edit message' });
  await context.setOffline(true);
  await composer(page).fill('second');
  await composer(page).press('Enter');
  await expect.poll(() => shownTexts(page)).toEqual(['first', 'second']);
  await composer(page).press('ArrowUp');
  expect(await field.count()).toBe(0);
  await context.setOffline(false);
  await expect.poll(() => said(app, ann, 'garden')).toEqual(['first', 'second']);
  await expect
    .poll(async () => {
      await composer(page).press('ArrowUp');
      return (await field.count()) && field.inputValue();
    })
    .toBe('second');
});

test('a change of text waits for a server that is not reached, and says so', async () => {
  await using app = await startWholeApp();
  const { ann, roomId } = await people(app.app);
  await say(app, ann, roomId, 'before');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  await context.setOffline(true);
  await composer(page).press('ArrowUp');
  await page.getByRole('textbox', { name: 'Edit message' }).fill('after');
  await page.keyboard.press('Enter');
  await page.getByText('Will be saved once the server can be reached').waitFor();
  expect(await shownTexts(page)).toEqual(['after']);
  expect(await said(app, ann, 'garden')).toEqual(['before']);
  await context.setOffline(false);
  await expect.poll(() => said(app, ann, 'garden'), { timeout: 15_000 }).toEqual(['after']);
  await page.getByText('Will be saved').waitFor({ state: 'detached' });
});

test('a change of text that is refused says why, and can be taken back', async () => {
  await using app = await startWholeApp();
  const { ann, root, roomId } = await people(app.app);
  const messageId = await say(app, ann, roomId, 'before');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await composer(page).press('ArrowUp');
  // While she types, somebody deletes it; the event is kept from her page.
  await page.routeWebSocket('**/graphql', () => {});
  await page.getByRole('textbox', { name: 'Edit message' }).fill('after');
  await page.route('**/graphql', async (route) => {
    if (route.request().postDataJSON().operationName === 'EditMessage') {
      await change(app, root, 'deleteMessage', { messageId }).catch(() => {});
    }
    await route.continue();
  });
  await page.keyboard.press('Enter');
  await message(page, 'This message was deleted.').waitFor();
  await page.getByText('Not saved.').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByText('Not saved.').waitFor({ state: 'detached' });
});

test('a deleted message leaves a tombstone in its place, for all', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  for (const body of ['one', 'two', 'three']) await say(app, bob, roomId, body);
  await using bobs = await visit(app, bob, '/rooms/garden');
  await using anns = await visit(app, ann, '/rooms/garden');
  await choose(bobs.page, 'two', 'Delete');
  const dialog = bobs.page.getByRole('dialog', { name: 'Delete this message?' });
  await dialog.getByRole('button', { name: 'Delete' }).click();
  for (const { page } of [bobs, anns]) {
    await expect
      .poll(() => page.locator('article').locator('.text, .tombstone').allTextContents())
      .toEqual(['one', 'This message was deleted.', 'three']);
  }
  // Bob may not delete what Ann wrote; Ann, who owns the room, may delete what he wrote.
  await say(app, ann, roomId, 'hers');
  await message(bobs.page, 'hers').focus();
  await bobs.page.keyboard.press('Delete');
  expect(await dialog.count()).toBe(0);
  await message(anns.page, 'three').focus();
  await anns.page.keyboard.press('Delete');
  await anns.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => shownTexts(bobs.page)).toEqual(['one', 'hers']);
});

test('an emoji is found and given by keys alone, counted for all, and taken back by a click', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const messageId = await say(app, bob, roomId, 'We have won');
  await using anns = await visit(app, ann, '/rooms/garden');
  await using bobs = await visit(app, bob, '/rooms/garden');
  const { page } = anns;

  await message(page, 'We have won').focus();
  await page.keyboard.press('+');
  const search = page.getByRole('combobox', { name: 'Search emoji' });
  await search.fill('party pop');
  await page.getByRole('option', { name: 'party popper' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '🎉 1: You' }).waitFor();
  await bobs.page.getByRole('button', { name: '🎉 1: ann' }).click();
  await page.getByRole('button', { name: '🎉 2: You and bob' }).waitFor();
  await bobs.page.getByRole('button', { name: '🎉 2: You and ann' }).click();
  await page.getByRole('button', { name: '🎉 1: You' }).waitFor();

  // The menu is entered and left by keys as well; the focus is where it was, and what was used last is offered first.
  const focused = () => page.evaluate(() => document.activeElement?.tagName);
  await expect.poll(focused).toBe('ARTICLE');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'React' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Escape');
  await expect.poll(focused).toBe('ARTICLE');
  await page.keyboard.press('+');
  expect(await page.getByRole('option').first().textContent()).toBe('🎉');
  await page.keyboard.press('Escape');
  await search.waitFor({ state: 'detached' });

  await change(app, bob, 'deleteMessage', { messageId });
  await page.getByRole('button', { name: '🎉 1: You' }).waitFor({ state: 'detached' });
});

test('a reaction that is refused is taken back, says why, and can be tried again or given up', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'hello');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.route('**/graphql', (route) => {
    if (route.request().postDataJSON()?.operationName !== 'AddReaction') return route.fallback();
    const error = { message: 'Not today.', extensions: { code: 'FORBIDDEN' } };
    return route.fulfill({ json: { errors: [error], data: null } });
  });
  await message(page, 'hello').hover();
  await page.getByRole('button', { name: 'React with 👍' }).click();
  await page.getByText('👍 was not added. Not today.').waitFor();
  expect(await page.getByRole('button', { name: /^👍 1/ }).count()).toBe(0);
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByText('👍 was not added.').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'React with 👍' }).click();
  await page.getByText('👍 was not added.').waitFor();
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('button', { name: '👍 1: You' }).waitFor();
  await page.getByText('👍 was not added.').waitFor({ state: 'detached' });
});

test('what is changed offline survives a reload, and reaches the server in order, by whichever tab', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, ann, roomId, 'to be edited');
  await say(app, ann, roomId, 'to be deleted');
  await say(app, bob, roomId, 'to be liked');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  const isChange = /^(?:EditMessage|DeleteMessage|AddReaction|RemoveReaction)$/;
  const sent: string[] = [];
  let reached = false;
  await context.route('**/graphql', (route) => {
    const { operationName } = route.request().postDataJSON() ?? {};
    if (!isChange.test(operationName)) return route.fallback();
    if (!reached) return route.abort();
    sent.push(operationName);
    return route.continue();
  });

  await choose(page, 'to be edited', 'Edit');
  const field = page.getByRole('textbox', { name: 'Edit message' });
  await field.fill('edited once');
  await field.press('Enter');
  await choose(page, 'edited once', 'Edit');
  await field.fill('edited twice');
  await field.press('Enter');
  await message(page, 'to be liked').hover();
  await page.getByRole('button', { name: 'React with 👍' }).click();
  await page.getByRole('button', { name: '👍 1: You' }).waitFor();
  await choose(page, 'to be deleted', 'Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Will be deleted once the server can be reached').waitFor();

  await page.reload();
  await page.getByText('Will be saved once the server can be reached').waitFor();
  await page.getByText('Will be deleted once the server can be reached').waitFor();
  await page.getByRole('button', { name: '👍 1: You' }).waitFor();
  expect(await shownTexts(page)).toEqual(['edited twice', 'to be deleted', 'to be liked']);
  expect(await said(app, ann, 'garden')).toEqual(['to be edited', 'to be deleted', 'to be liked']);

  const second = await context.newPage();
  await second.goto('/rooms/garden');
  reached = true;
  await expect.poll(() => said(app, ann, 'garden'), { timeout: 20_000 }).toContain('edited twice');
  for (const tab of [page, second]) {
    await message(tab, 'This message was deleted.').waitFor();
    await tab.getByText('Will be').first().waitFor({ state: 'detached' });
    await tab.getByRole('button', { name: '👍 1: You' }).waitFor();
    expect(await shownTexts(tab)).toEqual(['edited twice', 'to be liked']);
  }
  expect(sent).toEqual(['EditMessage', 'AddReaction', 'DeleteMessage']);
});

test('pins are listed for all, lead to their message, and come off', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'Read this first');
  for (let n = 1; n <= 80; n++) await say(app, bob, roomId, `line ${n}`);
  await say(app, bob, roomId, 'Then this');
  await markAllRead(app, ann);
  await using anns = await visit(app, ann, '/rooms/garden');
  await using bobs = await visit(app, bob, '/rooms/garden');
  const { page } = anns;
  const pins = page.getByRole('complementary', { name: 'Pinned messages' });
  const pinned = () => pins.locator('.text').allTextContents();
  await page.getByRole('button', { name: 'Pinned messages' }).click();
  await pins.getByText('Nothing is pinned yet.').waitFor();

  await choose(bobs.page, 'Then this', 'Pin to room');
  await message(page, 'Then this').getByText('Pinned by bob').waitFor();
  await expect.poll(pinned).toEqual(['Then this']);
  await bobs.page.locator('.viewport').evaluate((element) => (element.scrollTop = 0));
  await bobs.page.getByText('Read this first').waitFor();
  await bobs.page.locator('.viewport').evaluate((element) => (element.scrollTop = 0));
  await choose(bobs.page, 'Read this first', 'Pin to room');
  await expect.poll(pinned).toEqual(['Read this first', 'Then this']);

  await pins.getByRole('link', { name: 'Show in room' }).first().click();
  await message(page, 'Read this first').and(page.locator('[aria-current]')).waitFor();
  expect(await pinned()).toEqual(['Read this first', 'Then this']);
  await pins.getByRole('button', { name: 'Unpin' }).first().click();
  await expect.poll(pinned).toEqual(['Then this']);
  await message(page, 'Read this first').getByText('Pinned by').waitFor({ state: 'detached' });
});
