import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp, type TestApp } from '../../api/test/harness.ts';
import { PASSWORD, people, person, type TestPerson } from '../../api/test/people.ts';
import { uploaded } from '../../api/test/uploads.ts';
import { choose, pick, press, tabTo, write } from './keyboard.ts';
import { change, composer, hydrated, message, say, visit } from './visitor.ts';

const userId = ({ user }: TestPerson) => Buffer.from(`User:${user.id}`).toString('base64url');

/** From the menu of a row to the dialog that asks. */
async function askFor(page: Page, row: string | RegExp, deed: string): Promise<void> {
  const name =
    typeof row === 'string'
      ? `Actions for ${row}`
      : new RegExp(`^Actions for ${row.source.slice(1)}`);
  await press(page, 'button', name);
  await choose(page, deed);
  await page.getByRole('dialog').waitFor();
}

/** Sends the dialog off, which closes once it is done. */
async function submit(page: Page, label: string): Promise<void> {
  await press(page, 'button', label);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Chooses from a list of the browser's own by typing how it begins. */
async function select(page: Page, label: string, option: string): Promise<void> {
  await tabTo(page, 'combobox', label);
  await page.keyboard.type(option);
}

const names = (page: Page) => page.locator('[role=rowheader] .leads').allTextContents();
const trimmed = (texts: string[]) => texts.map((one) => one.replace(/\s+/g, ' ').trim());
const shownPeople = async (page: Page) =>
  trimmed(await names(page)).map((name) => name.split('@')[1]?.trim());

async function openAt(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

async function report(app: TestApp, who: TestPerson, messageId: string): Promise<void> {
  await change(app, who, 'reportMessage', { messageId, reason: 'Spam' });
}

test('from a report to a ban and back, by keyboard alone', async () => {
  await using app = await startWholeApp();
  const { root, bob, eve, roomId } = await people(app.app);
  await change(app, eve, 'joinRoom', { roomId });
  const said = await say(app, bob, roomId, 'Buy my watches');
  await report(app, eve, said);
  await using member = await visit(app, eve, '/rooms/garden');
  await using banned = await visit(app, bob, '/rooms/garden');
  await message(member.page, 'Buy my watches').waitFor();
  await composer(banned.page).waitFor();
  await using browser = await visit(app, root, '/rooms');
  const { page } = browser;

  await tabTo(page, 'button', /^root/);
  await page.keyboard.press('Enter');
  await press(page, 'link', 'Administration');
  await press(page, 'link', /^Spam/);
  await page.getByRole('heading', { name: 'the report by eve' }).waitFor();
  await page.getByText('Buy my watches').first().waitFor();

  await press(page, 'button', 'Delete message…');
  await submit(page, 'Delete');
  await page.getByText('1 message deleted.').waitFor();
  await message(member.page, 'Buy my watches').waitFor({ state: 'detached' });

  await press(page, 'button', 'Ban author…');
  const reason = page.getByRole('textbox', { name: 'Reason' });
  await reason.and(page.locator(':focus')).waitFor();
  // The banned are told of it: what the reporter has written is not for them.
  expect(await reason.inputValue()).toBe('');
  await page.keyboard.press('Enter');
  await page.getByText('Banned: bob.').waitFor();
  await banned.page.waitForURL('**/login**');
  await banned.page.getByLabel('Username').fill('bob');
  await banned.page.getByLabel('Password').fill(PASSWORD);
  await banned.page.keyboard.press('Enter');
  await banned.page.getByRole('alert').waitFor();

  await press(page, 'button', 'Close as acted upon…');
  await submit(page, 'Close');
  await press(page, 'link', 'Bans from the server');
  await askFor(page, 'bob', 'Lift the ban…');
  await submit(page, 'Lift the ban');
  await page.getByText('The ban of bob was lifted.').waitFor();
  await page.getByRole('heading', { name: 'No bans' }).waitFor();

  await banned.page.getByLabel('Password').fill(PASSWORD);
  await banned.page.keyboard.press('Enter');
  await composer(banned.page).waitFor();

  await press(page, 'link', 'Audit log');
  await expect
    .poll(async () => trimmed(await names(page)))
    .toEqual([
      'Lifted a ban from the server',
      'Closed a report',
      'Banned from the server',
      'Deleted a message',
    ]);
});

test('people are made, changed and deleted by keyboard alone', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  await using browser = await visit(app, root, '/admin/people');
  const { page } = browser;

  await press(page, 'button', 'New person');
  await write(page, 'Username', 'zoe');
  await select(page, 'Role', 'Adm');
  await press(page, 'button', 'Create account');
  const link = await page.getByLabel('Link to choose a password').inputValue();
  // It is shown only here: a click that goes wrong does not lose it.
  await page.mouse.click(5, 5);
  await page.getByLabel('Link to choose a password').waitFor();
  await submit(page, 'Done');
  // What opened the dialog has the focus again.
  await page.getByRole('button', { name: 'New person' }).and(page.locator(':focus')).waitFor();

  await askFor(page, 'zoe', 'Edit…');
  await write(page, 'Name', 'Zoe Quill');
  await submit(page, 'Save');
  await page.getByText('Zoe Quill').first().waitFor();
  await page
    .getByRole('button', { name: 'Actions for Zoe Quill' })
    .and(page.locator(':focus'))
    .waitFor();

  await using theirs = await visit(app, root, '/rooms');
  await theirs.context.clearCookies();
  await openAt(theirs.page, new URL(link).pathname);
  await theirs.page.getByLabel('New password').fill(PASSWORD);
  await theirs.page.keyboard.press('Enter');
  await theirs.page.getByRole('link', { name: 'Log in' }).click();
  await theirs.page.getByLabel('Username').fill('zoe');
  await theirs.page.getByLabel('Password').fill(PASSWORD);
  await theirs.page.keyboard.press('Enter');
  await theirs.page.waitForURL('**/rooms**');

  await askFor(page, 'Zoe Quill', 'Delete…');
  await page.getByText('1 session ends').waitFor();
  await write(page, 'Type “zoe” to go on', 'zoe');
  await submit(page, 'Delete for good');
  await theirs.page.waitForURL('**/login**');
  await expect.poll(() => page.getByRole('row').filter({ hasText: 'Deleted' }).count()).toBe(1);
});

test('rooms, and who belongs to them, are made, changed and deleted by keyboard alone', async () => {
  await using app = await startWholeApp();
  const { root, eve } = await people(app.app);
  await using browser = await visit(app, root, '/admin/rooms');
  const { page } = browser;

  await press(page, 'button', 'Create a room');
  await write(page, 'Name', 'Pond');
  await write(page, 'Address', 'pond');
  await select(page, 'Who sees it', 'Priv');
  await submit(page, 'Create room');
  await askFor(page, '#Pond', 'Edit…');
  await write(page, 'Topic', 'Frogs');
  await submit(page, 'Save');

  await using member = await visit(app, eve, '/rooms');
  await press(page, 'link', 'Memberships');
  await press(page, 'button', 'Add member');
  await pick(page, 'Person', 'eve');
  await pick(page, 'Room', 'Pond');
  await submit(page, 'Add');
  await member.page.getByRole('link', { name: /Pond/ }).waitFor();
  await askFor(page, 'eve in #Pond', 'Change role…');
  await select(page, 'Role', 'Mod');
  await submit(page, 'Change role');
  await page.getByRole('row', { name: /eve/ }).getByText('Moderator').waitFor();
  await askFor(page, 'eve in #Pond', 'Remove…');
  await submit(page, 'Remove');
  await member.page.getByRole('link', { name: /Pond/ }).waitFor({ state: 'detached' });

  await press(page, 'link', 'Bans from rooms');
  await press(page, 'button', 'Ban from room');
  await pick(page, 'Person', 'eve');
  await pick(page, 'Room', 'Pond');
  await submit(page, 'Ban');
  await askFor(page, 'eve from #Pond', 'Edit…');
  await write(page, 'Reason', 'Loud');
  await submit(page, 'Save');
  await page.getByRole('cell', { name: 'Loud' }).waitFor();
  await askFor(page, 'eve from #Pond', 'Lift the ban…');
  await submit(page, 'Lift the ban');
  await page.getByRole('heading', { name: 'No bans' }).waitFor();

  await press(page, 'link', 'Links to rooms');
  await press(page, 'button', 'New link');
  await pick(page, 'Room', 'Pond');
  await press(page, 'button', 'Create link');
  await page.getByLabel('Link to the room').waitFor();
  await submit(page, 'Done');
  await askFor(page, 'the link to #Pond', 'Revoke…');
  await submit(page, 'Revoke');
  await page.getByRole('heading', { name: 'No links' }).waitFor();

  await press(page, 'link', 'Rooms');
  await askFor(page, '#Pond', 'Delete…');
  await page.getByText('the membership of 1 person').waitFor();
  await write(page, 'Type “pond” to go on', 'pond');
  await submit(page, 'Delete for good');
  await page.getByText('#Pond was deleted.').waitFor();
  expect(trimmed(await names(page))).toEqual(['Garden']);
});

test('invitations, bans, sessions, messages and files by keyboard alone', async () => {
  await using app = await startWholeApp();
  const { root, ann, bob, roomId } = await people(app.app);
  const file = await uploaded(app.url, bob.token, { roomId, body: 'notes', name: 'notes.txt' });
  await say(app, bob, roomId, 'hello');
  await run(
    app.url,
    'mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }',
    { input: { roomId, body: 'with notes', attachmentIds: [file.id], idempotencyKey: 'a' } },
    bob.token,
  );
  await using browser = await visit(app, root, '/admin/invitations');
  const { page } = browser;

  await press(page, 'button', 'New invitation');
  await press(page, 'button', 'Create link');
  await page.getByLabel('Invitation link').waitFor();
  await submit(page, 'Done');
  await askFor(page, 'the invitation by root', 'Revoke…');
  await submit(page, 'Revoke');
  await page.getByRole('heading', { name: 'No invitations' }).waitFor();

  await press(page, 'link', 'Bans from the server');
  await press(page, 'button', 'Ban somebody');
  await pick(page, 'Person', 'ann');
  await submit(page, 'Ban');
  await askFor(page, 'ann', 'Edit…');
  await write(page, 'Reason', 'Loud');
  await submit(page, 'Save');
  await page.getByRole('cell', { name: 'Loud' }).waitFor();
  await askFor(page, 'ann', 'Lift the ban…');
  await submit(page, 'Lift the ban');

  await using there = await visit(app, bob, '/rooms/garden');
  await composer(there.page).waitFor();
  await openAt(page, `/admin/sessions?kind=COOKIE&user=${userId(bob)}`);
  await askFor(page, /^bob’s/, 'Log out…');
  await submit(page, 'Log out');
  await there.page.waitForURL('**/login**');
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();

  await using reader = await visit(app, ann, '/rooms/garden');
  await press(page, 'link', 'Files');
  await askFor(page, 'notes.txt', 'Delete…');
  await submit(page, 'Delete');
  await page.getByRole('heading', { name: 'No files' }).waitFor();
  await message(reader.page, 'with notes').waitFor();
  await reader.page.getByText('notes.txt').waitFor({ state: 'detached' });
  await press(page, 'link', 'Messages');
  await page.getByText('hello').waitFor();
  await tabTo(page, 'checkbox', 'Choose all on this page');
  await page.keyboard.press('Space');
  await press(page, 'button', 'Delete…');
  await submit(page, 'Delete');
  await message(reader.page, 'hello').waitFor({ state: 'detached' });
});

test('what fails among many is named row by row, and may be tried again', async () => {
  await using app = await startWholeApp();
  const { root, ann, eve } = await people(app.app);
  await change(app, root, 'setServerRole', { userId: userId(ann), role: 'ADMINISTRATOR' });
  await using browser = await visit(app, ann, '/admin/people');
  const { page } = browser;
  await page.getByRole('checkbox', { name: 'Choose all on this page' }).click();
  await page.getByText('4 chosen').waitFor();
  // Only to those for whom it makes sense: neither to oneself nor to the owner.
  await page.getByRole('button', { name: 'Ban… (2)' }).click();
  await page.getByRole('dialog', { name: 'Ban 2 people from the server?' }).waitFor();
  await change(app, root, 'setServerRole', { userId: userId(eve), role: 'ADMINISTRATOR' });
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
  await dialog.getByText('Not done to 1:').waitFor();
  expect(await dialog.getByRole('listitem').allTextContents()).toEqual([
    expect.stringMatching(/^eve: /),
  ]);
  await change(app, root, 'setServerRole', { userId: userId(eve), role: 'MEMBER' });
  await dialog.getByRole('button', { name: 'Try these again' }).click();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => page.getByRole('row').filter({ hasText: 'Banned' }).count()).toBe(2);
});

