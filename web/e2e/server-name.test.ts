import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { picture, sendLogo } from '../../api/test/uploads.ts';
import { openBrowser } from './browser.ts';
import { visit } from './visitor.ts';

test('the server’s name and logo are on every page, also before a log-in, and on what is installed', async () => {
  await using app = await startWholeApp();
  const { root, ann } = await people(app.app);
  const set = `mutation { updateServerSettings(input: { name: "The Orchard" }) { settings { name } } }`;
  await run(app.url, set, {}, root.token);
  const sent = await sendLogo(app.url, root.token, await picture(300, 200));
  const { logoUrl } = sent.data!['server'];

  await using stranger = await openBrowser({ baseURL: app.url });
  await stranger.page.goto('/login');
  await stranger.page.getByRole('heading', { name: 'Welcome to The Orchard' }).waitFor();
  expect(await stranger.page.title()).toBe('Log in · The Orchard');
  const widthOf = (page: typeof stranger.page) =>
    page
      .locator(`img[src="${logoUrl}"]`)
      .evaluate((image) =>
        (image as HTMLImageElement).decode().then(() => (image as HTMLImageElement).naturalWidth),
      );
  expect(await widthOf(stranger.page)).toBe(512);

  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await expect.poll(() => page.title()).toBe('#Garden · The Orchard');
  await page.getByRole('navigation').getByRole('link', { name: 'The Orchard' }).waitFor();
  expect(await widthOf(page)).toBe(512);
  const manifest = await (await page.context().request.get('/manifest.webmanifest')).json();
  expect(manifest).toMatchObject({ name: 'The Orchard', icons: [{ src: logoUrl }] });
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);

  await page.goto('/nowhere');
  expect(await page.title()).toBe('There is nothing here · The Orchard');
  await run(app.url, 'mutation { removeServerLogo { settings { logoUrl } } }', {}, root.token);
  await page.goto('/rooms');
  expect(await page.title()).toBe('Rooms · The Orchard');
  expect(await page.locator('img[src^="/logo/"]').count()).toBe(0);
});

test('an administrator chooses a logo, which is everywhere at once, and takes it away', async () => {
  await using app = await startWholeApp();
  const { root } = await people(app.app);
  await using browser = await visit(app, root, '/admin/settings');
  const { page } = browser;
  const choose = async (name: string, buffer: Buffer) => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a logo' }).click(),
    ]);
    await chooser.setFiles({ name, mimeType: 'image/png', buffer });
  };
  await choose('words.png', Buffer.from('no picture'));
  await page
    .getByRole('alert')
    .getByText(/picture/i)
    .waitFor();
  await choose('logo.png', Buffer.from(await picture(300, 200)));
  await page.getByText('That is the logo now.').waitFor();
  await page.getByRole('button', { name: 'Change logo' }).waitFor();
  await page.getByAltText('The logo now').waitFor();
  await page.locator('nav img[src^="/logo/"]').first().waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('The logo was removed.').waitFor();
  await page.locator('img[src^="/logo/"]').first().waitFor({ state: 'detached' });
});
