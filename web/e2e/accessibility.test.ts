import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { scrollsSideways, settled, violations } from './axe.ts';
import { openBrowser } from './browser.ts';
import {
  change,
  choose,
  composer,
  fill,
  hydrated,
  message,
  openDirect,
  say,
  visit,
} from './visitor.ts';

const ENTRY = ['/login', '/register', '/reset/a-code'];
const INSIDE = [
  '/rooms',
  '/rooms?search=nothing',
  '/rooms/garden',
  '/rooms/not-yet',
  '/rooms/No--room',
  '/settings',
  '/home',
];
const DIALOGS: [name: string, open: (page: Page) => Promise<void>][] = [
  ['new room', (page) => page.getByRole('button', { name: 'New room' }).first().click()],
  ['keys', (page) => page.keyboard.press('?')],
  [
    'new message',
    async (page) => {
      await page.getByRole('button', { name: 'New message' }).click();
      await page.getByRole('dialog').getByRole('option').first().click();
      await page.getByRole('button', { name: /^Leave out/ }).waitFor();
    },
  ],
  ['user menu', (page) => page.getByRole('button', { name: /^root/ }).click()],
  [
    'status',
    async (page) => {
      await page.getByRole('button', { name: /^root/ }).click();
      await page.getByRole('button', { name: 'Say what you are about' }).click();
    },
  ],
  [
    'export',
    async (page) => {
      await page.getByRole('button', { name: 'Export my data' }).click();
      await page.getByText('Ready to download.').waitFor();
    },
  ],
  ['way out', (page) => page.getByRole('button', { name: 'Delete account' }).click()],
];

/** Everything that a text can be set in. */
const TEXT = `**bold** _it_ ~~gone~~ \`code\` @root @bob #garden ||hidden **twice**|| https://a.example
> quoted
- item
1. first

\`\`\`js
// Long enough to scroll: ${'x'.repeat(300)}
const answer = "forty" + 2;
\`\`\``;

/** What opens over a room's messages. */
const ON_MESSAGES: [name: string, open: (page: Page) => Promise<void>][] = [
  ['toolbar', (page) => message(page, 'hers').hover()],
  [
    'menu',
    async (page) => {
      await message(page, 'hers').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menu').waitFor();
    },
  ],
  [
    'emoji picker',
    async (page) => {
      await message(page, 'hers').focus();
      await page.keyboard.press('+');
      await page.getByRole('button', { name: 'Flags' }).click();
      await page.getByRole('option', { name: 'chequered flag' }).waitFor();
    },
  ],
  [
    'profile',
    async (page) => {
      await message(page, 'hers').focus();
      await page.keyboard.press('v');
      await page.getByRole('dialog', { name: 'Profile' }).getByText('@ann').waitFor();
    },
  ],
  ['delete', (page) => choose(page, 'hers', 'Delete')],
  ['edit', (page) => composer(page).press('ArrowUp')],
  [
    'edit history',
    async (page) => {
      await page.getByRole('button', { name: 'edited' }).click();
      await page.getByText('as it was').waitFor();
    },
  ],
  ['reply', (page) => choose(page, 'hers', 'Reply')],
  [
    'thread',
    async (page) => {
      await page.getByRole('button', { name: /^1 reply/ }).click();
      await page.getByRole('log', { name: 'Replies' }).getByText('in the thread').waitFor();
    },
  ],
  [
    'pins',
    async (page) => {
      await page.getByRole('button', { name: 'Pinned messages' }).click();
      await page.getByRole('link', { name: 'Show in room' }).waitFor();
    },
  ],
  ['report', (page) => choose(page, 'an answer', 'Report…')],
  ['ban', (page) => choose(page, 'an answer', 'Ban author…')],
  [
    'reports',
    async (page) => {
      await page.getByRole('button', { name: 'Reports: 1 open' }).click();
      await page.getByRole('listitem', { name: 'Report by eve' }).waitFor();
    },
  ],
  [
    'menu of a member',
    async (page) => {
      await page.getByRole('button', { name: 'Room details' }).click();
      // Once it is known who is here, the list is in another order, and a menu that was open is closed.
      await page.getByRole('heading', { name: /^Here/ }).waitFor();
      await page.getByRole('button', { name: 'Actions for bob' }).click();
      await page.getByRole('menuitem').first().waitFor();
    },
  ],
];

