/** What is sent to do harm: each gets a clear refusal, and nothing is left on the disk. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { nodeKey } from '../node-id.ts';
import { bearer } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { kept, upload, uploaded } from '../test/uploads.ts';
import { uploadFile } from './file.ts';

async function garden(settings = {}) {
  const server = await startApp(settings);
  return { server, ...(await people(server.app)) };
}

/** A PNG whose header declares a size, and which has the pixels of one row. */
function declaring(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1 + width * 3))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const noise = (width: number, height: number) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } });

const SVG = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg">${content}</svg>`;

const HOSTILE: Record<
  string,
  { name: string; body: () => Promise<Buffer | string>; says: RegExp }
> = {
  'a page by the name of a picture': {
    name: 'cat.png',
    body: async () => '<!doctype html><script>alert(1)</script>',
    says: /not the image/,
  },
  'a program by the name of a picture': {
    name: 'cat.jpg',
    body: async () => Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), randomBytes(5_000)]),
    says: /not the image/,
  },
  'a script that begins like a GIF': {
    name: 'cat.gif',
    body: async () => 'GIF89a/*' + ' '.repeat(200) + '*/=1;alert(1)//',
    says: /damaged|pixels/,
  },
  'a drawing with a script': {
    name: 'logo.svg',
    body: async () => SVG('<script>alert(1)</script>'),
    says: /script/,
  },
  'a drawing with a handler far behind its beginning': {
    name: 'logo.svg',
    body: async () => SVG(`<!--${' '.repeat(200_000)}--><a onload = "alert(1)"/>`),
    says: /script/,
  },
  'a picture that declares 60,000 × 60,000 pixels': {
    name: 'bomb.png',
    body: async () => declaring(60_000, 60_000),
    says: /60000 × 60000 pixels/,
  },
  'a JPEG that breaks off': {
    name: 'half.jpg',
    body: async () => (await noise(600, 600).jpeg().toBuffer()).subarray(0, 60_000),
    says: /damaged/,
  },
  'a PNG that breaks off': {
    name: 'half.png',
    body: async () => (await noise(600, 600).png().toBuffer()).subarray(0, 60_000),
    says: /damaged/,
  },
  'a WebP that breaks off': {
    name: 'half.webp',
    body: async () => (await noise(600, 600).webp().toBuffer()).subarray(0, 20_000),
    says: /damaged/,
  },
  'what is too large': {
    name: 'large.bin',
    body: async () => Buffer.alloc(1_000_001),
    says: /larger than 1000000 bytes/,
  },
  'a path for a name': {
    name: '../../etc/passwd',
    body: async () => 'root',
    says: /name/,
  },
  'a path for a name, as Windows writes it': {
    name: '..\\boot.ini',
    body: async () => 'root',
    says: /name/,
  },
  'two dots for a name': { name: '..', body: async () => 'root', says: /name/ },
  'a name that hides its end': {
    name: 'photo\u202Egpj.exe',
    body: async () => 'root',
    says: /name/,
  },
  'no name': { name: '', body: async () => 'root', says: /name is empty/ },
};

test.each(Object.entries(HOSTILE))(
  '%s is refused, and nothing is left of it',
  async (_title, { name, body, says }) => {
    const { server, ann, roomId } = await garden({ MAX_UPLOAD_BYTES: '1000000' });
    await using _ = server;
    const { errors, data, status } = await upload(server.url, ann.token, {
      roomId,
      name,
      body: await body(),
    });
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    expect(errors![0]!.message).toMatch(says);
    expect(status).toBe(422);
    expect(await kept(server.app)).toEqual([]);
    expect(await server.app.db.prisma.file.count()).toBe(0);
  },
);

test('what grows past the limit without having said its length is refused as it comes', async () => {
  const { server, ann, roomId } = await garden({ MAX_UPLOAD_BYTES: '1000000' });
  await using _ = server;
  const sending = request(`${server.url}/upload?room=${roomId}&name=endless`, {
    ...{ method: 'POST', headers: bearer(ann.token) },
  });
  sending.on('error', () => {});
  let sent = 0;
  const more = () => {
    do sent += 65_536;
    while (!sending.destroyed && sending.write(Buffer.alloc(65_536)));
  };
  sending.on('drain', more);
  more();
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(422);
  response.on('error', () => {});
  const [answer] = (await once(response.setEncoding('utf8'), 'data')) as [string];
  const { errors } = JSON.parse(answer);
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'file' } }]);
  // What the sockets of both ends hold comes on top.
  expect(sent).toBeGreaterThan(900_000);
  sending.destroy();
  await expect.poll(() => kept(server.app)).toEqual([]);
});

test('what says beforehand that it is too large is refused before any of it has come', async () => {
  const { server, ann, roomId } = await garden({ MAX_UPLOAD_BYTES: '1000000' });
  await using _ = server;
  const sending = request(`${server.url}/upload?room=${roomId}&name=announced`, {
    method: 'POST',
    headers: { ...bearer(ann.token), 'content-length': '1000001' },
  });
  sending.on('error', () => {});
  sending.flushHeaders();
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(422);
  response.on('error', () => {});
  sending.destroy();
  expect(await kept(server.app)).toEqual([]);
});

test('what is called off when it is in its place already is gone from there', async () => {
  const { server, ann, room } = await garden();
  await using _ = server;
  const calling = new AbortController();
  const { storage } = server.app;
  const keep = storage.keep.bind(storage);
  storage.keep = async (...place) => {
    await keep(...place);
    expect(await kept(server.app)).toHaveLength(1);
    calling.abort();
  };
  const uploading = uploadFile(server.app, ann, {
    ...{ roomId: room.id, name: 'a.txt', idempotencyKey: 'key', length: null },
    ...{ body: Readable.from([Buffer.from('all')]), signal: calling.signal },
  });
  await expect(uploading).rejects.toThrow(/abort/);
  expect(await kept(server.app)).toEqual([]);
  expect(await server.app.db.prisma.file.count()).toBe(0);
});

test('of 20 uploads at once of which half are called off, the other half is there, whole', async () => {
  const { server, ann, roomId } = await garden({ RATE_LIMITS: 'on' });
  await using _ = server;
  const body = randomBytes(300_000);
  const cancel = new AbortController();
  const halting = Array.from({ length: 10 }, async () => {
    const beginning = new ReadableStream({
      start: (controller) => controller.enqueue(body.subarray(0, 200_000)),
    });
    const file = { roomId, body: beginning, signal: cancel.signal };
    await expect(upload(server.url, ann.token, file)).rejects.toThrow(/abort/);
  });
  // All of them have begun to be written.
  await expect.poll(() => kept(server.app)).toHaveLength(10);
  const whole = Array.from({ length: 10 }, () => uploaded(server.url, ann.token, { roomId, body }));
  cancel.abort();
  const files = await Promise.all(whole);
  await Promise.all(halting);
  const { storage } = server.app;
  const stored = files.map(({ id }) => storage.pathOf(nodeKey('File', id)));
  const names = stored.map((path) => path.slice(storage.folder.length + 1)).sort();
  await expect.poll(() => readdir(join(storage.folder, 'scratch'))).toEqual([]);
  expect((await kept(server.app)).sort()).toEqual(names);
  expect(await server.app.db.prisma.file.count()).toBe(10);
  for (const { url } of files) {
    const response = await fetch(server.url + url, { headers: bearer(ann.token) });
    expect(body.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
  }
});
