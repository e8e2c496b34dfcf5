import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { scrollsSideways, settled, violations } from './axe.ts';
import { change, hydrated, say, visit } from './visitor.ts';

/** Every page of the administration. */
const PAGES = [
  ...['', 'reports', 'people', 'sessions', 'invitations', 'bans', 'rooms', 'memberships'],
  ...['messages', 'files', 'room-links', 'room-bans', 'audit', 'exports', 'settings'],
].map((path) => `/admin/${path}`.replace(/\/$/, ''));

/** What opens over its lists. */
const ON_RECORDS: [name: string, path: string, open: (page: Page) => Promise<void>][] = [
  [
    'menu of a row',
    '/admin/people',
    async (page) => {
      await page.getByRole('button', { name: 'Actions for bob' }).click();
      await page.getByRole('menuitem').first().waitFor();
    },
  ],
  [
    'rows that are chosen',
    '/admin/people',
    (page) => page.getByRole('checkbox', { name: 'Choose all on this page' }).click(),
  ],
  [
    'deed',
    '/admin/people',
    async (page) => {
      await page.getByRole('button', { name: 'Actions for bob' }).click();
      await page.getByRole('menuitem', { name: 'Delete…' }).click();
      await page.getByRole('dialog').getByText('This cannot be undone').waitFor();
    },
  ],
  [
    'finding somebody',
    '/admin/memberships',
    async (page) => {
      await page.getByRole('button', { name: 'Add member' }).click();
      await page.getByRole('dialog').getByRole('option').first().waitFor();
    },
  ],
  [
    'record beside its list',
    '/admin/messages',
    async (page) => {
      await page.getByRole('link', { name: 'as it was' }).click();
      await page.getByRole('dialog').getByText('Sent').waitFor();
    },
  ],
  ['record', '/admin/people', (page) => page.getByRole('link', { name: /@bob/ }).click()],
  [
    'plot',
    '/admin?range=week',
    async (page) => {
      await page.getByRole('slider', { name: 'People' }).focus();
      await page.keyboard.press('End');
      await page.getByText('As a table').first().click();
    },
  ],
];

/** Each page in both themes and both widths once, rather than in all four ways. */
const LOOKS = [
  ['light', 1280],
  ['dark', 375],
] as const;

async function reported() {
  const app = await startWholeApp();
  const { root, bob, eve, roomId } = await people(app.app);
  const messageId = await say(app, bob, roomId, 'as it was');
  await change(app, eve, 'reportMessage', { messageId, reason: 'Spam' });
  return { app, root };
}

test.each(LOOKS)(
  'axe finds nothing on any page, %s, %i pixels wide',
  async (colorScheme, width) => {
    const { app, root } = await reported();
    await using _ = app;
    const viewport = { width, height: 800 };
    await using browser = await visit(app, root, '/admin', { colorScheme, viewport, ...settled });
    const { page } = browser;
    const found: [string, string[]][] = [];
    for (const path of PAGES) {
      await page.goto(path);
      await hydrated(page);
      found.push([path, await violations(page)]);
    }
    expect(found.filter(([, list]) => list.length > 0)).toEqual([]);
  },
);

test.each(LOOKS)(
  'axe finds nothing in what opens over lists, %s, %i pixels wide',
  async (colorScheme, width) => {
    const { app, root } = await reported();
    await using _ = app;
    const viewport = { width, height: 800 };
    await using browser = await visit(app, root, '/admin', { colorScheme, viewport, ...settled });
    const { page } = browser;
    const found: [string, string[]][] = [];
    for (const [name, path, open] of ON_RECORDS) {
      // A card is chosen by itself: there is no head that chooses all.
      if (width < 700 && name === 'rows that are chosen') continue;
      await page.goto(path);
      await hydrated(page);
      await open(page);
      found.push([name, await violations(page)]);
    }
    expect(found.filter(([, list]) => list.length > 0)).toEqual([]);
  },
);

test('nothing scrolls sideways on a screen of 320 pixels', async () => {
  const { app, root } = await reported();
  await using _ = app;
  const viewport = { width: 320, height: 568 };
  await using browser = await visit(app, root, '/admin', { viewport });
  for (const path of PAGES) {
    await browser.page.goto(path);
    expect([path, await scrollsSideways(browser.page)]).toEqual([path, false]);
  }
});
