/**
 * Pictures of every page of the administration, wide and narrow, light and dark, for whoever changes them to look at:
 * `npm run screenshots:admin -- folder [part of a page's name …]`
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../api/app.ts';
import { readConfig } from '../api/config.ts';
import { loadWeb, startServer } from '../api/server.ts';
import { run } from '../api/test/client.ts';
import { cookieOf, people, person, type TestPerson } from '../api/test/people.ts';
import { uploaded } from '../api/test/uploads.ts';
import { replay } from '../bench/replay/replay.ts';
import { openBrowser } from '../web/e2e/browser.ts';
import { hydrated } from '../web/e2e/visitor.ts';

const [folder, ...wanted] = process.argv.slice(2);
if (!folder) throw new Error('Say into which folder: npm run screenshots:admin -- folder');

const LISTS = [
  ...['reports', 'people', 'sessions', 'invitations', 'bans', 'rooms', 'memberships', 'messages'],
  ...['files', 'room-links', 'room-bans', 'audit', 'exports', 'settings'],
];
const WIDTHS = { wide: { width: 1440, height: 900 }, narrow: { width: 375, height: 812 } };

const dataDir = await mkdtemp(join(tmpdir(), 'parley-screenshots-'));
const app = await createApp(
  readConfig({ DATA_DIR: dataDir, PORT: '0', RATE_LIMITS: 'off', LOG_LEVEL: 'error' }),
);
const server = await startServer(app, await loadWeb());
try {
  const { root, personId, roomId } = await fill();
  const pages: Record<string, string> = {
    dashboard: '/admin?range=week',
    ...Object.fromEntries(LISTS.map((path) => [path, `/admin/${path}`])),
    person: `/admin/people/${personId}`,
    room: `/admin/rooms/${roomId}`,
    nothing: '/admin/people?search=nobody',
  };
  await mkdir(folder, { recursive: true });
  for (const [size, viewport] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await using browser = await openBrowser({ baseURL: server.url, viewport, colorScheme });
      const { page, context } = browser;
      await context.addCookies([{ ...(await cookieOf(app, root)), url: server.url }]);
      for (const [name, path] of Object.entries(pages)) {
        if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
        await page.goto(path);
        await hydrated(page);
        await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      }
    }
  }
} finally {
  await server.close();
  await app.close();
  await rm(dataDir, { recursive: true });
}

/** Something of each kind. */
async function fill() {
  const { root, ann, bob, eve, roomId: at } = await people(app);
  const act = (who: TestPerson, mutation: string, input: object, fields = '__typename') =>
    run(
      server.url,
      `mutation($input: ${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!) {
        ${mutation}(input: $input) { ${fields} }
      }`,
      { input },
      who.token,
    );
  const idOf = ({ user }: TestPerson) => Buffer.from(`User:${user.id}`).toString('base64url');
  await replay(
    {
      ...{ file: join(import.meta.dirname, '../web/e2e/transcript.jsonl'), room: 'ubuntu-help' },
      ...{ messages: 200, speed: Infinity, url: server.url, secret: 'screenshots' },
      invitation: null,
    },
    () => {},
  );
  const den = await act(
    ann,
    'createRoom',
    { slug: 'den', name: 'Den', visibility: 'PRIVATE', topic: 'Among ourselves' },
    'room { id }',
  );
  const file = await uploaded(server.url, bob.token, {
    ...{ roomId: at, body: 'Sow in March.', name: 'sowing-calendar.txt' },
  });
  await act(bob, 'sendMessage', {
    ...{ roomId: at, body: 'When to sow what', attachmentIds: [file.id], idempotencyKey: 'a' },
  });
  await act(ann, 'sendMessage', {
    ...{ roomId: den.createRoom.room.id, body: 'hush', idempotencyKey: 'b' },
  });
  const said = await act(
    bob,
    'sendMessage',
    { roomId: at, body: 'Buy my watches: very cheap, very shiny!', idempotencyKey: 'c' },
    'message { id }',
  );
  const messageId = said.sendMessage.message.id;
  await act(eve, 'reportMessage', { messageId, reason: 'Advertises watches' });
  await act(ann, 'reportMessage', { messageId, reason: 'Spam, for the third time' });
  const zed = await person(app, 'zed');
  await act(root, 'banUser', { userId: idOf(zed), reason: 'Several accounts' });
  await act(root, 'setServerRole', { userId: idOf(ann), role: 'ADMINISTRATOR' });
  await act(ann, 'banMember', { userId: idOf(eve), roomId: at, reason: 'Loud' });
  await act(root, 'createInvitation', { maxUses: 3 });
  await act(ann, 'createRoomLink', { roomId: at });
  return { root, personId: idOf(bob), roomId: at };
}
