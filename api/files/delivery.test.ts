import { expect, test } from 'vitest';
import { register } from '../account/account.ts';
import { bearer } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { PASSWORD, people, STRANGER } from '../test/people.ts';
import { kept, picture, upload, uploaded } from '../test/uploads.ts';

const DIGITS = '0123456789';

/** A WebM as far as its beginning says so. */
const WEBM = Buffer.concat([
  Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex'),
  Buffer.alloc(200, 1),
]);

async function garden() {
  const server = await startApp();
  const found = await people(server.app);
  const get = (path: string, token: string | null, headers: Record<string, string> = {}) =>
    fetch(server.url + path, { headers: { ...headers, ...(token && bearer(token)) } });
  return { server, ...found, get };
}

test('a file that is not shown is saved: as bytes of no type, sandboxed', async () => {
  const { server, ann, roomId, get } = await garden();
  await using _ = server;
  const hostile = [
    ['page.html', '<!doctype html><script>alert(1)</script>'],
    ['logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['data.xml', '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'],
    ['paper.pdf', '%PDF-1.7'],
    ['code.js', 'alert(1)'],
  ] as const;
  for (const [name, body] of hostile) {
    const { url } = await uploaded(server.url, ann.token, { roomId, name, body });
    const response = await get(url, ann.token);
    expect(await response.text()).toBe(body);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename=${name}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*; sandbox$/),
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': expect.stringContaining('private'),
    });
  }
});

test('pictures and films are shown, as what they are and not as what they are called', async () => {
  const { server, ann, roomId, get } = await garden();
  await using _ = server;
  const name = 'Grüße "aus" dem Garten.html';
  const image = { roomId, name, body: await picture(8, 8) };
  const { url, thumbnailUrl } = await uploaded(server.url, ann.token, image);
  const shown = await get(url, ann.token);
  expect(shown.headers.get('content-type')).toBe('image/png');
  expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
  const disposition = shown.headers.get('content-disposition')!;
  expect(disposition).toMatch(/^inline; filename=/);
  expect(disposition).toContain("filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%22aus%22%20dem%20Garten.html");
  expect((await get(thumbnailUrl, ann.token)).headers.get('content-type')).toBe('image/webp');
  const film = await uploaded(server.url, ann.token, { roomId, name: 'a.exe', body: WEBM });
  expect(film).toMatchObject({ kind: 'VIDEO', thumbnailUrl: null });
  expect((await get(film.url, ann.token)).headers.get('content-type')).toBe('video/webm');
  expect((await get(`/thumbnails/${film.url.split('/')[2]}`, ann.token)).status).toBe(404);
});

test('a file is read in ranges, and only if it is another one', async () => {
  const { server, ann, roomId, get } = await garden();
  await using _ = server;
  const { url } = await uploaded(server.url, ann.token, { roomId, body: DIGITS });
  const range = async (bytes: string, headers = {}) => {
    const response = await get(url, ann.token, { range: `bytes=${bytes}`, ...headers });
    const { status } = response;
    return [status, response.headers.get('content-range'), await response.text()];
  };
  expect(await range('2-4')).toEqual([206, 'bytes 2-4/10', '234']);
  expect(await range('-3')).toEqual([206, 'bytes 7-9/10', '789']);
  expect(await range('8-')).toEqual([206, 'bytes 8-9/10', '89']);
  expect((await range('10-')).slice(0, 2)).toEqual([416, 'bytes */10']);
  const whole = await get(url, ann.token);
  expect(whole.headers.get('accept-ranges')).toBe('bytes');
  expect(whole.headers.get('content-length')).toBe('10');
  const etag = whole.headers.get('etag')!;
  // Else fetch says that no cache is to answer.
  const asked = { 'cache-control': 'max-age=0' };
  expect((await get(url, ann.token, { 'if-none-match': etag, ...asked })).status).toBe(304);
  expect((await range('2-4', { 'if-range': etag }))[0]).toBe(206);
  expect(await range('2-4', { 'if-range': '"another"' })).toEqual([200, null, DIGITS]);
  const head = await fetch(server.url + url, { method: 'HEAD', headers: bearer(ann.token) });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
  const other = await fetch(server.url + url, { method: 'DELETE', headers: bearer(ann.token) });
  expect(other.status).toBe(405);
});

test('a file that is not sent yet is its uploader’s alone', async () => {
  const { server, ann, bob, eve, roomId, get } = await garden();
  await using _ = server;
  const image = { roomId, name: 'a.png', body: await picture(8, 8) };
  const { url, thumbnailUrl } = await uploaded(server.url, ann.token, image);
  for (const path of [url, thumbnailUrl]) {
    expect((await get(path, ann.token)).status).toBe(200);
    for (const token of [bob.token, eve.token, 'wrong', null]) {
      expect((await get(path, token)).status).toBe(404);
    }
  }
});

test.each([
  '/files/',
  '/files/nonsense/a',
  '/files/00000000-0000-0000-0000-000000000000/a',
  '/files/..%2f..%2fetc%2fpasswd',
  '/files/00000000-0000-0000-0000-000000000000/../../../etc/passwd',
  '/thumbnails/00000000-0000-0000-0000-000000000000',
])('%s is nothing', async (path) => {
  const { server, ann, get } = await garden();
  await using _ = server;
  expect((await get(path, ann.token)).status).toBe(404);
});

test('a cookie serves the server’s own pages and no others, for files as for GraphQL', async () => {
  const { server, roomId, ann, get } = await garden();
  await using _ = server;
  const { token: secret } = await register(server.app, STRANGER, {
    ...{ username: 'carl', password: PASSWORD, displayName: null, invitation: null },
    session: 'COOKIE',
  });
  const cookie = `parley=${secret}`;
  const send = (headers: Record<string, string>) =>
    fetch(`${server.url}/upload?room=${roomId}&name=a`, {
      ...{ method: 'POST', body: 'x' },
      headers: { cookie, ...headers },
    });
  expect((await send({ origin: 'https://elsewhere.example' })).status).toBe(401);
  // He is no member, and that is as far as the cookie gets him.
  expect((await send({ origin: server.url })).status).toBe(403);
  expect(await kept(server.app)).toEqual([]);
  const { url } = await uploaded(server.url, ann.token, { roomId, body: 'x' });
  const annOnly = await get(url, null, { cookie, 'sec-fetch-site': 'cross-site' });
  expect(annOnly.status).toBe(404);
});

test('a page of another origin uploads with a token', async () => {
  const { server } = await garden();
  await using _ = server;
  const preflight = await fetch(`${server.url}/upload`, {
    method: 'OPTIONS',
    headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
  expect((await fetch(`${server.url}/upload`)).status).toBe(405);
});

test('a file whose bytes are gone from the disk is nothing, and the server goes on', async () => {
  const { server, ann, roomId, get } = await garden();
  await using _ = server;
  const { url } = await uploaded(server.url, ann.token, { roomId, body: DIGITS });
  const [row] = await server.app.db.prisma.file.findMany();
  await server.app.storage.remove([row!.id]);
  expect((await get(url, ann.token)).status).toBe(404);
  expect((await upload(server.url, ann.token, { roomId, body: DIGITS })).status).toBe(201);
});
