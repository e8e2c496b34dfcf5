import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { kept, picture, sendAvatar, uploaded } from '../test/uploads.ts';
import { sweepFiles } from './sweep.ts';

const ME = '{ me { avatarUrl } }';

test('a picture becomes a small square without what a camera tells, for all who are logged in', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, eve } = await people(app);
  const { status, data } = await sendAvatar(url, ann.token, await picture(900, 300, 'jpeg'));
  expect(status).toBe(201);
  const { avatarUrl } = (await run(url, ME, {}, ann.token)).me;
  expect(data!['user'].avatarUrl).toBe(avatarUrl);
  const response = await fetch(url + avatarUrl, { headers: bearer(eve.token) });
  expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  expect(response.headers.get('content-type')).toBe('image/webp');
  const metadata = await sharp(await response.arrayBuffer()).metadata();
  expect(metadata).toMatchObject({ width: 256, height: 256, format: 'webp' });
  expect(metadata.exif).toBeUndefined();
  const again = {
    ...bearer(eve.token),
    'if-none-match': response.headers.get('etag')!,
    'cache-control': 'max-age=0',
  };
  expect((await fetch(url + avatarUrl, { headers: again })).status).toBe(304);
  expect((await fetch(url + avatarUrl)).status).toBe(404);
});

test.each(['png', 'webp', 'gif'] as const)('a picture may be a %s', async (format) => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  expect((await sendAvatar(server.url, ann.token, await picture(20, 20, format))).status).toBe(201);
});

test('another picture is at another address, the one before is gone, and it can be taken away', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann } = await people(app);
  const put = async () =>
    (await sendAvatar(url, ann.token, await picture(30, 30))).data!['user'].avatarUrl;
  const first = await put();
  const second = await put();
  expect(second).not.toBe(first);
  expect(await kept(app)).toHaveLength(1);
  const get = async (address: string) =>
    (await fetch(url + address, { headers: bearer(ann.token) })).status;
  expect([await get(first), await get(second)]).toEqual([404, 200]);
  // What is in use stays, however old it is.
  await sweepFiles(app, new Date(Date.now() + 48 * 60 * 60 * 1000));
  expect(await get(second)).toBe(200);
  await run(url, 'mutation { removeAvatar { user { avatarUrl } } }', {}, ann.token);
  expect((await run(url, ME, {}, ann.token)).me.avatarUrl).toBeNull();
  expect(await get(second)).toBe(404);
  expect(await kept(app)).toEqual([]);
});

test('what is no picture is refused, and nothing of it is kept', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann } = await people(app);
  const refused = async (body: Buffer, token: string | null = ann.token) => {
    const { status, errors } = await sendAvatar(url, token, body);
    return [status, errors![0]!.extensions!.code];
  };
  const photo = await picture(300, 300, 'png');
  expect(await refused(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toEqual([
    422,
    'INVALID_INPUT',
  ]);
  expect(await refused(photo.subarray(0, 200))).toEqual([422, 'INVALID_INPUT']);
  expect(await refused(await picture(20, 20, 'avif'))).toEqual([422, 'INVALID_INPUT']);
  expect(await refused(Buffer.alloc(10 * 1024 * 1024 + 1))).toEqual([422, 'INVALID_INPUT']);
  expect(await refused(photo, null)).toEqual([401, 'UNAUTHENTICATED']);
  expect(await kept(app)).toEqual([]);
});

test('a file of a room is not to be had as a picture', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, eve, roomId } = await people(app);
  await uploaded(url, ann.token, { roomId, name: 'a.png', body: await picture(20, 20) });
  const [file] = await app.db.prisma.file.findMany();
  expect((await readFile(app.storage.pathOf(file!.id))).length).toBeGreaterThan(0);
  const response = await fetch(`${url}/avatars/${file!.id}`, { headers: bearer(eve.token) });
  expect(response.status).toBe(404);
  expect((await ask(url, ME, {}, bearer(ann.token))).data).toEqual({ me: { avatarUrl: null } });
});
