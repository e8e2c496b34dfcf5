import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { composer, hydrated, said, say, shownTexts, visit } from './visitor.ts';

/** Does something else with every attempt to send. Gives the number of attempts so far. */
async function interceptSends(
  page: Page,
  act: Parameters<Page['route']>[1],
): Promise<() => number> {
  let attempts = 0;
  await page.route('**/graphql', async (route, request) => {
    if (request.postDataJSON()?.operationName !== 'SendMessage') return route.fallback();
    attempts++;
    await act(route, request);
  });
  return () => attempts;
}

test('Enter sends, Shift+Enter breaks the line, and neither does within a composition', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const field = composer(page);

  await field.pressSequentially('one');
  await field.press('Shift+Enter');
  await field.pressSequentially('two');
  expect(await field.inputValue()).toBe('one\ntwo');

  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Input.imeSetComposition', {
    text: 'にほん',
    selectionStart: 3,
    selectionEnd: 3,
  });
  await devtools.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    key: 'Enter',
    code: 'Enter',
    windowsVirtualKeyCode: 229,
  });
  expect(await field.inputValue()).toBe('one\ntwoにほん');
  await devtools.send('Input.insertText', { text: '日本' });
  await field.press('Enter');
  expect(await field.inputValue()).toBe('');
  await expect.poll(() => said(app, ann, 'garden')).toEqual(['one\ntwo日本']);
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('what is only blank, or too long, is not sent; the counter says by how much', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const attempts = await interceptSends(page, (route) => route.continue());
  await composer(page).fill(' \n ');
  await composer(page).press('Enter');
  await composer(page).fill('👍'.repeat(8001));
  await page.getByText('1 characters too long').waitFor();
  await composer(page).press('Enter');
  expect(attempts()).toBe(0);

  await composer(page).fill('👍'.repeat(8000));
  await composer(page).press('Enter');
  await expect.poll(() => said(app, ann, 'garden')).toEqual(['👍'.repeat(8000)]);
});

test('a message is on screen before the server has answered', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await interceptSends(page, async (route) => {
    await held;
    await route.continue();
  });
  await composer(page).fill('quick');
  await composer(page).press('Enter');
  await page.getByText('Sending…').waitFor();
  expect(await shownTexts(page)).toEqual(['quick']);
  expect(await said(app, ann, 'garden')).toEqual([]);
  answer();
  await page.getByText('Sending…').waitFor({ state: 'detached' });
  expect(await shownTexts(page)).toEqual(['quick']);
});

test('a refused message offers Retry, which cannot double what had arrived after all', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  let refusing = true;
  await interceptSends(page, async (route) => {
    if (!refusing) return route.continue();
    await route.fetch();
    const error = { message: 'Not today.', extensions: { code: 'FORBIDDEN' } };
    await route.fulfill({ json: { errors: [error], data: null } });
  });
  // Without live events the page can only know what the mutation answers.
  await page.routeWebSocket('**/graphql', () => {});
  await page.reload();
  await hydrated(page);

  await composer(page).fill('once');
  await composer(page).press('Enter');
  await page.getByText('Not sent. Not today.').waitFor();
  refusing = false;
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('Not sent.').waitFor({ state: 'detached' });
  expect(await shownTexts(page)).toEqual(['once']);
  expect(await said(app, ann, 'garden')).toEqual(['once']);
});

test('a refused message can be deleted', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await interceptSends(page, (route) => {
    const error = { message: 'Not today.', extensions: { code: 'FORBIDDEN' } };
    return route.fulfill({ json: { errors: [error], data: null } });
  });
  await composer(page).fill('never');
  await composer(page).press('Enter');
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => shownTexts(page)).toEqual([]);
  await page.reload();
  expect(await shownTexts(page)).toEqual([]);
});

test('an answer that is lost on the way does not double the message', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  let lost = 2;
  const attempts = await interceptSends(page, async (route) => {
    if (lost-- <= 0) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await composer(page).fill('once');
  await composer(page).press('Enter');
  await expect.poll(attempts).toBe(3);
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).join()))
    .not.toMatch(/outbox/);
  expect(await shownTexts(page)).toEqual(['once']);
  expect(await said(app, ann, 'garden')).toEqual(['once']);
});

test('what was written offline survives a reload and is sent in order, by whichever tab', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  await interceptSends(page, (route) => route.abort());
  const written = Array.from({ length: 8 }, (_, index) => `offline ${index + 1}`);
  for (const body of written) {
    await composer(page).fill(body);
    await composer(page).press('Enter');
  }
  await page.reload();
  await hydrated(page);
  await expect.poll(() => shownTexts(page)).toEqual(written);
  expect(await said(app, ann, 'garden')).toEqual([]);

  const second = await context.newPage();
  await second.goto('/rooms/garden');
  await page.unroute('**/graphql');
  await expect.poll(() => said(app, ann, 'garden'), { timeout: 20_000 }).toEqual(written);
  await expect.poll(() => shownTexts(page)).toEqual(written);
  await expect.poll(() => shownTexts(second)).toEqual(written);
});

test('an interruption is mentioned after five seconds, and what was missed comes by itself', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  await say(app, bob, roomId, 'before');
  await page.getByText('before').waitFor();

  await context.setOffline(true);
  const start = Date.now();
  await say(app, bob, roomId, 'meanwhile');
  const notice = page.getByText('Connection lost. Reconnecting…');
  await notice.waitFor();
  expect(Date.now() - start).toBeGreaterThan(4000);
  await context.setOffline(false);
  await page.getByText('meanwhile').waitFor();
  await notice.waitFor({ state: 'detached' });
  expect(await shownTexts(page)).toEqual(['before', 'meanwhile']);
});
