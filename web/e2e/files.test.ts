import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp, type TestApp } from '../../api/test/harness.ts';
import { people, type TestPerson } from '../../api/test/people.ts';
import { kept, uploaded } from '../../api/test/uploads.ts';
import { composer, hydrated, said, visit } from './visitor.ts';

const tiles = (page: Page) => page.getByRole('list', { name: 'Files to be sent' }).locator('li');
const picker = (page: Page) => page.locator('input[type=file]');
const text = (name: string, content = name) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
});

async function picture(name: string, background: string, width = 800, height = 600) {
  const image = sharp({ create: { width, height, channels: 3, background } });
  return { name, mimeType: 'image/png', buffer: await image.png().toBuffer() };
}

/** The names of the files of the room's messages, oldest first. */
async function sent(app: TestApp, person: TestPerson): Promise<string[][]> {
  const { room } = await run(
    app.url,
    '{ room(slug: "garden") { messages { edges { node { attachments { name } } } } } }',
    {},
    person.token,
  );
  return room.messages.edges.map(({ node }: any) => node.attachments.map(({ name }: any) => name));
}

/** Lets files come by a paste or a drag, which only a person could do otherwise. */
function bring(page: Page, kind: 'paste' | 'dragenter' | 'drop', names: string[]): Promise<void> {
  return page.evaluate(
    ({ kind, names }) => {
      const data = new DataTransfer();
      for (const name of names) data.items.add(new File([name], name, { type: 'text/plain' }));
      const field = document.querySelector('form.composer textarea')!;
      const init = { bubbles: true, cancelable: true };
      field.dispatchEvent(
        kind === 'paste'
          ? new ClipboardEvent(kind, { ...init, clipboardData: data })
          : new DragEvent(kind, { ...init, dataTransfer: data }),
      );
    },
    { kind, names },
  );
}

test('files come by picker, paste and drag, and are sent in that order, without what was removed', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await picker(page).setInputFiles([text('one.txt'), text('two.txt')]);
  await bring(page, 'paste', ['three.txt']);
  await bring(page, 'dragenter', ['four.txt']);
  await page.getByText('Drop files for #Garden').waitFor();
  await bring(page, 'drop', ['four.txt']);
  await page.getByText('Drop files for #Garden').waitFor({ state: 'detached' });
  await expect.poll(() => tiles(page).locator('.name').allTextContents()).toHaveLength(4);
  await page.getByRole('button', { name: 'Remove two.txt' }).click();
  await expect
    .poll(() => tiles(page).locator('.status').allTextContents())
    .toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/bytes$/)));
  await composer(page).fill('Here they are');
  await composer(page).press('Enter');
  await expect.poll(() => sent(app, ann)).toEqual([['one.txt', 'three.txt', 'four.txt']]);
  expect(await tiles(page).count()).toBe(0);
  // What was removed is gone from the server as well.
  await expect.poll(() => kept(app.app)).toHaveLength(3);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: /three\.txt/ }).click();
  expect((await download).suggestedFilename()).toBe('three.txt');
});

test('what was refused says why, what did not get through is tried again, and what is called off is gone', async () => {
  await using app = await startWholeApp({ MAX_UPLOAD_BYTES: '1000000' });
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const { buffer } = await picture('half.png', 'teal');
  await picker(page).setInputFiles([
    text('large.txt', 'x'.repeat(1_000_001)),
    { name: 'half.png', mimeType: 'image/png', buffer: buffer.subarray(0, buffer.length / 2) },
  ]);
  await tiles(page).getByText('Larger than 1 MB').waitFor();
  await tiles(page).getByText('The image is damaged').waitFor();
  await composer(page).fill('Not yet');
  await composer(page).press('Enter');
  expect(await said(app, ann, 'garden')).toEqual([]);
  await page.getByRole('button', { name: 'Cancel large.txt' }).click();
  await page.getByRole('button', { name: 'Cancel half.png' }).click();

  let fate: 'lose' | 'refuse' | 'pass' = 'lose';
  await page.route('**/upload?*', async (route) => {
    if (fate === 'pass') return route.continue();
    if (fate === 'refuse') {
      const errors = [{ message: 'The disk is full.', extensions: { code: 'STORAGE_FULL' } }];
      return route.fulfill({ status: 507, json: { data: null, errors } });
    }
    // It has arrived, and the answer is lost: a retry must not double it.
    await route.fetch();
    return route.abort();
  });
  await picker(page).setInputFiles([text('a.txt')]);
  await tiles(page).getByText('Waiting for the connection').waitFor();
  fate = 'refuse';
  await tiles(page).getByText('The disk is full.').waitFor();
  fate = 'pass';
  await page.getByRole('button', { name: 'Retry' }).click();
  await tiles(page).getByText('5 bytes').waitFor();
  expect(await kept(app.app)).toHaveLength(1);
  await composer(page).press('Enter');
  await expect.poll(() => sent(app, ann)).toEqual([['a.txt']]);
});

