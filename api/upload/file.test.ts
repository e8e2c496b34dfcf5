import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { kept, picture, upload, uploaded } from '../test/uploads.ts';

async function garden(settings = {}) {
  const server = await startApp(settings);
  return { server, ...(await people(server.app)) };
}

const SVG = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg">${content}</svg>`;

test('a picture is encoded again: nothing but its pixels is kept, upright, and its size is known', async () => {
  const { server, ann, roomId } = await garden();
  await using _ = server;
  const { app } = server;
  const photo = await sharp(await picture(400, 300, 'jpeg'))
    .keepExif()
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1' } })
    .jpeg()
    .toBuffer();
  expect((await sharp(photo).metadata()).exif!.length).toBeGreaterThan(100);
  const body = Buffer.concat([photo, Buffer.from('<script>alert("behind")</script>')]);
  const file = await uploaded(server.url, ann.token, { roomId, name: 'photo.jpg', body });
  expect(file).toMatchObject({ kind: 'IMAGE', mediaType: 'image/jpeg', width: 300, height: 400 });
  const [row] = await app.db.prisma.file.findMany();
  for (const rendition of ['file', 'thumbnail'] as const) {
    const bytes = await readFile(app.storage.pathOf(row!.id, rendition));
    const metadata = await sharp(bytes).metadata();
    expect(metadata).toMatchObject({ width: 300, height: 400 });
    expect(metadata.exif).toBeUndefined();
    expect(metadata.orientation).toBeUndefined();
    expect(bytes.includes('alert')).toBe(false);
  }
  expect(row!.size).toBe((await readFile(app.storage.pathOf(row!.id))).length);
});

test.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
  'a picture of type %s is what its bytes say, whatever its name says',
  async (format) => {
    const { server, ann, roomId } = await garden();
    await using _ = server;
    const body = await picture(2_000, 500, format);
    const file = await uploaded(server.url, ann.token, { roomId, name: 'notes.txt', body });
    expect(file).toMatchObject({
      ...{ name: 'notes.txt', kind: 'IMAGE', mediaType: `image/${format}` },
      ...{ width: 2_000, height: 500 },
    });
    const thumbnail = await fetch(server.url + file.thumbnailUrl, { headers: bearer(ann.token) });
    const { width, height } = await sharp(await thumbnail.arrayBuffer()).metadata();
    expect({ width, height }).toEqual({ width: 960, height: 240 });
  },
);

test('a moving picture moves still', async () => {
  const { server, ann, roomId } = await garden();
  await using _ = server;
  const frame = (background: string) =>
    sharp({ create: { width: 60, height: 40, channels: 3, background } })
      .png()
      .toBuffer();
  const frames = await Promise.all(['red', 'green', 'blue'].map(frame));
  const body = await sharp(frames, { join: { animated: true } })
    .gif({ delay: [90, 90, 90] })
    .toBuffer();
  const file = await uploaded(server.url, ann.token, { roomId, name: 'dance.gif', body });
  expect(file).toMatchObject({ width: 60, height: 40 });
  for (const address of [file.url, file.thumbnailUrl]) {
    const response = await fetch(server.url + address, { headers: bearer(ann.token) });
    const { pages, delay } = await sharp(await response.arrayBuffer()).metadata();
    expect({ pages, delay }).toEqual({ pages: 3, delay: [90, 90, 90] });
  }
});

test.each([
  ['a text', 'notes', 'Grüße aus dem Garten', 'text/plain'],
  ['a page', 'page.html', '<!-- --><html><body>', 'text/html'],
  ['a drawing', 'logo.svg', `<?xml version="1.0"?>\n${SVG('<rect/>')}`, 'image/svg+xml'],
  ['a document', 'a.txt', '%PDF-1.7\n%âãÏÓ', 'application/pdf'],
  ['bytes', 'a.txt', Buffer.from([0, 1, 2, 3, 255]), 'application/octet-stream'],
])('%s is known by its content', async (_title, name, body, mediaType) => {
  const { server, ann, roomId } = await garden();
  await using _ = server;
  const file = await uploaded(server.url, ann.token, { roomId, name, body });
  expect(file).toMatchObject({ name, mediaType, kind: 'OTHER', width: null, thumbnailUrl: null });
});

test('only types that the settings name are taken', async () => {
  const { server, ann, roomId } = await garden({ UPLOAD_TYPES: 'image/*, application/pdf' });
  await using _ = server;
  const send = (body: Buffer | string) => upload(server.url, ann.token, { roomId, body });
  expect((await send(await picture(4, 4))).status).toBe(201);
  expect((await send('%PDF-1.7')).status).toBe(201);
  expect((await send('text')).errors).toMatchObject([
    { message: expect.stringContaining('text/plain'), extensions: { code: 'INVALID_INPUT' } },
  ]);
});

