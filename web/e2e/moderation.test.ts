import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startWholeApp } from '../../api/test/harness.ts';
import { people, type TestPerson } from '../../api/test/people.ts';
import { choose, tabTo } from './keyboard.ts';
import { change, composer, markAllRead, message, say, visit } from './visitor.ts';

const userId = ({ user }: TestPerson) => Buffer.from(`User:${user.id}`).toString('base64url');

test('from a report to a ban and back, by keyboard alone', async () => {
  await using app = await startWholeApp();
  const { ann, bob, eve, roomId } = await people(app.app);
  await change(app, eve, 'joinRoom', { roomId });
  await say(app, bob, roomId, 'Buy my watches');
  for (const who of [ann, bob, eve]) await markAllRead(app, who);
  await using member = await visit(app, eve, '/rooms/garden');
  await using owner = await visit(app, ann, '/rooms/garden');
  await using banned = await visit(app, bob, '/rooms/garden');

  await message(member.page, 'Buy my watches').focus();
  await member.page.keyboard.press('Enter');
  await choose(member.page, 'Report…');
  await member.page
    .getByRole('textbox', { name: 'Reason' })
    .and(member.page.locator(':focus'))
    .waitFor();
  await member.page.keyboard.type('Spam');
  await member.page.keyboard.press('Enter');
  await member.page.getByText('Reported. Those in charge').waitFor();

  const { page } = owner;
  await page.getByRole('button', { name: 'Reports: 1 open' }).waitFor();
  await tabTo(page, 'button', 'Reports: 1 open');
  await page.keyboard.press('Enter');
  await page.getByRole('listitem', { name: 'Report by eve' }).waitFor();
  await tabTo(page, 'button', 'Ban…');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Reason' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type('Spam');
  await page.keyboard.press('Enter');
  await page.getByText('bob was banned.').waitFor();
  await banned.page.getByText('You were removed from #garden by ann.').waitFor();
  expect(await composer(banned.page).count()).toBe(0);

  await tabTo(page, 'button', 'Mark as acted upon');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing is reported.').waitFor();
  await page.getByRole('button', { name: 'Reports', exact: true }).waitFor();

  await tabTo(page, 'button', 'Room details');
  await page.keyboard.press('Enter');
  await tabTo(page, 'button', 'Lift the ban of bob');
  await page.keyboard.press('Enter');
  await page.getByText('The ban of bob was lifted.').waitFor();
  await banned.page.goto('/rooms/garden');
  await banned.page.getByRole('button', { name: 'Join room' }).first().waitFor();
});

test('who may not write is told why, at once and until it is over; roles show at once', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await using browser = await visit(app, bob, '/rooms/garden');
  const { page } = browser;
  await composer(page).waitFor();
  const at = { roomId, userId: userId(bob) };
  await change(app, ann, 'timeOutMember', { ...at, until: new Date(Date.now() + 3_600_000) });
  await page.getByText('A moderator has you write nothing here for a time.').waitFor();
  await page.getByText('You may write again on').waitFor();
  await change(app, ann, 'timeOutMember', { ...at, until: null });
  await composer(page).waitFor();
  // The end comes by itself.
  await change(app, ann, 'timeOutMember', { ...at, until: new Date(Date.now() + 3_000) });
  await page.getByText('A moderator has you write nothing here for a time.').waitFor();
  await composer(page).waitFor();
  await change(app, ann, 'setMemberRole', { ...at, role: 'MODERATOR' });
  await page.getByRole('button', { name: 'Reports' }).waitFor();
  await change(app, ann, 'setMemberRole', { ...at, role: 'MEMBER' });
  await page.getByRole('button', { name: 'Reports' }).waitFor({ state: 'detached' });
  await change(app, ann, 'removeMember', at);
  await page.getByText('You were removed from #garden by ann.').waitFor();
  await page.getByRole('button', { name: 'Join room' }).click();
  await composer(page).waitFor();
});

test('what may be done to members is in a menu beside them, for those who may', async () => {
  await using app = await startWholeApp();
  const { ann, bob, eve, roomId } = await people(app.app);
  await change(app, eve, 'joinRoom', { roomId });
  await using owner = await visit(app, ann, '/rooms/garden');
  const { page } = owner;
  const details = async (of: Page) => {
    await of.getByRole('button', { name: 'Room details' }).click();
    // Once it is known who is here, the list is in another order.
    await of.getByRole('heading', { name: /^Here/ }).waitFor();
  };
  await details(page);
  const act = async (label: string, submit: string, name = 'bob') => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: label }).click();
    await page.getByRole('dialog').getByRole('button', { name: submit, exact: true }).click();
  };
  await act('Make moderator…', 'Make moderator');
  await page.getByText('bob is a moderator now.').waitFor();
  await page.locator('li', { hasText: 'bob' }).getByText('Moderator').waitFor();
  await act('Time out…', 'Time out');
  await page.locator('li', { hasText: 'bob' }).getByText('Timed out').waitFor();
  await act('End the time-out…', 'End the time-out');
  await page
    .locator('li', { hasText: 'bob' })
    .getByText('Timed out')
    .waitFor({ state: 'detached' });

  await using moderator = await visit(app, bob, '/rooms/garden');
  await details(moderator.page);
  await moderator.page.getByRole('button', { name: 'Actions for eve' }).click();
  expect(await moderator.page.getByRole('menuitem').allTextContents()).toEqual(
    [...['Time out…', 'Remove from room…', 'Ban from room…']].map((label) =>
      expect.stringContaining(label),
    ),
  );
  await moderator.page.keyboard.press('Escape');
  expect(await moderator.page.getByRole('button', { name: 'Actions for ann' }).count()).toBe(0);
  // A refusal is shown where one asked for it.
  await moderator.page.getByRole('button', { name: 'Actions for eve' }).click();
  await moderator.page.getByRole('menuitem', { name: 'Remove from room…' }).click();
  await change(app, ann, 'setMemberRole', { roomId, userId: userId(bob), role: 'MEMBER' });
  const dialog = moderator.page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog.getByText('Only the room’s owners, moderators and administrators').waitFor();
  await moderator.page.keyboard.press('Escape');

  await act('Make owner…', 'Make owner', 'eve');
  await page.locator('li', { hasText: 'eve' }).getByText('Owner').waitFor();
  await act('Remove from room…', 'Remove');
  await page.getByRole('button', { name: 'Actions for bob' }).waitFor({ state: 'detached' });
});
