import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { postMessage } from '../message/message.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { kept, picture, uploaded } from '../test/uploads.ts';
import { sweepFiles } from './sweep.ts';

const HOUR_MS = 60 * 60 * 1000;

test('a sweep removes what was never sent and what nobody knows, and nothing else', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, roomId } = await people(app);
  const { prisma } = app.db;
  const body = await picture(8, 8);
  for (const name of ['sent', 'old', 'new']) {
    await uploaded(server.url, ann.token, { roomId, name, body, key: name });
  }
  const sent = await prisma.file.findFirstOrThrow({ where: { name: 'sent' } });
  await postMessage(app, ann, {
    roomId: sent.roomId,
    body: 'x',
    idempotencyKey: 'x',
    fileIds: [sent.id],
  });
  const now = Date.now();
  const day = new Date(now - 25 * HOUR_MS);
  await prisma.file.updateMany({ where: { name: { not: 'new' } }, data: { createdAt: day } });
  const unknown = app.storage.pathOf('11111111-1111-4111-8111-111111111111');
  const underWay = app.storage.pathOf('22222222-2222-4222-8222-222222222222');
  const [dead, alive] = ['dead', 'alive'].map((name) => join(app.storage.folder, 'scratch', name));
  for (const path of [unknown, underWay, join(dead!, 'source'), join(alive!, 'source')]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x');
  }
  for (const path of [unknown, join(dead!, 'source'), dead!, alive!]) {
    await utimes(path, day, day);
  }
  const old = await prisma.file.findFirstOrThrow({ where: { name: 'old' } });
  for (const path of await kept(app)) {
    if (path.includes('scratch') || path.includes('2222')) continue;
    await utimes(join(app.storage.folder, path), day, day);
  }

  await sweepFiles(app);
  const left = await kept(app);
  expect(left.filter((path) => path.includes('scratch'))).toEqual(['scratch/alive/source']);
  expect(left.some((path) => path.includes('11111111'))).toBe(false);
  expect(left.some((path) => path.includes('22222222'))).toBe(true);
  expect(left.some((path) => path.includes(old.id))).toBe(false);
  // Both renditions of what was sent and of what is new.
  expect(left).toHaveLength(6);
  expect((await prisma.file.findMany()).map(({ name }) => name).sort()).toEqual(['new', 'sent']);
});

test('one process sweeps at a time', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, roomId } = await people(app);
  await uploaded(server.url, ann.token, { roomId, body: 'x' });
  const later = new Date(Date.now() + 48 * HOUR_MS);
  const client = await app.db.pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock(7275541)');
    await sweepFiles(app, later);
    expect(await kept(app)).toHaveLength(1);
  } finally {
    await client.query('SELECT pg_advisory_unlock(7275541)');
    client.release();
  }
  await sweepFiles(app, later);
  expect(await kept(app)).toEqual([]);
});