test('only members upload, and strangers are told of no room', async () => {
  const { server, ann, eve, room, roomId } = await garden();
  await using _ = server;
  const send = async (token: string | null, id = roomId) =>
    (await upload(server.url, token, { roomId: id, body: 'x' })).errors?.[0]?.extensions?.code;
  expect(await send(null)).toBe('UNAUTHENTICATED');
  expect(await send(eve.token)).toBe('FORBIDDEN');
  await server.app.db.prisma.room.update({
    where: { id: room.id },
    data: { visibility: 'PRIVATE' },
  });
  expect(await send(eve.token)).toBe('NOT_FOUND');
  expect(await send(ann.token, 'nonsense')).toBe('NOT_FOUND');
  expect(await kept(server.app)).toEqual([]);
});

test('the same key again gives the same file, also at the same time; another file is a conflict', async () => {
  const { server, ann, roomId } = await garden();
  await using _ = server;
  const file = { roomId, name: 'a.txt', body: 'once', key: 'key' };
  const answers = await Promise.all([1, 2, 3].map(() => uploaded(server.url, ann.token, file)));
  expect(
    new Set([...answers, await uploaded(server.url, ann.token, file)].map(({ id }) => id)),
  ).toHaveProperty('size', 1);
  expect(await kept(server.app)).toHaveLength(1);
  const other = await upload(server.url, ann.token, { ...file, name: 'b.txt' });
  expect(other.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
});

test('one person has so many uploads at a time', async () => {
  const { server, ann, bob, roomId } = await garden({ RATE_LIMITS: 'on' });
  await using _ = server;
  const stop = new AbortController();
  const waiting = Array.from({ length: 32 }, () =>
    upload(server.url, ann.token, {
      roomId,
      body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.alloc(9)) }),
      signal: stop.signal,
    }).catch(() => null),
  );
  await expect.poll(() => kept(server.app)).toHaveLength(32);
  const refused = await upload(server.url, ann.token, { roomId, body: 'one more' });
  expect(refused.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  expect((await upload(server.url, bob.token, { roomId, body: 'mine' })).status).toBe(201);
  stop.abort();
  await Promise.all(waiting);
  await expect.poll(() => kept(server.app)).toHaveLength(1);
});

test('a disk that would have too little left refuses, and what is there stays', async () => {
  const { server, ann, roomId } = await garden();
  await using _ = server;
  const file = await uploaded(server.url, ann.token, { roomId, body: 'kept' });
  const { dataDir } = server.app.config;
  await using tight = await startApp({
    ...{ DATABASE_URL: server.databaseUrl, DATA_DIR: dataDir },
    UPLOAD_RESERVE_BYTES: String(2 ** 52),
  });
  const refused = await upload(tight.url, ann.token, { roomId, body: 'more' });
  expect(refused).toMatchObject({
    status: 507,
    errors: [{ extensions: { code: 'STORAGE_FULL' } }],
  });
  const response = await fetch(tight.url + file.url, { headers: bearer(ann.token) });
  expect(await response.text()).toBe('kept');
  expect(await kept(server.app)).toHaveLength(1);
});

const DESCRIBE = `mutation ($input: DescribeFileInput!) {
  describeFile(input: $input) { file { alt } }
}`;
const DISCARD = 'mutation ($input: DiscardFileInput!) { discardFile(input: $input) { fileId } }';

test('who has uploaded a file describes it and takes it back, and nobody else does', async () => {
  const { server, ann, bob, roomId } = await garden();
  await using _ = server;
  const { id: fileId } = await uploaded(server.url, ann.token, {
    roomId,
    body: await picture(9, 9),
  });
  const describing = { input: { fileId, alt: ' A green square ' } };
  const found = await run(server.url, DESCRIBE, describing, ann.token);
  expect(found['describeFile'].file.alt).toBe('A green square');
  for (const [mutation, input] of [
    [DESCRIBE, describing.input],
    [DISCARD, { fileId }],
  ] as const) {
    const refused = await ask(server.url, mutation, { input }, bearer(bob.token));
    expect(refused.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  }
  await run(server.url, DISCARD, { input: { fileId } }, ann.token);
  expect(await kept(server.app)).toEqual([]);
  expect(await server.app.db.prisma.file.count()).toBe(0);
});
