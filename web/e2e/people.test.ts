/** People in the web app: what they tell of themselves, what others see of it, and how they leave. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { PASSWORD, people } from '../../api/test/people.ts';
import { picture } from '../../api/test/uploads.ts';
import { openBrowser } from './browser.ts';
import { composer, hydrated, markAllRead, message, say, visit } from './visitor.ts';

const card = (page: Page) => page.getByRole('dialog', { name: 'Profile' });
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test('a profile that is saved is seen live, on a card from names, faces, mentions and keys', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, ann, roomId, 'hello');
  await say(app, bob, roomId, 'and you, @ann');
  await markAllRead(app, bob);
  await using his = await visit(app, bob, '/rooms/garden');
  await using hers = await visit(app, ann, '/settings');
  const profile = section(hers.page, 'Profile');
  await profile.getByLabel('Display name').fill('Ann Lee');
  await profile.getByLabel('Pronouns').fill('she/her');
  await profile.getByLabel('About you').fill('Gardener.\nUp early.');
  await profile.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await profile.getByRole('button', { name: 'Save profile' }).click();
  await hers.page.getByText('Your profile is saved.').waitFor();
  // Beside her own picture, too.
  await hers.page.getByRole('button', { name: /^Ann Lee/ }).waitFor();

  const { page } = his;
  const said = message(page, 'hello');
  await said.getByText('Ann Lee').first().click();
  await card(page).getByText('she/her').waitFor();
  await card(page).getByText('Up early.').waitFor();
  await card(page).getByText('local time').waitFor();
  await card(page).getByText('@ann').waitFor();
  await page.keyboard.press('Escape');
  await card(page).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: '@ann' }).click();
  await card(page).getByText('Ann Lee').waitFor();
  await page.keyboard.press('Escape');

  // By keys alone, and the focus comes back.
  await said.focus();
  await page.keyboard.press('v');
  await card(page).getByText('Ann Lee').waitFor();
  await page.keyboard.press('Escape');
  await card(page).waitFor({ state: 'detached' });
  expect(await said.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('a picture is shown where its owner is, and a refusal where it was chosen', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, ann, roomId, 'hello');
  await markAllRead(app, bob);
  await using his = await visit(app, bob, '/rooms/garden');
  await using hers = await visit(app, ann, '/settings');
  const profile = section(hers.page, 'Profile');
  const send = (name: string, mimeType: string, buffer: Buffer) =>
    profile.locator('input[type=file]').setInputFiles({ name, mimeType, buffer });
  await send('notes.png', 'image/png', Buffer.from('no picture'));
  await profile.getByRole('alert').getByText('A picture is a PNG').waitFor();
  await send('me.png', 'image/png', await picture(300, 300));
  await hers.page.getByText('That is your picture now.').waitFor();
  const face = message(his.page, 'hello').locator('img.avatar');
  await face.waitFor();
  expect(await face.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256);
  await profile.getByRole('button', { name: 'Remove' }).click();
  await face.waitFor({ state: 'detached' });
});

test('a status is set from the menu of the viewer, and others see it with their messages', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, ann, roomId, 'hello');
  await markAllRead(app, bob);
  await using his = await visit(app, bob, '/rooms/garden');
  await using hers = await visit(app, ann, '/rooms/garden');
  const { page } = hers;
  const set = async () => {
    await page.getByRole('button', { name: /^ann/ }).click();
    await page.getByRole('button', { name: /what you are about$/ }).click();
  };
  await set();
  const dialog = page.getByRole('dialog', { name: 'What are you about?' });
  await dialog.getByRole('button', { name: 'At lunch' }).click();
  await dialog.getByLabel('In words').fill('At lunch with Bob');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: /At lunch with Bob/ }).waitFor();
  const sign = message(his.page, 'hello').getByRole('img', { name: 'Status: At lunch with Bob' });
  await sign.waitFor();
  await message(his.page, 'hello').getByText('ann', { exact: true }).click();
  await card(his.page).getByText(/until/).waitFor();
  await set();
  await dialog.getByRole('button', { name: 'Clear it' }).click();
  await sign.waitFor({ state: 'detached' });
});

test('who changes their username is still meant by the old one', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'see you, @ann');
  await using hers = await visit(app, ann, '/settings');
  const username = section(hers.page, 'Username');
  const change = async (name: string) => {
    await username.getByLabel('Username', { exact: true }).fill(name);
    await username.getByRole('button', { name: 'Change username' }).click();
  };
  await change('bob');
  await username.getByText('That username is taken.').waitFor();
  await change('annie');
  await hers.page.getByText('You are @annie now.').waitFor();
  await using his = await visit(app, bob, '/rooms/garden');
  await his.page.getByRole('button', { name: '@ann', exact: true }).click();
  await card(his.page).getByText('@annie').waitFor();
});

test('another password logs the other browser out; a link of an administrator’s sets one once', async () => {
  await using app = await startWholeApp();
  const { root, ann } = await people(app.app);
  await using other = await visit(app, ann, '/rooms/garden');
  await using hers = await visit(app, ann, '/settings');
  const form = section(hers.page, 'Password');
  await form.getByLabel('Current password').fill('not the password');
  await form.getByLabel('New password').fill('a wholly new password');
  await form.getByRole('button', { name: 'Change password' }).click();
  await form.getByText('The password is not right.').waitFor();
  await form.getByLabel('Current password').fill(PASSWORD);
  await form.getByRole('button', { name: 'Change password' }).click();
  await hers.page.getByText('Your new password counts.').waitFor();
  await other.page.getByRole('heading', { name: /^Welcome/ }).waitFor();

  const { room } = await run(
    app.url,
    'query($slug: String!) { room(slug: $slug) { members(search: "ann") { edges { node { user { id } } } } } }',
    { slug: 'garden' },
    root.token,
  );
  const { createPasswordReset } = await run(
    app.url,
    'mutation($id: ID!) { createPasswordReset(input: { userId: $id }) { code } }',
    { id: room.members.edges[0].node.user.id },
    root.token,
  );
  const { code } = createPasswordReset;
  await using browser = await openBrowser({ baseURL: app.url });
  const { page } = browser;
  await page.goto(`/reset/${code}`);
  await hydrated(page);
  await page.getByLabel('New password').fill('the third password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Log in as @ann.').waitFor();
  await hers.page.getByRole('heading', { name: /^Welcome/ }).waitFor();
  await page.goto(`/reset/${code}`);
  await hydrated(page);
  await page.getByLabel('New password').fill('the fourth password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText(/^This link is used/).waitFor();
  await page.goto('/login');
  await hydrated(page);
  await page.getByLabel('Username').fill('ann');
  await page.getByLabel('Password').fill('the third password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await composer(page)
    .or(page.getByRole('heading', { name: 'Rooms' }))
    .first()
    .waitFor();
});

test('who deletes their account is out, and their messages stand under a tombstone or go', async () => {
  await using app = await startWholeApp();
  const { ann, bob, eve, roomId } = await people(app.app);
  await app.app.jobs.start();
  await say(app, bob, roomId, 'mine');
  await markAllRead(app, ann);
  await using hers = await visit(app, ann, '/rooms/garden');
  await using his = await visit(app, bob, '/settings');
  await section(his.page, 'Account').getByRole('button', { name: 'Delete account' }).click();
  const dialog = his.page.getByRole('dialog', { name: 'Delete your account?' });
  await dialog.getByLabel('They go, too').check();
  await dialog.getByLabel('Your password').fill('a guess');
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await dialog.getByText('The password is not right.').waitFor();
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await his.page.getByRole('heading', { name: /^Welcome/ }).waitFor();
  await hers.page.locator('[role=log] .tombstone').waitFor();
  await hers.page.getByRole('log').getByText('Deleted account').first().click();
  await card(hers.page).getByText('Deleted account').first().waitFor();

  await using off = await visit(app, eve, '/settings');
  await section(off.page, 'Account').getByRole('button', { name: 'Deactivate account' }).click();
  await off.page.getByRole('button', { name: 'Deactivate', exact: true }).click();
  await off.page.getByRole('heading', { name: /^Welcome/ }).waitFor();
  await off.page.getByLabel('Username').fill('eve');
  await off.page.getByLabel('Password').fill(PASSWORD);
  await off.page.getByRole('button', { name: 'Log in' }).click();
  await off.page.getByText('This account is deactivated.').waitFor();
});
