/** The database goes away under a server that runs, and comes back: nobody is lost by it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { readAfter } from '../live/log.ts';
import { ask, bearer } from './client.ts';
import { startDatabase } from './database.ts';
import { startApp } from './harness.ts';
import { people } from './people.ts';
import { openAcknowledged, openSocket } from './raw-socket.ts';
import {
  compare,
  isWorthRetrying,
  NOTHING_WRONG,
  readCursor,
  readForwards,
  type Said,
  send,
} from './said.ts';
import { watchEvents, watchSocket } from './watch.ts';

const OUTAGES = 3;
const BETWEEN = 60;
const ME = '{ me { username } }';
/** On a machine that has much else to do. */
const TIMEOUT_MS = 120_000;

vi.setConfig({ testTimeout: TIMEOUT_MS });

test('whoever comes while the database is away is asked to try again, and nothing is lost', async () => {
  await using database = await startDatabase();
  await using server = await startApp({ DATABASE_URL: database.url });
  const { ann, bob, roomId } = await people(server.app);
  const room = { url: server.url, token: bob.token, roomId };
  const after = await readCursor(room);
  const steady = watchSocket({ ...room, after });
  const restless = watchSocket({ ...room, after });
  const events = watchEvents({ ...room, after });

  let isOver = false;
  const sent: string[] = [];
  const write = async ({ token }: { token: string }, writer: string) => {
    while (!isOver) {
      const key = `${writer} ${sent.length}`;
      await sendAtLast({ ...room, token }, key);
      sent.push(key);
    }
  };
  const writers = [write(ann, 'ann'), write(bob, 'bob')];
  for (let outage = 1; outage <= OUTAGES; outage++) {
    await steady.counted(outage * BETWEEN);
    const idle = await openAcknowledged(server.url, { params: bearer(ann.token) });
    await database.stop();

    const comer = await openSocket(server.url, { params: bearer(ann.token) });
    expect(await comer.closed).toBe(1013);
    expect(await idle.start('1', ME)).toBeNull();
    expect(await idle.closed).toBe(1013);
    const answer = await ask(server.url, ME, {}, bearer(ann.token));
    expect(answer.errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await restless.cut();
    await events.cut();

    await database.start();
  }
  await steady.counted((OUTAGES + 1) * BETWEEN);
  isOver = true;
  await Promise.all(writers);

  const said = await readForwards(room);
  const readers = [steady, restless, events];
  await Promise.all(readers.map(({ reached }) => reached(said.at(-1)!.seq)));
  for (const reader of readers) reader.close();
  const wrong = readers.map(({ lines }) => compare(lines, said));
  console.log(
    `outages: ${OUTAGES}, ${said.length} messages, close codes ` +
      `${[...new Set(readers.flatMap(({ closes }) => closes))].sort().join(' ')}, ` +
      wrong.map(({ lost, double, outOfOrder }) => `${lost}/${double}/${outOfOrder}`).join(' ') +
      ' lost/double/out of order',
  );
  expect(wrong).toEqual(readers.map(() => NOTHING_WRONG));
  expect(said.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual(sent.sort());
  // Cut by ourselves, asked to try again, or closed by ourselves at the end.
  expect(readers.flatMap(({ closes }) => closes)).not.toContain(4500);
  expect(restless.closes).toContain(1013);
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
