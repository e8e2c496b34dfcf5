/** Hostile texts wherever else a text is shown: in files, rooms, people, drafts, reactions and addresses. */
import { parse } from 'content-disposition';
import { expect, test } from 'vitest';
import { bearer, run } from '../../api/test/client.ts';
import { startWholeApp, type TestApp } from '../../api/test/harness.ts';
import { people, type TestPerson } from '../../api/test/people.ts';
import { picture, uploaded } from '../../api/test/uploads.ts';
import { watch } from './intrusion.ts';
import { PAYLOADS } from './payloads.ts';
import { readUpwards } from './screen.ts';
import { composer, hydrated, say, visit } from './visitor.ts';

/** Of one line, as names are. */
const LINES = PAYLOADS.filter((text) => text.length <= 80 && !/[\n\r]/.test(text));
const FILES_PER_MESSAGE = 10;

test(`${LINES.length} hostile names of files and alternative texts run nothing, also by HTTP`, async () => {
  expect(LINES.length).toBeGreaterThan(120);
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const ids = await sendFiles(app, bob, roomId);
  for (const { id, name, mediaType } of await app.app.db.prisma.file.findMany()) {
    const isShown = mediaType === 'image/png';
    const path = `/files/${id}/${encodeURIComponent(name)}`;
    const response = await fetch(app.url + path, { headers: bearer(ann.token) });
    await response.arrayBuffer();
    expect(response.status).toBe(200);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-type')).toBe(
      isShown ? 'image/png' : 'application/octet-stream',
    );
    const { type, parameters } = parse(response.headers.get('content-disposition')!);
    expect(type).toBe(isShown ? 'inline' : 'attachment');
    expect(parameters['filename']).toBe(name);
  }

  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  const seen = await watch(context);
  await page.goto('/rooms/garden');
  await hydrated(page);
  expect(await readUpwards(page)).toHaveLength(ids.length);
  const cards = page.locator('[role=log] a.card');
  expect(LINES).toContain(await cards.first().locator('.name').textContent());
  for (const card of (await cards.all()).slice(0, 10)) {
    await card.hover();
    await card.focus();
  }
  await page.locator('[role=log] article button:has(img)').first().click();
  for (let index = 0; index < FILES_PER_MESSAGE; index++) {
    const shown = page.getByRole('dialog').getByRole('img');
    expect(LINES).toContain(await shown.getAttribute('alt'));
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Escape');
  expect(seen).toEqual([]);
});

test(
  `${LINES.length} hostile rooms, topics, people, drafts and reactions run nothing, nor do addresses`,
  { timeout: 240_000 },
  async () => {
    await using app = await startWholeApp();
    const { ann, bob, roomId } = await people(app.app);
    const { prisma } = app.app.db;
    await makeRooms(app, ann);
    const rows = LINES.map((displayName, index) => ({
      ...{ displayName, username: `guest-${index}`, usernameKey: `guest-${index}` },
    }));
    const guests = await prisma.user.createManyAndReturn({ data: rows });
    const garden = await prisma.room.findUniqueOrThrow({ where: { slug: 'garden' } });
    await prisma.membership.createMany({
      data: guests.map(({ id: userId }) => ({ userId, roomId: garden.id })),
    });
    await say(app, bob, roomId, 'What do you think?');
    const { seq } = await prisma.message.findFirstOrThrow();
    await prisma.reaction.createMany({
      data: guests.slice(0, 40).map(({ id: userId }, index) => ({
        ...{ roomId: garden.id, seq, userId, emoji: LINES[index]! },
      })),
    });

    await using browser = await visit(app, ann, '/rooms/garden');
    const { page, context } = browser;
    const seen = await watch(context);
    await page.goto('/rooms/garden');
    await hydrated(page);
    expect(await page.getByRole('navigation').getByRole('link').count()).toBeGreaterThan(120);
    await page.getByRole('button', { name: 'Room details' }).click();
    await page.getByText('@guest-0', { exact: true }).waitFor();
    await composer(page).pressSequentially('@guest');
    await page.getByRole('option').first().waitFor();
    await composer(page).fill('');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    const field = page.getByRole('combobox', { name: 'Search messages' });
    for (const text of LINES.slice(0, 15)) {
      await field.fill(text);
      await field.press('Enter');
    }
    for (const index of [0, 30, 60]) {
      await page.goto(`/rooms/hostile-${index}`);
      await hydrated(page);
      await expect.poll(() => composer(page).inputValue()).toBe(LINES[index]);
    }
    for (const [index, text] of LINES.slice(0, 36).entries()) {
      const encoded = encodeURIComponent(text);
      const addresses = [
        ...[`/rooms?search=${encoded}`, `/rooms/garden/m/${encoded}`, `/rooms/${encoded}`],
        ...[`/rooms/garden#${encoded}`, `/rooms/garden?${encoded}`, `/login?redirectTo=${encoded}`],
      ];
      await page.goto(addresses[index % addresses.length]!, { waitUntil: 'domcontentloaded' });
    }
    await page.goto('/rooms');
    await hydrated(page);
    expect(seen).toEqual([]);
  },
);

/** All of them as names and as descriptions, every other message with pictures. The names are such as no API takes. */
async function sendFiles(app: TestApp, author: TestPerson, roomId: string): Promise<string[]> {
  const image = await picture(9, 9);
  const ids: string[] = [];
  for (let start = 0; start < LINES.length; start += FILES_PER_MESSAGE) {
    const names = LINES.slice(start, start + FILES_PER_MESSAGE);
    const body = (start / FILES_PER_MESSAGE) % 2 === 0 ? 'text' : image;
    const files = await Promise.all(
      names.map(() => uploaded(app.url, author.token, { roomId, body })),
    );
    for (const [index, { id }] of files.entries()) {
      const key = Buffer.from(id, 'base64url').toString().split(':')[1]!;
      const alt = LINES[(start + index + 50) % LINES.length]!;
      await app.app.db.prisma.file.update({
        where: { id: key },
        data: { name: names[index]!, alt },
      });
    }
    const input = {
      roomId,
      body: '',
      idempotencyKey: `${start}`,
      attachmentIds: files.map(({ id }) => id),
    };
    const { sendMessage } = await run(
      app.url,
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }',
      { input },
      author.token,
    );
    ids.push(sendMessage.message.id);
  }
  return ids;
}

/** Rooms whose names, topics and drafts are hostile. */
async function makeRooms({ app }: TestApp, { user }: TestPerson): Promise<void> {
  const { prisma } = app.db;
  const rooms = await prisma.room.createManyAndReturn({
    data: LINES.map((name, index) => ({
      slug: `hostile-${index}`,
      name,
      topic: LINES[(index + 20) % LINES.length]!,
    })),
  });
  const own = rooms.map(({ id: roomId }) => ({ roomId, userId: user.id }));
  await prisma.membership.createMany({ data: own });
  await prisma.draft.createMany({
    data: own.map((key, index) => ({ ...key, body: LINES[index]! })),
  });
}
