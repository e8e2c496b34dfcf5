import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { postMessage } from '../message/message.ts';
import { nodeKey } from '../node-id.ts';
import { bearer, connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { kept } from '../test/uploads.ts';
import { checkArchive } from './archive.ts';
import { removeExport, writeRequested } from './request.ts';

const START = `mutation ($input: StartExportInput!) {
  startExport(input: $input) { export { id state url done total room { slug } } }
}`;
const FOLLOW = `subscription ($id: ID!) {
  exportProgress(exportId: $id) { state done total url }
}`;

/** @param work what becomes of jobs: the server does them, or the test where and when it wants. */
async function garden(work: 'by the server' | 'by the test' = 'by the test') {
  const server = await startApp();
  if (work === 'by the test') await server.app.jobs.close();
  const found = await people(server.app);
  await postMessage(server.app, found.ann, {
    ...{ roomId: found.room.id, body: 'The beans are up.', idempotencyKey: '1' },
  });
  const start = async (token: string, input: object) =>
    (await run(server.url, START, { input }, token)).startExport.export;
  const get = (path: string, token: string | null) =>
    fetch(server.url + path, { headers: token ? bearer(token) : {} });
  return { server, ...found, start, get };
}

test('who asks for their data is told how far it is, and downloads it; nobody else does', async () => {
  const { server, ann, bob, root, start, get } = await garden();
  await using _ = server;
  const { id, state, url } = await start(ann.token, { kind: 'PERSON' });
  expect([state, url]).toEqual(['WAITING', null]);
  // Asked for again while it is under way it is the same.
  expect((await start(ann.token, { kind: 'PERSON' })).id).toBe(id);
  const client = connect(server.url, ann.token);
  await using __ = { [Symbol.asyncDispose]: async () => client.dispose() };
  const progress = client.iterate<any>({ query: FOLLOW, variables: { id } });
  const next = async () => (await progress.next()).value.data.exportProgress;
  expect((await next()).state).toBe('WAITING');
  const exportId = nodeKey('Export', id);
  await writeRequested(server.app, { exportId }, new AbortController().signal);
  let told = await next();
  while (told.state !== 'READY') told = await next();
  expect(told.done).toBe(told.total);
  expect(told.total).toBeGreaterThan(0);
  expect(told.url).toMatch(/^\/exports\/[0-9a-f-]+\.tar$/);

  const response = await get(told.url, ann.token);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/x-tar',
    'content-disposition': expect.stringMatching(/^attachment; filename=parley-person-.*\.tar$/),
    'cache-control': 'no-store',
  });
  const path = join(server.app.config.dataDir, 'downloaded.tar');
  await writeFile(path, Buffer.from(await response.arrayBuffer()));
  expect([...(await checkArchive(path, async () => {})).keys()]).toContain('data/message.ndjson');
  for (const token of [bob.token, root.token, null]) {
    expect((await get(told.url, token)).status).toBe(404);
  }
  const expired = { expiresAt: new Date(Date.now() - 1) };
  await server.app.db.prisma.export.updateMany({ data: expired });
  expect((await get(told.url, ann.token)).status).toBe(404);
  await removeExport(server.app, { exportId });
  expect(await kept(server.app)).toEqual([]);
});

test('the server writes what is asked for by itself', async () => {
  const { server, ann, start, get } = await garden('by the server');
  await using _ = server;
  const { id } = await start(ann.token, { kind: 'PERSON' });
  const client = connect(server.url, ann.token);
  await using __ = { [Symbol.asyncDispose]: async () => client.dispose() };
  await server.app.jobs.start();
  for await (const { data } of client.iterate<any>({ query: FOLLOW, variables: { id } })) {
    expect(data!.exportProgress.state).not.toBe('FAILED');
    if (data!.exportProgress.state !== 'READY') continue;
    expect((await get(data!.exportProgress.url, ann.token)).status).toBe(200);
    return;
  }
});

