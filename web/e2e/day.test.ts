/**
 * All that two people do with messages in a day, one thing after the other. With PICTURES=<folder> one of them looks at
 * each with a wide and a narrow screen, light and dark, and what they see is kept there.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { collected } from '../../api/test/collected.ts';
import { startWholeApp, type TestApp } from '../../api/test/harness.ts';
import { people, type TestPerson } from '../../api/test/people.ts';
import { choose, composer, hydrated, message, say, shownTexts, visit } from './visitor.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 375, height: 740 },
];
const folder = process.env['PICTURES'];
/** A picture takes seconds. */
const TIMEOUT_MS = folder ? 600_000 : 120_000;

const FORMATTED = [
  'Some **bold**, *italic*, ~~struck~~ and `inline` words, a ||secret|| and https://example.org/a-page',
  '',
  '> what somebody said',
  '',
  '- one',
  '- two',
  '',
  '```ts',
  'const greeting: string = "hello"; // for @bob',
  '```',
].join('\n');

test(
  'two people write, react, discuss, show, find, mark and mute',
  async () => {
    await using app = await startWholeApp();
    const { ann, bob, roomId } = await people(app.app);
    await using anns = await visit(app, ann, '/rooms/garden', { viewport: SIZES[0]! });
    await using bobs = await visit(app, bob, '/rooms/garden');
    await using screens = await openScreens(app, ann);
    const [one, two] = [anns.page, bobs.page];
    const write = async (page: Page, text: string) => {
      await composer(page).fill(text);
      await composer(page).press('Enter');
    };

    // Writing and text.
    await write(two, 'Who has the key to the shed?');
    await write(one, FORMATTED);
    await write(one, '🎉🌻');
    await write(two, '@ann could you look at #garden, please?');
    await write(two, 'It rains tomorow');
    await message(one, 'It rains tomorow').waitFor();
    await composer(two).press('ArrowUp');
    await two.getByRole('textbox', { name: 'Edit message' }).fill('It rains tomorrow');
    await two.keyboard.press('Enter');
    await message(one, 'It rains tomorrow').getByRole('button', { name: 'edited' }).waitFor();
    await write(two, 'Never mind');
    await choose(two, 'Never mind', 'Delete');
    await two.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await message(one, 'This message was deleted.').waitFor();
    await choose(one, 'Who has the key to the shed?', 'Reply');
    await one.keyboard.type('It hangs beside the door');
    await one.keyboard.press('Enter');
    await choose(one, 'It rains tomorrow', 'Pin');
    await message(two, 'It hangs beside the door').focus();
    await two.keyboard.press('+');
    await two.getByRole('combobox', { name: 'Search emoji' }).fill('party popper');
    await two.getByRole('option', { name: 'party popper' }).click();
    await one.getByRole('button', { name: '🎉 1: bob' }).click();
    await two.getByRole('button', { name: '🎉 2: You and ann' }).waitFor();
    await screens.look('messages', '/rooms/garden');
    await screens.look('pins', '/rooms/garden', (page) =>
      page.getByRole('button', { name: 'Pinned messages' }).click(),
    );

    // A thread, and what is unread in it.
    await message(one, 'It rains tomorrow').focus();
    await one.keyboard.press('t');
    const field = (page: Page) => page.getByRole('textbox', { name: 'Reply in the thread' });
    await field(one).fill('Then we plant on Sunday');
    await field(one).press('Enter');
    await message(two, 'It rains tomorrow')
      .getByRole('button', { name: /^1 reply/ })
      .click();
    await field(two).fill('Sunday is fine');
    await field(two).press('Enter');
    await one.getByRole('log', { name: 'Replies' }).getByText('Sunday is fine').waitFor();
    await screens.look('thread', '/rooms/garden', (page) =>
      message(page, 'It rains tomorrow')
        .getByRole('button', { name: /^2 replies/ })
        .click(),
    );
    await screens.look('threads', '/threads');
    await one.getByRole('button', { name: 'Close thread' }).click();
    await two.getByRole('button', { name: 'Close thread' }).click();

    // Files, with words for those who do not see them.
    await one
      .locator('input[type=file]')
      .setInputFiles([
        await picture('beds.png', '#7a8f5c'),
        await picture('shed.png', '#a0674b'),
        { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('Beans, then peas') },
      ]);
    await one.getByRole('list', { name: 'Files to be sent' }).getByText('plan.txt').waitFor();
    await write(one, 'The plan');
    await two.getByRole('button', { name: 'Open beds.png' }).waitFor();
    await screens.look('files', '/rooms/garden');
    await screens.look('lightbox', '/rooms/garden', (page) =>
      page.getByRole('button', { name: 'Open beds.png' }).click(),
    );

    // Presence, typing and a draft.
    await composer(two).pressSequentially('I will');
    await one.getByText('bob is typing').waitFor();
    await screens.look('typing', '/rooms/garden');
    await composer(two).fill('');
    await composer(one).fill('I had almost');

    // Reading: what came while nobody looked.
    await one.goto('/rooms');
    await hydrated(one);
    for (const text of ['Are you there?', '@ann hello?']) await write(two, text);
    const link = one.getByRole('navigation').getByRole('link', { name: /^Garden/ });
    await link.getByText('mentioning you').waitFor();
    await screens.look('unread', '/rooms');
    await link.click();
    await one.getByRole('separator', { name: 'New messages' }).waitFor();
    expect(await composer(one).inputValue()).toBe('I had almost');
    await composer(one).fill('');
    await choose(one, 'Are you there?', 'Mark unread from here');
    await one.keyboard.press('Shift+Escape');
    await link.getByText('mentioning you').waitFor({ state: 'detached' });

    // Finding, here and everywhere.
    const find = async (page: Page, text: string) => {
      await page.keyboard.press('Control+Shift+F');
      await page.getByRole('combobox', { name: 'Search messages' }).fill(text);
    };
    await collected(app.app);
    await find(one, 'from:bob tomorrow');
    await one.getByRole('complementary', { name: 'Search' }).getByText('It rains').waitFor();
    await find(one, 'has:image');
    await one.getByRole('complementary', { name: 'Search' }).getByText('The plan').waitFor();
    await screens.look('search', '/rooms/garden', async (page) => {
      await find(page, 'the');
      await page.getByRole('complementary', { name: 'Search' }).locator('mark').first().waitFor();
    });
    await screens.look('palette', '/rooms/garden', (page) => page.keyboard.press('Control+K'));

    // Of what one is told.
    await screens.look('details', '/rooms/garden', (page) =>
      page.getByRole('button', { name: 'Room details' }).click(),
    );
    await screens.look('settings', '/settings');

    // Whoever is not in the room is not reached, which is said before.
    await one.goto('/rooms/garden');
    await hydrated(one);
    const warned = async (page: Page) => {
      await composer(page).fill('@eve come and see');
      await page.getByText('eve is not in this room').waitFor();
      await composer(page).press('Enter');
    };
    await warned(one);
    await screens.look('warning', '/rooms/garden', warned);
    await one.getByRole('button', { name: 'Send anyway' }).click();
    await message(two, '@eve come and see').waitFor();
    await say(app, bob, roomId, 'Good night');
    await expect.poll(async () => (await shownTexts(one)).at(-1)?.trim()).toBe('Good night');
  },
  TIMEOUT_MS,
);

