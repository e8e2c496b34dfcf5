import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp, type TestApp } from '../../api/test/harness.ts';
import { people, type TestPerson } from '../../api/test/people.ts';
import { change, composer, hydrated, said, say, visit } from './visitor.ts';

const listed = (page: Page) => page.locator('a[data-room-link] .name').allTextContents();

async function details(page: Page) {
  const button = page.getByRole('button', { name: 'Room details' });
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
  await page.getByRole('heading', { name: 'Topic' }).waitFor();
}

async function makeRoom({ url }: TestApp, { token }: TestPerson, slug: string): Promise<void> {
  const document =
    'mutation($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }';
  await run(url, document, { input: { slug } }, token);
}

async function updateRoom({ url }: TestApp, { token }: TestPerson, input: object): Promise<void> {
  const document =
    'mutation($input: UpdateRoomInput!) { updateRoom(input: $input) { room { id } } }';
  await run(url, document, { input }, token);
}

test('an owner changes a room’s settings, and others see them at once', async () => {
  await using app = await startWholeApp();
  const { ann, bob } = await people(app.app);
  await using owners = await visit(app, ann, '/rooms/garden');
  await using members = await visit(app, bob, '/rooms/garden');
  const { page } = owners;
  await details(page);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Room settings' });
  await dialog.getByLabel('Icon').fill('leek');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('An icon is one emoji.').waitFor();
  await dialog.getByLabel('Icon').fill('🌱');
  await dialog.getByLabel('Description').fill('Be kind to the leeks.');
  await dialog.getByLabel('Who writes').selectOption('MODERATORS');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Be kind to the leeks.').waitFor();
  await members.page.getByText('Only the room’s owners and moderators write here.').waitFor();
  await members.page.getByText('🌱').first().waitFor();
  expect(await composer(members.page).count()).toBe(0);
});

test('what another owner changes while the settings are open is not changed back', async () => {
  await using app = await startWholeApp();
  const { ann, root, roomId } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await details(page);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Room settings' });
  await dialog.getByLabel('Description').fill('Be kind to the leeks.');
  await updateRoom(app, root, { roomId, visibility: 'PRIVATE' });
  await change(app, root, 'renameRoom', { roomId, name: 'Orchard' });
  await page.getByRole('heading', { name: 'Orchard', level: 1 }).waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const fields = 'name description visibility postingPolicy';
  const { room } = await run(app.url, `{ room(slug: "garden") { ${fields} } }`, {}, ann.token);
  expect(room).toEqual({
    ...{ name: 'Orchard', description: 'Be kind to the leeks.' },
    ...{ visibility: 'PRIVATE', postingPolicy: 'MEMBERS' },
  });
});

test('what is typed to delete a room stays while others join it', async () => {
  await using app = await startWholeApp();
  const { ann, eve, roomId } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await details(page);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete #Garden' });
  await dialog.getByRole('textbox').fill('gar');
  await dialog.getByText('the membership of 2 people').waitFor();
  await change(app, eve, 'joinRoom', { roomId });
  await page.getByRole('heading', { name: 'Members 3' }).waitFor({ state: 'attached' });
  expect(await dialog.getByRole('textbox').inputValue()).toBe('gar');
});

test('a stranger asks to join a restricted room, is let in, and sees what is said', async () => {
  await using app = await startWholeApp();
  const { ann, eve, roomId } = await people(app.app);
  await say(app, ann, roomId, 'The leeks are in.');
  await updateRoom(app, ann, { roomId, visibility: 'RESTRICTED' });
  await using browser = await visit(app, eve, '/rooms/garden');
  const { page } = browser;
  await page.getByText('Only members see what is said here.').waitFor();
  expect(await page.getByText('The leeks are in.').count()).toBe(0);
  await page.getByRole('textbox').fill('I grow leeks.');
  await page.getByRole('button', { name: 'Ask to join' }).click();
  await page.getByText('You have asked to join.').waitFor();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.getByRole('button', { name: 'Ask to join' }).click();
  await page.getByText('You have asked to join.').waitFor();

  await using owners = await visit(app, ann, '/rooms/garden');
  await owners.page.getByLabel('1 asking to join').waitFor();
  await details(owners.page);
  await owners.page.getByRole('button', { name: 'Let eve in' }).waitFor();
  await owners.page.getByRole('button', { name: 'Let eve in' }).press('Enter');
  await page.getByText('The leeks are in.').waitFor();
  // With the last request goes the button that had the focus; the panel keeps it.
  await owners.page.getByRole('button', { name: 'Let eve in' }).waitFor({ state: 'detached' });
  expect(await owners.page.evaluate('document.activeElement.localName')).not.toBe('body');
  await composer(page).waitFor();
});

