import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { composer, hydrated, markAllRead, message, say, visit } from './visitor.ts';

const reply = (page: Page) => page.getByRole('textbox', { name: 'Reply in the thread' });

async function openThread(page: Page, text: string): Promise<void> {
  await message(page, text).focus();
  await page.keyboard.press('t');
  await reply(page).waitFor();
}

test('room and threads have drafts of their own, on every screen, and what was sent is gone from all', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'first question');
  await say(app, bob, roomId, 'second question');
  await markAllRead(app, ann);
  await using desk = await visit(app, ann, '/rooms/garden');
  await using sofa = await visit(app, ann, '/rooms/garden');

  await composer(desk.page).fill('to the room');
  await openThread(desk.page, 'first question');
  expect(await reply(desk.page).inputValue()).toBe('');
  await reply(desk.page).fill('to the first');
  await openThread(desk.page, 'second question');
  expect(await reply(desk.page).inputValue()).toBe('');
  await reply(desk.page).fill('to the second');

  await expect.poll(() => composer(sofa.page).inputValue()).toBe('to the room');
  await openThread(sofa.page, 'first question');
  await expect.poll(() => reply(sofa.page).inputValue()).toBe('to the first');
  await reply(sofa.page).press('Enter');
  await openThread(sofa.page, 'second question');
  await expect.poll(() => reply(sofa.page).inputValue()).toBe('to the second');

  await openThread(desk.page, 'first question');
  await expect.poll(() => reply(desk.page).inputValue()).toBe('');
  await desk.page.reload();
  await hydrated(desk.page);
  await expect.poll(() => composer(desk.page).inputValue()).toBe('to the room');
  await openThread(desk.page, 'first question');
  expect(await reply(desk.page).inputValue()).toBe('');
  await openThread(desk.page, 'second question');
  expect(await reply(desk.page).inputValue()).toBe('to the second');
});

test('what is typed while the server is not reached is there after a reload, and saved once it is', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'a question');
  await markAllRead(app, ann);
  await using desk = await visit(app, ann, '/rooms/garden');
  const { page, context } = desk;
  let reached = false;
  await context.route('**/graphql', (route) =>
    !reached && route.request().postDataJSON()?.operationName === 'SaveDraft'
      ? route.abort()
      : route.fallback(),
  );
  await openThread(page, 'a question');
  await reply(page).pressSequentially('half a thought');
  await composer(page).pressSequentially('and another');
  await page.reload();
  await hydrated(page);
  await expect.poll(() => composer(page).inputValue()).toBe('and another');
  await openThread(page, 'a question');
  expect(await reply(page).inputValue()).toBe('half a thought');

  // Nothing more is typed, and nothing is loaded again: it is saved all the same.
  reached = true;
  await using sofa = await visit(app, ann, '/rooms/garden');
  await expect
    .poll(() => composer(sofa.page).inputValue(), { timeout: 20_000 })
    .toBe('and another');
  await openThread(sofa.page, 'a question');
  await expect.poll(() => reply(sofa.page).inputValue()).toBe('half a thought');
});
