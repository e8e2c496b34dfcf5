/** The database goes away under a server that runs, and comes back: nobody is lost by it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { readAfter } from '../live/log.ts';
import { ask, bearer } from './client.ts';
import { startDatabase } from './database.ts';
import { startApp } from './harness.ts';
import { people } from './people.ts';
import { openAcknowledged, openSocket } from './raw-socket.ts';
import { isWorthRetrying, readCursor, type Said, send } from './said.ts';
import { watchEvents, watchSocket } from './watch.ts';

const ME = '{ me { username } }';
/** On a machine that has much else to do. */
const TIMEOUT_MS = 120_000;

vi.setConfig({ testTimeout: TIMEOUT_MS });

test('whoever comes while the database is away is asked to try again', async () => {
  await using database = await startDatabase();
  await using server = await startApp({ DATABASE_URL: database.url });
  const { ann, bob, roomId } = await people(server.app);
  const room = { url: server.url, token: bob.token, roomId };
  const after = await readCursor(room);
  const readers = [watchSocket({ ...room, after }), watchEvents({ ...room, after })];
  const [restless] = readers;
  await sendAtLast(room, 'before');
  await Promise.all(readers.map(({ counted }) => counted(1)));
  const idle = await openAcknowledged(server.url, { params: bearer(ann.token) });
  await database.stop();

  const comer = await openSocket(server.url, { params: bearer(ann.token) });
  expect(await comer.closed).toBe(1013);
  // Until its session is looked up again.
  for (let id = 1; await idle.start(String(id), ME); id++) await sleep(100);
  expect(await idle.closed).toBe(1013);
  const answer = await ask(server.url, ME, {}, bearer(ann.token));
  expect(answer.errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  // Cut by ourselves, and then asked to try again.
  await restless!.cut();
  await restless!.interrupted(2);
  expect(restless!.closes.slice(0, 2)).toEqual([1006, 1013]);

  await database.start();
  await sendAtLast(room, 'after');
  await Promise.all(readers.map(({ counted }) => counted(2)));
  for (const reader of readers) reader.close();
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('a message that cannot be shown for want of the database is shown later, before the next', async () => {
  await using database = await startDatabase();
  await using server = await startApp({ DATABASE_URL: database.url });
  const { ann, bob, room, roomId } = await people(server.app);
  const said = { url: server.url, token: ann.token, roomId };
  // The room is read anew for each message.
  const watched = {
    ...said,
    token: bob.token,
    after: await readCursor(said),
    more: 'room { slug }',
  };
  const alone = [
    watchSocket({ ...watched, more: 'room { viewerCan { post } }' }),
    watchEvents(watched),
  ];
  const readers = [...alone, watchSocket(watched)];
  await send(said, 'before', 'before');
  await Promise.all(readers.map(({ counted }) => counted(1)));

  // Committed and told, and gone: as if the database had failed in the moment between.
  const { pool } = server.app.db;
  const head = readers[0]!.lines[0]!.seq;
  const { publish } = server.app.bus;
  const told = Promise.withResolvers<Parameters<typeof publish>>();
  server.app.bus.publish = (...hint) => told.resolve(hint);
  await send(said, 'during', 'during');
  const hint = await told.promise;
  server.app.bus.publish = publish;
  await database.stop();
  publish(...hint);
  // Who is answered alone comes back to it; what is answered for all waits for the database.
  await Promise.all(alone.map(({ interrupted }) => interrupted(1)));
  await database.start();

  await sendAtLast(said, 'after');
  await Promise.all(readers.map(({ counted }) => counted(3)));
  for (const reader of readers) reader.close();
  expect(readers.map(({ lines }) => lines.map(({ body }) => body))).toEqual(
    readers.map(() => ['before', 'during', 'after']),
  );
  expect(await readAfter(pool, room.id, head)).toHaveLength(2);
});

/** Sends until it is answered. */
async function sendAtLast(said: Said, key: string): Promise<void> {
  for (;;) {
    try {
      await send(said, key, key);
      return;
    } catch (error) {
      if (!isWorthRetrying(error)) throw error;
      await sleep(10);
    }
  }
}