test('what others have changed since a list was read is not changed back', async () => {
  await using app = await startWholeApp();
  const { root, ann, bob, roomId } = await people(app.app);
  await using browser = await visit(app, root, '/admin/rooms');
  const { page } = browser;
  await change(app, ann, 'updateRoom', { roomId, visibility: 'PRIVATE' });
  await change(app, ann, 'renameRoom', { roomId, name: 'Orchard' });
  await askFor(page, '#Garden', 'Edit…');
  await write(page, 'Topic', 'Apples');
  await change(app, ann, 'updateRoom', { roomId, slowModeSeconds: 30 });
  await submit(page, 'Save');
  const { room } = await run(
    app.url,
    '{ room(slug: "garden") { name topic visibility slowModeSeconds } }',
    {},
    ann.token,
  );
  expect(room).toEqual({
    ...{ name: 'Orchard', topic: 'Apples', visibility: 'PRIVATE', slowModeSeconds: 30 },
  });

  await openAt(page, '/admin/people');
  await askFor(page, 'bob', 'Edit…');
  await change(app, bob, 'updateProfile', { about: 'Beans.', pronouns: 'he/him' });
  await write(page, 'Name', 'Bob');
  await submit(page, 'Save');
  const { me } = await run(app.url, '{ me { displayName about pronouns } }', {}, bob.token);
  expect(me).toEqual({ displayName: 'Bob', about: 'Beans.', pronouns: 'he/him' });
});