test('people are invited by name and by link', async () => {
  await using app = await startWholeApp();
  const { ann, eve, root, roomId } = await people(app.app);
  await updateRoom(app, ann, { roomId, visibility: 'PRIVATE' });
  await using invited = await visit(app, eve, '/home');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await details(page);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite to #Garden' });
  await dialog.getByLabel('By name').fill('ev');
  await dialog.getByRole('button', { name: 'Invite eve' }).press('Enter');
  await dialog.getByText('Invited', { exact: true }).waitFor();
  expect(await page.evaluate('document.activeElement.localName')).toBe('ul');
  await page.route('**/graphql', (route) => route.abort());
  await dialog.getByLabel('By name').fill('ro');
  await dialog.getByText('The server can’t be reached.').waitFor();
  expect(await dialog.getByText('Nobody of that name.').count()).toBe(0);
  await page.unroute('**/graphql');
  await dialog.getByRole('button', { name: 'Create link' }).click();
  const link = await dialog.getByLabel('Link to the room').inputValue();
  await dialog.getByText('0 of 25 used').waitFor();

  await invited.page.getByText('ann invites you').waitFor();
  await invited.page.getByRole('button', { name: 'Join Garden' }).click();
  await invited.page.waitForURL('**/rooms/garden');
  await composer(invited.page).waitFor();

  await using others = await visit(app, root, new URL(link).pathname);
  await others.page.getByText('You are invited to').waitFor();
  await dialog.getByRole('button', { name: /^Revoke/ }).press('Enter');
  await dialog.getByText('0 of 25 used').waitFor({ state: 'detached' });
  await others.page.getByRole('button', { name: 'Join room' }).click();
  await others.page.getByText('This link does not hold').waitFor();
});

test('a link that cannot be looked up is not said to be over', async () => {
  await using app = await startWholeApp();
  const { eve } = await people(app.app);
  await using browser = await visit(app, eve, '/rooms');
  const { page } = browser;
  await page.route('**/graphql', (route) => route.abort());
  await page.evaluate(`(() => {
    const link = Object.assign(document.createElement('a'), { href: '/join/abc' });
    document.querySelector('main').append(link);
    link.click();
  })()`);
  await page.getByRole('heading', { name: 'The link could not be looked up' }).waitFor();
});

test('favourites stand on top, and the list is ordered by keys and by dragging, on every screen', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  for (const slug of ['attic', 'barn', 'cellar']) await makeRoom(app, ann, slug);
  await using browser = await visit(app, ann, '/rooms/garden');
  await using other = await visit(app, ann, '/home');
  const { page } = browser;
  const all = async (order: string[]) => {
    await expect.poll(() => listed(page)).toEqual(order);
    await expect.poll(() => listed(other.page)).toEqual(order);
  };
  await all(['attic', 'barn', 'cellar', 'Garden']);
  await page.getByRole('button', { name: 'Favourite' }).click();
  await all(['Garden', 'attic', 'barn', 'cellar']);
  await page.getByRole('heading', { name: 'Favourites' }).waitFor();
  await page.getByRole('link', { name: 'cellar' }).focus();
  await page.keyboard.press('Alt+Shift+ArrowUp');
  await all(['Garden', 'attic', 'cellar', 'barn']);
  expect(await page.evaluate('document.activeElement.textContent')).toContain('cellar');
  await page.getByRole('link', { name: 'attic' }).dragTo(page.getByRole('link', { name: 'barn' }));
  await all(['Garden', 'cellar', 'barn', 'attic']);
  await page.reload();
  await hydrated(page);
  expect(await listed(page)).toEqual(['Garden', 'cellar', 'barn', 'attic']);
});

test('a room is archived and taken back, and deleted with its address typed again', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'Hello');
  await using browser = await visit(app, ann, '/rooms/garden');
  await using members = await visit(app, bob, '/rooms/garden');
  const { page } = browser;
  await details(page);
  await page.getByRole('button', { name: 'Archive', exact: true }).click();
  await members.page.getByText('The room is archived: nothing changes in it.').waitFor();
  await members.page.getByText(/^Archived/).waitFor();
  await page.getByRole('button', { name: 'Take back into use' }).click();
  await composer(members.page).waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete #Garden' });
  await dialog.getByText('1 message').waitFor();
  await dialog.getByRole('textbox').fill('gardens');
  await dialog.getByRole('button', { name: 'Delete room' }).click();
  await dialog.getByText('This is not the address of the room.').waitFor();
  await dialog.getByRole('textbox').fill('garden');
  await dialog.getByRole('button', { name: 'Delete room' }).click();
  await page.waitForURL('**/rooms');
  await expect.poll(() => listed(members.page)).toEqual([]);
});

test('in slow mode the composer counts down and keeps what is written', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await updateRoom(app, ann, { roomId, slowModeSeconds: 300 });
  await using browser = await visit(app, bob, '/rooms/garden');
  const { page } = browser;
  await composer(page).fill('first');
  await page.keyboard.press('Enter');
  await page.getByRole('timer').waitFor();
  await composer(page).fill('second');
  await page.keyboard.press('Enter');
  expect(await composer(page).inputValue()).toBe('second');
  expect(await page.getByRole('timer').textContent()).toMatch(/[45]:\d\d/);
  await expect.poll(() => said(app, ann, 'garden')).toEqual(['first']);
});

test('what is typed into the search for rooms stays as it is typed', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await makeRoom(app, ann, 'shed');
  await using browser = await visit(app, ann, '/rooms');
  const { page } = browser;
  const main = page.getByRole('main');
  const field = page.getByLabel('Search rooms by name or topic');
  await main.getByText('shed').waitFor();
  await field.pressSequentially('gar ');
  await main.getByText('shed').waitFor({ state: 'detached' });
  expect(await field.inputValue()).toBe('gar ');
});
