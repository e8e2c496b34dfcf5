import { Readable } from 'node:stream';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { kept, picture, sendLogo } from '../test/uploads.ts';
import { setServerLogo } from './logo.ts';
import { sweepFiles } from './sweep.ts';

const TOLD = '{ server { logoUrl } }';

test('a logo becomes a square in which all of it is seen, for everybody', async () => {
  await using server = await startApp();
  const { url, app } = server;
  const { root } = await people(app);
  expect((await run<any>(url, TOLD)).server.logoUrl).toBeNull();
  const { status, data } = await sendLogo(url, root.token, await picture(900, 300, 'jpeg'));
  expect(status).toBe(201);
  const { logoUrl } = (await run<any>(url, TOLD)).server;
  expect(data!['server']).toEqual({ __typename: 'Server', logoUrl });
  const response = await fetch(url + logoUrl);
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(response.headers.get('content-type')).toBe('image/webp');
  expect(response.headers.get('content-security-policy')).toContain('sandbox');
  const image = sharp(await response.arrayBuffer());
  const metadata = await image.metadata();
  expect(metadata).toMatchObject({ width: 512, height: 512, format: 'webp', hasAlpha: true });
  expect(metadata.exif).toBeUndefined();
  const pixels = await image.raw().toBuffer();
  const alphaAt = (x: number, y: number) => pixels[(y * 512 + x) * 4 + 3];
  expect([alphaAt(256, 10), alphaAt(256, 256), alphaAt(5, 256)]).toEqual([0, 255, 255]);
});

test('another logo is at another address, the one before is gone, and it can be taken away', async () => {
  await using server = await startApp();
  const { url, app } = server;
  const { root } = await people(app);
  const put = async () =>
    (await sendLogo(url, root.token, await picture(30, 30))).data!['server'].logoUrl;
  const get = async (address: string) => (await fetch(url + address)).status;
  const first = await put();
  const second = await put();
  expect(await kept(app)).toHaveLength(1);
  expect([await get(first), await get(second)]).toEqual([404, 200]);
  // What is in use stays, however old it is.
  await sweepFiles(app, new Date(Date.now() + 48 * 60 * 60 * 1000));
  expect(await get(second)).toBe(200);
  await run(url, 'mutation { removeServerLogo { settings { logoUrl } } }', {}, root.token);
  expect((await run<any>(url, TOLD)).server.logoUrl).toBeNull();
  expect(await get(second)).toBe(404);
  expect(await kept(app)).toEqual([]);
  const deeds = await app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  expect(deeds).toMatchObject([
    { action: 'SETTINGS_CHANGED', before: { logo: null }, after: { logo: first } },
    { action: 'SETTINGS_CHANGED', before: { logo: first }, after: { logo: second } },
    { action: 'SETTINGS_CHANGED', before: { logo: second }, after: { logo: null } },
  ]);
});

test('a logo that is set stays where the settings cannot be read again', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root } = await people(app);
  const away = async () => {
    throw new Error('The database is away.');
  };
  const settings = { renew: away } as unknown as typeof app.settings;
  const body = Readable.from([await picture(30, 30)]);
  const input = { length: null, body, signal: new AbortController().signal };
  await expect(setServerLogo({ ...app, settings }, root, input)).rejects.toThrow('is away');
  await app.settings.renew();
  const { logoUrl } = (await run<any>(url, TOLD)).server;
  expect((await fetch(url + logoUrl)).status).toBe(200);
});

test('a process that has not heard of a logo gives it nevertheless', async () => {
  await using one = await startApp();
  await using other = await startApp({
    DATABASE_URL: one.databaseUrl,
    DATA_DIR: one.app.config.dataDir,
  });
  const { root } = await people(one.app);
  const { data } = await sendLogo(one.url, root.token, await picture(30, 30));
  expect((await fetch(other.url + data!['server'].logoUrl)).status).toBe(200);
});

test('a logo is set by administrators only, and is a picture; of what is refused nothing is kept', async () => {
  await using server = await startApp();
  const { url, app } = server;
  const { root, ann } = await people(app);
  const refused = async (body: Buffer, token: string | null) => {
    const { status, errors } = await sendLogo(url, token, body);
    return [status, errors![0]!.extensions!['code']];
  };
  const photo = await picture(30, 30);
  expect(await refused(photo, ann.token)).toEqual([403, 'FORBIDDEN']);
  expect(await refused(photo, null)).toEqual([401, 'UNAUTHENTICATED']);
  expect(
    await refused(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), root.token),
  ).toEqual([422, 'INVALID_INPUT']);
  expect(await kept(app)).toEqual([]);
  const avatar = await fetch(`${url}/avatar`, {
    method: 'POST',
    headers: bearer(ann.token),
    body: photo as BodyInit,
  });
  const { user } = ((await avatar.json()) as any).data;
  // Somebody’s picture is not for everybody.
  expect((await fetch(url + user.avatarUrl.replace('/avatars/', '/logo/'))).status).toBe(404);
});