test('a link for one person is not shown in a dialog that was opened for another meanwhile', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  await using browser = await visit(app, root, '/admin/people');
  const { page } = browser;
  const answered = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes('createPasswordReset')) return route.continue();
    const response = await route.fetch();
    held.resolve();
    await answered.promise;
    await route.fulfill({ response });
  });
  await askFor(page, 'ann', 'Password link…');
  await press(page, 'button', 'Create link');
  await held.promise;
  await page.keyboard.press('Escape');
  await askFor(page, 'bob', 'Password link…');
  answered.resolve();
  await page.getByText('The link was created.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Create link' }).waitFor();
  expect(await page.getByLabel('Link to choose a password').count()).toBe(0);
});

test('a filter that is chosen before the page of the last one is there is one more', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  await using browser = await visit(app, root, '/admin/people');
  const { page } = browser;
  const both = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('AdminPeople')) await both.promise;
    await route.continue();
  });
  await page.getByLabel('Role').selectOption('MEMBER');
  await page.getByLabel('State').selectOption('ACTIVE');
  await page.getByRole('searchbox').fill('an');
  await page.getByRole('searchbox').press('Enter');
  both.resolve();
  await expect.poll(() => shownPeople(page)).toEqual(['ann']);
  expect(new URL(page.url()).search).toBe('?search=an&role=MEMBER&state=ACTIVE');
});