test('a room’s export is its owners’, as long as they own it', async () => {
  const { server, ann, bob, room, roomId, start, get } = await garden();
  await using _ = server;
  await expect(start(bob.token, { kind: 'ROOM', roomId })).rejects.toThrow('FORBIDDEN');
  await expect(start(ann.token, { kind: 'ROOM' })).rejects.toThrow('INVALID_INPUT');
  await expect(start(ann.token, { kind: 'SERVER' })).rejects.toThrow('FORBIDDEN');
  const asked = await start(ann.token, { kind: 'ROOM', roomId });
  expect(asked.room).toEqual({ slug: 'garden' });
  const exportId = nodeKey('Export', asked.id);
  await writeRequested(server.app, { exportId }, new AbortController().signal);
  const path = `/exports/${exportId}.tar`;
  expect((await get(path, ann.token)).status).toBe(200);
  await server.app.db.prisma.membership.updateMany({
    where: { roomId: room.id },
    data: { role: 'MEMBER' },
  });
  expect((await get(path, ann.token)).status).toBe(404);
  const { exports } = await run<any>(server.url, '{ exports { state url } }', {}, ann.token);
  expect(exports).toEqual([{ state: 'READY', url: null }]);
});

test('who has the server or a room exported is kept, and not who has their own data', async () => {
  const { server, ann, root, room, roomId, start } = await garden();
  await using _ = server;
  await start(ann.token, { kind: 'PERSON' });
  await start(ann.token, { kind: 'ROOM', roomId });
  const asked = await Promise.all([1, 2, 3].map(() => start(root.token, { kind: 'SERVER' })));
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  const deeds = await server.app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  expect(deeds).toMatchObject([
    { action: 'ROOM_EXPORTED', actorName: 'ann', roomId: room.id, roomSlug: 'garden' },
    ...asked.map(() => ({ action: 'SERVER_EXPORTED', actorName: 'root' })),
  ]);
});

test('an export that was cut short is begun again, and leaves nothing half', async () => {
  const { server, root, start, get } = await garden();
  await using _ = server;
  const { app } = server;
  const asked = await start(root.token, { kind: 'SERVER' });
  const exportId = nodeKey('Export', asked.id);
  await expect(writeRequested(app, { exportId }, AbortSignal.abort())).rejects.toThrow();
  const scratch = await readdir(join(app.storage.folder, 'scratch'));
  expect(scratch).toEqual([]);
  expect((await get(`/exports/${exportId}.tar`, root.token)).status).toBe(404);
  await writeRequested(app, { exportId }, new AbortController().signal);
  expect((await get(`/exports/${exportId}.tar`, root.token)).status).toBe(200);
});

test('an export of which every try was cut short is begun again, and one is written at a time', async () => {
  const { server, ann, root, start } = await garden();
  await using _ = server;
  const { pool } = server.app.db;
  const first = await start(ann.token, { kind: 'PERSON' });
  const queues = `SELECT queue_name AS queue FROM graphile_worker.jobs WHERE task_identifier = 'write-export'`;
  await start(root.token, { kind: 'PERSON' });
  expect((await pool.query(queues)).rows).toEqual([{ queue: 'exports' }, { queue: 'exports' }]);
  const exhaust = (locked: string) =>
    pool.query(
      `UPDATE graphile_worker._private_jobs SET attempts = max_attempts, locked_at = ${locked}
       WHERE key = 'write-export:' || $1`,
      [nodeKey('Export', first.id)],
    );
  await exhaust('now()');
  expect((await start(ann.token, { kind: 'PERSON' })).id).toBe(first.id);
  await exhaust('NULL');
  const { exports } = await run<any>(server.url, '{ exports { state } }', {}, ann.token);
  expect(exports).toEqual([{ state: 'FAILED' }]);
  expect((await start(ann.token, { kind: 'PERSON' })).id).not.toBe(first.id);
});

test('an export for which there is no room on the disk has failed', async () => {
  const { server, root, start } = await garden();
  await using _ = server;
  await using full = await startApp({
    DATABASE_URL: server.databaseUrl,
    UPLOAD_RESERVE_BYTES: String(Number.MAX_SAFE_INTEGER),
  });
  const asked = await start(root.token, { kind: 'SERVER' });
  const exportId = nodeKey('Export', asked.id);
  await writeRequested(full.app, { exportId }, new AbortController().signal);
  const { exports } = await run<any>(server.url, '{ exports { state url } }', {}, root.token);
  expect(exports).toEqual([{ state: 'FAILED', url: null }]);
});
