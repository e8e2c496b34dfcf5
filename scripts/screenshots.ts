/**
 * Makes `docs/images/room.png`: the test browser in a room in which a real conversation was played.
 * `npm run screenshots`
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../api/app.ts';
import { readConfig } from '../api/config.ts';
import { loadWeb, startServer } from '../api/server.ts';
import { replay } from '../bench/replay/replay.ts';
import { openBrowser } from '../web/e2e/browser.ts';

const root = join(import.meta.dirname, '..');
const PASSWORD = 'correct horse battery';

const dataDir = await mkdtemp(join(tmpdir(), 'parley-screenshots-'));
const app = await createApp(
  readConfig({ DATA_DIR: dataDir, PORT: '0', RATE_LIMITS: 'off', LOG_LEVEL: 'error' }),
);
const server = await startServer(app, await loadWeb());
try {
  await using browser = await openBrowser({
    baseURL: server.url,
    viewport: { width: 1440, height: 900 },
  });
  const { page } = browser;
  await page.goto('/register');
  await page.getByLabel('Name', { exact: true }).fill('Ann');
  await page.getByLabel('Username').fill('ann');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/rooms');
  for (const name of ['announcements', 'garden', 'kernel', 'ubuntu-help']) {
    await page.goto(`/rooms/${name}`);
    await page.getByRole('button', { name: `Create #${name}` }).click();
    await page.getByRole('textbox', { name: /^Message #/ }).waitFor();
  }
  await replay(
    {
      ...{ file: join(root, 'web/e2e/transcript.jsonl'), room: 'ubuntu-help', messages: 110 },
      ...{ speed: Infinity, url: server.url, secret: 'screenshots', invitation: null },
    },
    () => {},
  );
  await page
    .getByRole('button', { name: /details/i })
    .first()
    .click();
  await page.getByRole('button', { name: 'Leave room' }).waitFor();
  // The panel slides in.
  await page.waitForTimeout(500);
  await mkdir(join(root, 'docs/images'), { recursive: true });
  await page.screenshot({ path: join(root, 'docs/images/room.png') });
} finally {
  await server.close();
  await app.close();
  await rm(dataDir, { recursive: true });
}