test('a picture is described before it is sent, and that sends nothing', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await picker(page).setInputFiles([await picture('a.png', 'teal')]);
  await page.getByRole('button', { name: 'Describe' }).click();
  await page.getByLabel('Description').fill('All of it is green');
  await page.getByLabel('Description').press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Edit description' }).waitFor();
  expect(await sent(app, ann)).toEqual([]);
  await composer(page).press('Enter');
  await page.getByRole('button', { name: 'Open All of it is green' }).waitFor();
  await expect.poll(() => sent(app, ann)).toEqual([['a.png']]);
});

test('a message that is sent while its files are on their way goes once they are there', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const arrive = Promise.withResolvers<void>();
  await page.route('**/upload?*', async (route) => {
    await arrive.promise;
    await route.continue();
  });
  await picker(page).setInputFiles([text('slow.txt')]);
  await composer(page).fill('Soon');
  await composer(page).press('Enter');
  await page.getByText('The message will be sent once the files are there.').waitFor();
  expect(await said(app, ann, 'garden')).toEqual([]);
  arrive.resolve();
  await expect.poll(() => sent(app, ann)).toEqual([['slow.txt']]);
  expect(await said(app, ann, 'garden')).toEqual(['Soon']);
});

test('an upload that is called off on its way leaves nothing', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 },
  });
  await picker(page).setInputFiles([text('slow.txt', 'x'.repeat(5_000_000))]);
  await expect.poll(() => kept(app.app)).toHaveLength(1);
  await tiles(page)
    .getByText(/^[1-9]\d?%$/)
    .waitFor();
  await page.getByRole('button', { name: 'Cancel slow.txt' }).click();
  await expect.poll(() => kept(app.app)).toEqual([]);
  expect(await app.app.db.prisma.file.count()).toBe(0);
});

test('pictures keep their place before they are there, and open by themselves', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const ids: string[] = [];
  for (const [name, colour] of [
    ['first.png', 'teal'],
    ['second.png', 'tomato'],
  ] as const) {
    const { buffer: body } = await picture(name, colour);
    ids.push((await uploaded(app.url, bob.token, { roomId, name, body })).id);
  }
  await run(
    app.url,
    'mutation ($input: DescribeFileInput!) { describeFile(input: $input) { file { id } } }',
    { input: { fileId: ids[1], alt: 'All of it is red' } },
    bob.token,
  );
  for (const [index, id] of ids.entries()) {
    await run(
      app.url,
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { cursor } }',
      { input: { roomId, body: '', idempotencyKey: `${index}`, attachmentIds: [id] } },
      bob.token,
    );
  }
  await using browser = await visit(app, ann, '/rooms');
  const { page } = browser;
  const show = Promise.withResolvers<void>();
  await page.route('**/thumbnails/*', async (route) => {
    await show.promise;
    await route.continue();
  });
  await page.goto('/rooms/garden', { waitUntil: 'domcontentloaded' });
  await hydrated(page);
  const images = page.locator('[role=log] article img');
  const boxes = () =>
    images.evaluateAll((found) => found.map((image) => image.getBoundingClientRect().toJSON()));
  const loaded = () =>
    images.evaluateAll((found) => found.map((image) => (image as HTMLImageElement).naturalWidth));
  const before = await boxes();
  expect(before).toMatchObject([
    { width: 400, height: 300 },
    { width: 400, height: 300 },
  ]);
  expect(await loaded()).toEqual([0, 0]);
  show.resolve();
  await expect.poll(loaded).toEqual([800, 800]);
  expect(await boxes()).toEqual(before);

  const opener = page.getByRole('button', { name: 'Open first.png' });
  await opener.focus();
  await opener.press('Enter');
  const lightbox = page.getByRole('dialog');
  await lightbox.getByText('1 of 2').waitFor();
  await page.keyboard.press('ArrowRight');
  await lightbox.getByText('2 of 2').waitFor();
  expect(await lightbox.getByRole('img').getAttribute('alt')).toBe('All of it is red');
  expect(await lightbox.locator('.caption').textContent()).toBe('All of it is red');
  const download = page.waitForEvent('download');
  await lightbox.getByRole('link', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toBe('second.png');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await lightbox.getByText('1 of 2').waitFor();
  await page.keyboard.press('Escape');
  await lightbox.waitFor({ state: 'detached' });
  expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
});