interface Screens extends AsyncDisposable {
  /** What all of them see at an address, once something was done there. */
  look(name: string, path: string, act?: (page: Page) => Promise<unknown>): Promise<void>;
}

async function openScreens(app: TestApp, person: TestPerson): Promise<Screens> {
  const opened: { name: string; browser: Awaited<ReturnType<typeof visit>> }[] = [];
  if (folder) {
    await mkdir(folder, { recursive: true });
    for (const viewport of SIZES) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const browser = await visit(app, person, '/rooms', { viewport, colorScheme });
        opened.push({ name: `${viewport.width}-${colorScheme}`, browser });
      }
    }
  }
  return {
    async look(name, path, act) {
      for (const { name: screen, browser } of opened) {
        const { page } = browser;
        await page.goto(path);
        await hydrated(page);
        await act?.(page);
        await page.waitForLoadState('networkidle');
        await page.screenshot({
          path: join(folder!, `${name}-${screen}.png`),
          animations: 'disabled',
        });
        // Nobody reads on.
        await page.goto('about:blank');
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { browser } of opened) await browser[Symbol.asyncDispose]();
    },
  };
}

async function picture(name: string, background: string) {
  const image = sharp({ create: { width: 1200, height: 800, channels: 3, background } });
  return { name, mimeType: 'image/png', buffer: await image.png().toBuffer() };
}
