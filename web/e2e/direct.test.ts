import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people, roomId } from '../../api/test/people.ts';
import { composer, message, openDirect, say, visit } from './visitor.ts';

const directs = (page: Page) =>
  page.getByRole('navigation').getByRole('link').filter({ visible: true });
const entry = (page: Page, name: string) => directs(page).filter({ hasText: name });

async function write(page: Page, text: string) {
  await composer(page).fill(text);
  await composer(page).press('Enter');
  await message(page, text).waitFor();
}

test('two people write to each other in two browsers, and neither sees a sign of a room', async () => {
  await using app = await startWholeApp();
  const { ann, bob } = await people(app.app);
  await using one = await visit(app, ann, '/rooms/garden');
  await using two = await visit(app, bob, '/rooms/garden');

  await one.page.getByRole('button', { name: 'New message' }).click();
  const to = one.page.getByRole('combobox', { name: 'To' });
  await to.fill('bo');
  await one.page.getByRole('option', { name: /bob/ }).waitFor();
  await to.press('Enter');
  await one.page.getByRole('button', { name: 'Leave out bob' }).waitFor();
  await to.press('Enter');
  await one.page.getByRole('heading', { level: 1, name: 'bob' }).waitFor();
  await entry(one.page, 'bob').waitFor();
  expect(await entry(two.page, 'ann').count()).toBe(0);

  await write(one.page, 'Are you there?');
  await entry(two.page, 'ann').waitFor();
  await expect.poll(() => two.page.title()).toContain('(1)');
  expect(await entry(two.page, 'ann').innerText()).toContain('1');
  await entry(two.page, 'ann').click();
  await message(two.page, 'Are you there?').waitFor();
  await write(two.page, 'I am.');
  await message(one.page, 'I am.').waitFor();
  await expect.poll(() => two.page.title()).toBe('ann · Parley');
  await expect.poll(() => one.page.title()).toBe('bob · Parley');
  expect(await composer(one.page).getAttribute('placeholder')).toBe('Message bob');
  for (const { page } of [one, two]) {
    expect(await page.getByRole('main').innerText()).not.toContain('#');
  }

  // It comes back with the next message.
  await two.page.getByRole('button', { name: 'Hide ann until something is said' }).focus();
  await two.page.keyboard.press('Enter');
  await entry(two.page, 'ann').waitFor({ state: 'detached' });
  await write(one.page, 'Still there?');
  await entry(two.page, 'ann').waitFor();
});

test('the palette finds people and leads to their direct messages', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Jump to or search' }).fill('eve');
  await page.getByRole('option').filter({ hasText: 'Message @eve' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'eve' }).waitFor();
  await page.getByText('Your direct messages begin here').waitFor();
});

test('what the blocked say is folded away until it is wanted, and the two do not write to each other', async () => {
  await using app = await startWholeApp();
  const { ann, bob, room } = await people(app.app);
  const id = roomId(room);
  const first = await say(app, bob, id, 'rude words');
  await say(app, ann, id, 'a reply', { replyToId: first });
  await openDirect(app, ann, bob);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.getByRole('button', { name: 'Room details' }).click();
  await page.getByRole('button', { name: 'Block bob' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await page.getByText('bob is blocked.').waitFor();
  const log = page.getByRole('log');
  await log.getByText('rude words').first().waitFor({ state: 'detached' });
  expect(await log.innerText()).not.toContain('rude words');
  await say(app, bob, id, 'more of it');
  await expect.poll(() => log.getByText('Blocked message').count()).toBe(3);
  await log.getByRole('button', { name: 'Show' }).first().click();
  await log.getByText('rude words').first().waitFor();

  await entry(page, 'bob').click();
  await page.getByText('You have blocked bob.').waitFor();
  expect(await composer(page).count()).toBe(0);
  await page.getByRole('button', { name: 'Unblock', exact: true }).click();
  await composer(page).waitFor();

  await page.goto('/rooms/garden');
  await log.getByText('more of it').waitFor();
});