test('whoever looks for somebody is told that there is nobody, or that it could not be asked', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  await using browser = await visit(app, root, '/admin/memberships');
  const { page } = browser;
  await page.getByRole('button', { name: 'Add member' }).click();
  const field = page.getByRole('dialog').getByRole('combobox', { name: 'Person' });
  await field.fill('nobody');
  await page.getByText('Nobody is called so.').waitFor();
  await page.route('**/graphql', (route) => route.abort());
  await field.fill('ann');
  await page.getByRole('dialog').getByText('The server can’t be reached.').waitFor();
});

test('who is no administrator any more sees no more of these pages; who becomes one finds them', async () => {
  await using app = await startWholeApp();
  const { root, ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms');
  const { page } = browser;
  const become = (role: string) =>
    change(app, root, 'setServerRole', { userId: userId(ann), role });
  const menu = page.getByRole('button', { name: /^ann/ });
  await become('ADMINISTRATOR');
  await menu.click();
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page.getByText('@bob').waitFor();
  await become('MEMBER');
  await page.getByText('You are no administrator').waitFor();
  expect(await page.getByText('@bob').count()).toBe(0);
  await menu.click();
  expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
});

test('search, filters, order and page are in the address, and going back goes back', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  for (let n = 10; n < 34; n++) await person(app.app, `member${n}`);
  await using browser = await visit(app, root, '/admin/people?sort=username');
  const { page } = browser;
  const first = await shownPeople(page);
  expect(first.slice(0, 4)).toEqual(['ann', 'bob', 'eve', 'member10']);
  expect(first).toHaveLength(25);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect.poll(() => shownPeople(page)).toEqual(['member32', 'member33', 'root']);
  const second = page.url();
  await page.getByRole('link', { name: 'Previous' }).click();
  await expect.poll(() => shownPeople(page)).toEqual(first);

  await page.getByRole('link', { name: 'Name', exact: true }).click();
  await page.waitForURL('**/admin/people?sort=display-name');
  await page.getByLabel('Role').selectOption('OWNER');
  await expect.poll(() => shownPeople(page)).toEqual(['root']);
  await page.goBack();
  await expect.poll(() => shownPeople(page)).toHaveLength(25);
  await page.goForward();
  await expect.poll(() => shownPeople(page)).toEqual(['root']);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.keyboard.type('member2');
  await expect.poll(() => shownPeople(page)).toHaveLength(10);
  expect(new URL(page.url()).searchParams.get('search')).toBe('member2');

  // Whoever gets the address sees the same.
  await openAt(page, second);
  expect(await shownPeople(page)).toEqual(['member32', 'member33', 'root']);
});

