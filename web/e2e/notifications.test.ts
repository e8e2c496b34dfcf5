import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { visit } from './visitor.ts';

test('notifications are turned on by a click, tried by another, and turned off', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/settings', { permissions: ['notifications'] });
  const { page } = browser;
  await page.getByText('Off in this browser').waitFor();
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByText(/^On in this browser/).waitFor();
  await page.getByRole('button', { name: 'Send a test' }).click();
  // A browser without a screen has none to show it on.
  await page.getByText(/^Sent\.|^The browser did not show it\./).waitFor();

  await page.reload();
  await page.getByText(/^On in this browser/).waitFor();
  await page.getByRole('button', { name: 'Turn off' }).click();
  await page.getByText('Off in this browser').waitFor();
});

test('whoever has denied them is told where to allow them, and is not asked', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/settings');
  const { context, page } = browser;
  const devtools = await context.newCDPSession(page);
  await devtools.send('Browser.setPermission', {
    permission: { name: 'notifications' },
    setting: 'denied',
    origin: app.url,
  });
  await page.reload();
  await page.getByText('This browser does not let Parley notify you').waitFor();
  expect(await page.getByRole('button', { name: 'Turn on' }).count()).toBe(0);
});

test('a room tells of all messages, or of nothing for a while, as one has chosen in its details', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  await page.getByRole('button', { name: 'Room details' }).click();
  await expect.poll(() => page.getByRole('radio', { name: 'Mentions' }).isChecked()).toBe(true);
  await page.getByRole('radio', { name: 'All messages' }).check();
  const standing = async () => {
    const { room } = await run(
      app.url,
      '{ room(slug: "garden") { viewerMembership { notificationLevel mutedUntil } } }',
      {},
      ann.token,
    );
    return room.viewerMembership;
  };
  await expect.poll(standing).toEqual({ notificationLevel: 'ALL', mutedUntil: null });

  await page.getByRole('button', { name: 'Mute' }).click();
  await page.getByRole('button', { name: 'For 8 hours' }).click();
  await page.getByText(/^Muted until /).waitFor();
  const { mutedUntil } = await standing();
  expect(new Date(mutedUntil).getTime() - Date.now()).toBeGreaterThan(7.9 * 60 * 60 * 1000);
  await page.getByRole('button', { name: 'Unmute' }).click();
  await page.getByRole('button', { name: 'Mute' }).click();
  await page.getByRole('button', { name: 'Until I turn it back on' }).click();
  await page.getByText('Muted until you turn it back on').waitFor();
});
