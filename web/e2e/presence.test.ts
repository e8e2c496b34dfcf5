import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { composer, shownTexts, visit } from './visitor.ts';

test('others see that somebody types, until they send it or delete it', async () => {
  await using app = await startWholeApp();
  const { ann, bob } = await people(app.app);
  await using one = await visit(app, ann, '/rooms/garden');
  await using other = await visit(app, bob, '/rooms/garden');
  const typing = other.page.getByText('ann is typing');
  await expect.poll(() => app.app.typing.readers).toBe(2);
  const { top } = await boxOf(composer(other.page));

  await composer(one.page).pressSequentially('hello');
  await typing.waitFor();
  expect(await one.page.getByText('is typing').count()).toBe(0);
  // Nothing has moved.
  expect((await boxOf(composer(other.page))).top).toBe(top);
  await composer(one.page).press('Enter');
  await expect.poll(() => shownTexts(other.page)).toEqual(['hello']);
  await typing.waitFor({ state: 'detached' });

  await composer(one.page).pressSequentially('never mind');
  await typing.waitFor();
  await composer(one.page).fill('   ');
  await typing.waitFor({ state: 'detached' });
});

test('whoever stops typing has stopped after five seconds, and whoever leaves the room at once', async () => {
  await using app = await startWholeApp();
  const { ann, bob } = await people(app.app);
  await using one = await visit(app, ann, '/rooms/garden');
  await using other = await visit(app, bob, '/rooms/garden');
  const typing = other.page.getByText('ann is typing');
  await expect.poll(() => app.app.typing.readers).toBe(2);
  await composer(one.page).pressSequentially('well');
  await typing.waitFor();
  const startedAt = Date.now();
  await typing.waitFor({ state: 'detached' });
  expect(Date.now() - startedAt).toBeGreaterThan(3_000);

  await composer(one.page).pressSequentially(' then');
  await typing.waitFor();
  await one.page.getByRole('link', { name: 'Browse rooms' }).click();
  await typing.waitFor({ state: 'detached', timeout: 2_000 });
});

test('the status that somebody chooses is on the screens of others, and kept for the next visit', async () => {
  await using app = await startWholeApp();
  const { ann, bob } = await people(app.app);
  await using one = await visit(app, ann, '/rooms/garden');
  await using other = await visit(app, bob, '/rooms/garden');
  await other.page.getByRole('button', { name: 'Room details' }).click();
  await member(other.page, 'ann', 'Online').waitFor();
  await member(other.page, 'bob', 'Online').waitFor();

  await choose(one.page, 'Do not disturb');
  await one.page.getByRole('button', { name: /^ann Do not disturb/ }).waitFor();
  await member(other.page, 'ann', 'Do not disturb').waitFor();
  await one.page.goto('about:blank');
  await member(other.page, 'ann', /^Offline, last seen /).waitFor();
  await one.page.goto('/rooms/garden');
  await member(other.page, 'ann', 'Do not disturb').waitFor();
  await choose(one.page, 'Online');
  await member(other.page, 'ann', 'Online').waitFor();
});

test('a page that nobody touches for ten minutes is away, and back at the first touch', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.clock.install();
  await page.reload();
  const status = () => app.app.presences.of(ann.user.id).status;
  await page.getByRole('button', { name: /^ann Online/ }).waitFor();
  await page.clock.fastForward('09:50');
  expect(status()).toBe('ONLINE');
  await page.clock.fastForward('00:15');
  await expect.poll(status).toBe('AWAY');
  await page.getByRole('button', { name: /^ann Away/ }).waitFor();
  await page.mouse.move(100, 100);
  await expect.poll(status).toBe('ONLINE');
  // What was not chosen is not remembered.
  const keys = await page.evaluate(() => Object.keys(localStorage));
  expect(keys.filter((key) => key.startsWith('parley:status'))).toEqual([]);
});

async function choose(page: Page, status: string): Promise<void> {
  await page.locator('[popovertarget=user-menu]').click();
  await page
    .getByRole('group', { name: 'Your status' })
    .getByRole('button', { name: status })
    .click();
}

const member = (page: Page, name: string, status: string | RegExp) =>
  page
    .getByRole('listitem')
    .filter({ hasText: `@${name}` })
    .getByText(status, { exact: true });

async function boxOf(field: ReturnType<typeof composer>) {
  const box = await field.boundingBox();
  return { top: box!.y };
}