test.each(['light', 'dark'] as const)('axe finds nothing on any page, %s', async (colorScheme) => {
  await using app = await startWholeApp();
  const { root, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 3);
  await say(app, bob, roomId, TEXT);
  const found: Record<string, string[]> = {};

  await using stranger = await openBrowser({ baseURL: app.url, colorScheme, ...settled });
  for (const path of ENTRY) {
    await stranger.page.goto(path);
    await hydrated(stranger.page);
    found[path] = await violations(stranger.page);
  }

  await using browser = await visit(app, root, '/rooms', { colorScheme, ...settled });
  const { page } = browser;
  for (const path of INSIDE) {
    await page.goto(path);
    await hydrated(page);
    found[path] = await violations(page);
  }
  await page.goto('/rooms/garden');
  await hydrated(page);
  await page.getByRole('button', { name: 'Room details' }).click();
  await page.getByRole('complementary').getByText('@bob').waitFor();
  found['details'] = await violations(page);
  await page.keyboard.press('Escape');
  await page.goto('/rooms/garden');
  await hydrated(page);
  await page.locator('.code .keyword').first().waitFor();
  await page.getByRole('button', { name: 'Spoiler' }).click();
  await page.getByRole('button', { name: /^Join/ }).click();
  await page.getByRole('button', { name: 'Formatting' }).click();
  await composer(page).pressSequentially('@');
  await page.getByRole('option').first().waitFor();
  found['writing'] = await violations(page);
  for (const [name, open] of DIALOGS) {
    await page.goto('/settings');
    await hydrated(page);
    await open(page);
    found[name] = await violations(page);
  }
  expect(Object.entries(found).filter(([, list]) => list.length > 0)).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing in what is done with messages, %s',
  async (colorScheme) => {
    await using app = await startWholeApp();
    const { ann, bob, eve, roomId } = await people(app.app);
    const messageId = await say(app, ann, roomId, 'as it was');
    await change(app, ann, 'editMessage', { messageId, body: 'hers' });
    await change(app, ann, 'addReaction', { messageId, emoji: '👍' });
    await change(app, bob, 'addReaction', { messageId, emoji: '🎉' });
    await change(app, bob, 'pinMessage', { messageId });
    const answer = await say(app, bob, roomId, 'an answer', { replyToId: messageId });
    await change(app, eve, 'reportMessage', { messageId: answer, reason: 'Spam' });
    await say(app, bob, roomId, 'in the thread', { threadId: messageId });
    const gone = await say(app, bob, roomId, 'gone');
    await change(app, bob, 'deleteMessage', { messageId: gone });
    await using browser = await visit(app, ann, '/rooms/garden', { colorScheme, ...settled });
    const { page } = browser;
    const found: [string, string[]][] = [];
    for (const [name, open] of ON_MESSAGES) {
      await page.goto(`/rooms/garden/m/${encodeURIComponent(messageId)}`);
      await hydrated(page);
      await open(page);
      found.push([name, await violations(page)]);
    }
    expect(found.filter(([, list]) => list.length > 0)).toEqual([]);
  },
);

test.each(['light', 'dark'] as const)(
  'axe finds nothing in direct messages, nor where somebody is blocked, %s',
  async (colorScheme) => {
    await using app = await startWholeApp();
    const { ann, bob, eve, roomId } = await people(app.app);
    const group = await openDirect(app, eve, ann, bob);
    await say(app, eve, group.id, 'shall we?');
    const { slug } = await openDirect(app, ann, bob);
    await say(app, bob, roomId, 'rude words');
    await using browser = await visit(app, ann, `/rooms/${slug}`, { colorScheme, ...settled });
    const { page } = browser;
    const found: [string, string[]][] = [];
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Block bob' }).click();
    await page.getByText('They are not told').waitFor();
    found.push(['direct', await violations(page)]);
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await page.getByText('You have blocked').waitFor();
    for (const path of [`/rooms/${slug}`, `/rooms/${group.slug}`, '/rooms/garden', '/settings']) {
      await page.goto(path);
      await hydrated(page);
      found.push([path, await violations(page)]);
    }
    expect(found.filter(([, list]) => list.length > 0)).toEqual([]);
  },
);

test('nothing scrolls sideways on a screen of 320 pixels', async () => {
  await using app = await startWholeApp();
  const { root, bob, roomId } = await people(app.app);
  await fill(app, bob, roomId, 2);
  await say(app, bob, roomId, TEXT);
  const viewport = { width: 320, height: 568 };
  await using stranger = await openBrowser({ baseURL: app.url, viewport });
  for (const path of ENTRY) {
    await stranger.page.goto(path);
    expect([path, await scrollsSideways(stranger.page)]).toEqual([path, false]);
  }
  await using browser = await visit(app, root, '/rooms', { viewport });
  for (const path of INSIDE) {
    await browser.page.goto(path);
    expect([path, await scrollsSideways(browser.page)]).toEqual([path, false]);
  }
});