test('what is said in a private room is not shown, which is told; what was reported is', async () => {
  await using app = await startWholeApp();
  const { root, ann, bob } = await people(app.app);
  await change(app, ann, 'createRoom', { slug: 'den', visibility: 'PRIVATE' });
  const { room } = await run(app.url, '{ room(slug: "den") { id } }', {}, ann.token);
  const messageId = await say(app, ann, room.id, 'a secret');
  await using browser = await visit(app, root, `/admin/messages?room=${room.id}`);
  const { page } = browser;
  await page.getByText('not shown: only members may read it').waitFor();
  expect(await page.content()).not.toContain('a secret');

  await change(app, root, 'addMember', { roomId: room.id, userId: userId(bob) });
  await report(app, bob, messageId);
  await page.reload();
  await page.getByText('a secret').waitFor();
});

test('for others the administration is a page that is not there', async () => {
  await using app = await startWholeApp();
  const { bob } = await people(app.app);
  await using browser = await visit(app, bob, '/rooms');
  const { page } = browser;
  const answers = [];
  for (const path of [
    '/admin',
    '/admin/people',
    '/admin/settings',
    '/admin/nonsense',
    '/nonsense',
  ]) {
    const response = await page.goto(path);
    await hydrated(page);
    answers.push([response!.status(), trimmed(await page.locator('.notice').allTextContents())]);
  }
  expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
  await page.goto('/rooms');
  await hydrated(page);
  await page.getByRole('button', { name: /^bob/ }).click();
  expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
});

test('settings of the server hold at once, and those of the environment are locked', async () => {
  await using app = await startWholeApp({ MAX_FILES_PER_MESSAGE: '3' });
  const { root } = await people(app.app);
  await using browser = await visit(app, root, '/admin/settings');
  const { page } = browser;
  await page.getByText('Fixed by MAX_FILES_PER_MESSAGE').waitFor();
  expect(await page.getByLabel('Most files of a message').getAttribute('readonly')).not.toBe(null);
  await write(page, 'Name', 'The Allotment');
  await tabTo(page, 'radio', /Anybody/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await press(page, 'button', 'Save');
  await page.getByText('Saved.').waitFor();
  await expect.poll(() => page.title()).toContain('The Allotment');
  await page.context().clearCookies();
  await openAt(page, '/login');
  await page.getByText('The Allotment').first().waitFor();
  expect(await page.getByRole('link', { name: /account/i }).count()).toBe(0);
});

test('a setting is refused where it makes no sense, and what is typed stays when another is reset', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  await change(app, root, 'updateServerSettings', { maxFilesPerMessage: 3 });
  await using browser = await visit(app, root, '/admin/settings');
  const { page } = browser;
  const files = page.getByLabel('Most files of a message');
  await files.fill('many');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Give a whole number.').waitFor();
  await page.getByLabel('Name').fill('The Allotment');
  await page.getByRole('button', { name: 'Back to the default' }).click();
  await expect.poll(() => files.inputValue()).toBe('10');
  expect(await page.getByLabel('Name').inputValue()).toBe('The Allotment');
});

test('days are named as they are counted, by UTC, wherever one is', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  const timezoneId = 'America/New_York';
  await using browser = await visit(app, root, '/admin?range=month', { timezoneId });
  const { page } = browser;
  const today = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format();
  const plot = page.getByRole('slider', { name: 'Messages sent' });
  await expect.poll(() => plot.getAttribute('aria-valuetext')).toBe(`${today}: Messages 0`);
});

test('an export is followed as it is made, and fetched', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  await using browser = await visit(app, root, '/admin/exports');
  const { page } = browser;
  await press(page, 'button', 'Export the server');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.tar/);
});

test('plots are read by keys and as a table', async () => {
  await using app = await startWholeApp();
  const { root, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'hello');
  await using browser = await visit(app, root, '/admin?range=week');
  const { page } = browser;
  const plot = page.getByRole('slider', { name: 'Messages sent' });
  await tabTo(page, 'slider', 'Messages sent');
  await page.keyboard.press('End');
  await expect.poll(() => plot.getAttribute('aria-valuetext')).toMatch(/: Messages 1$/);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => plot.getAttribute('aria-valuetext')).toMatch(/: Messages 0$/);
  const figure = page.getByRole('figure', { name: 'Messages sent' });
  await figure.getByText('As a table').click();
  await figure.getByRole('row', { name: /Messages 1$|, .* 1$/ }).waitFor();
});
