import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { collected } from '../../api/test/collected.ts';
import { entriesOf, importRoomOf } from '../../api/test/exports.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { people, person } from '../../api/test/people.ts';
import { change, composer, message, say, visit } from './visitor.ts';

/** Downloads what is ready, and gives what messages it has. */
async function downloaded(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'parley-download-'));
  try {
    await download.saveAs(join(folder, 'export.tar'));
    return (await entriesOf(join(folder, 'export.tar'))).get('data/message.ndjson')!;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('my data is exported and downloaded in the settings, and is still there after a reload', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, ann, roomId, 'The beans are up.');
  await say(app, bob, roomId, 'So are the weeds.');
  await using browser = await visit(app, bob, '/settings');
  const { page } = browser;
  await page.getByRole('button', { name: 'Export my data' }).press('Enter');
  await page.getByText('Ready to download.').waitFor();
  const messages = await downloaded(page);
  expect(messages).toContain('So are the weeds.');
  expect(messages).not.toContain('The beans are up.');
  await page.reload();
  await page.getByText('Ready to download.').waitFor();
  expect(await page.getByRole('button', { name: 'Export my data' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Export again' }).count()).toBe(1);
  // One that has expired is gone without a reload, too.
  await app.app.db.prisma.export.updateMany({ data: { expiresAt: new Date(Date.now() + 3_000) } });
  await page.reload();
  await page.getByText('Ready to download.').waitFor();
  await page.getByRole('button', { name: 'Export my data' }).waitFor();
});

test('a room is exported among its details by those who own it, and by nobody else', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'So are the weeds.');
  await using owner = await visit(app, ann, '/rooms/garden');
  const open = (page: Page) => page.getByRole('button', { name: 'Room details' }).click();
  await open(owner.page);
  await owner.page.getByRole('button', { name: 'Export', exact: true }).click();
  await owner.page.getByRole('button', { name: 'Export this room' }).click();
  await owner.page.getByText('Ready to download.').waitFor();
  expect(await downloaded(owner.page)).toContain('So are the weeds.');
  // What was exported of the room is not one's own data.
  await owner.page.goto('/settings');
  await owner.page.getByRole('button', { name: 'Export my data' }).waitFor();

  await using member = await visit(app, bob, '/rooms/garden');
  await open(member.page);
  await member.page.getByRole('button', { name: 'Leave room' }).waitFor();
  expect(await member.page.getByRole('button', { name: 'Export', exact: true }).count()).toBe(0);
});

test('how far an export is shows while it is written, and what went wrong where it is not', async () => {
  await using app = await startWholeApp();
  const { ann, roomId } = await people(app.app);
  await change(app, ann, 'sendMessage', { roomId, body: 'x', idempotencyKey: 'x' });
  // Nobody writes it but the test.
  await app.app.jobs.close();
  await using browser = await visit(app, ann, '/settings');
  const { page } = browser;
  await page.getByRole('button', { name: 'Export my data' }).click();
  await page.getByText('It is about to begin.').waitFor();
  const become = async (data: object) => {
    const { id } = (await app.app.db.prisma.export.findFirst())!;
    await app.app.db.prisma.export.updateMany({ data });
    app.app.bus.publish(`export:${id}`, null);
  };
  await become({ state: 'RUNNING', total: 4_000_000n, done: 1_000_000n });
  await page.getByText('1 MB of 4 MB').waitFor();
  const bar = page.getByRole('progressbar', { name: 'Export' });
  expect(await bar.getAttribute('value')).toBe('25');
  await become({ state: 'FAILED' });
  await page.getByText('It could not be written.').waitFor();
  await page.getByRole('button', { name: 'Export my data' }).waitFor();
});

test('a room that was imported while the server runs is found and opened', async () => {
  await using source = await startWholeApp();
  await using app = await startWholeApp();
  const { ann, bob, room, roomId } = await people(source.app);
  await say(source, bob, roomId, 'So are the weeds.');
  const first = await say(source, ann, roomId, 'The beans are up.');
  await say(source, bob, roomId, 'Already?', { threadId: first });
  const here = await person(app.app, 'ann');
  await using browser = await visit(app, here, '/home');
  const { page } = browser;
  await importRoomOf(source.app, room, app.app);
  // It is listed without a reload, and nothing in it is new.
  await page.getByRole('link', { name: 'Garden', exact: true }).click();
  await message(page, 'The beans are up.').waitFor();
  await message(page, 'So are the weeds.').getByText('bob').first().waitFor();
  await page.getByRole('button', { name: /^1 reply/ }).click();
  await page.getByRole('log', { name: 'Replies' }).getByText('Already?').waitFor();
  expect(await page.getByText('New', { exact: true }).count()).toBe(0);
  await composer(page).fill('And here we are.');
  await composer(page).press('Enter');
  await message(page, 'And here we are.').waitFor();
  await collected(app.app);
  await page.keyboard.press('Control+Shift+F');
  await page.getByRole('combobox', { name: 'Search messages' }).fill('weeds');
  await page.locator('[data-search-result]').first().click();
  await page.waitForURL(/\/rooms\/garden\/m\//);
});
