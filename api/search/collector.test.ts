import pg from 'pg';
import { expect, test } from 'vitest';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { deleteMessage } from '../message/deletion.ts';
import { editMessage } from '../message/editing.ts';
import { postMessage } from '../message/message.ts';
import { pinMessage, unpinMessage } from '../message/pin.ts';
import { createRoom } from '../room/room.ts';
import { collected } from '../test/collected.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { collectMessages } from './collector.ts';
import { searchMessages } from './search.ts';

const say = (app: App, viewer: Viewer, roomId: string, body: string) =>
  postMessage(app, viewer, { roomId, body, idempotencyKey: crypto.randomUUID() });

async function search(app: App, viewer: Viewer, query: string): Promise<string[]> {
  const input = { query, timeZone: 'UTC', first: 10, after: null };
  return (await searchMessages(app, viewer, input)).found.map(({ message }) => message.body);
}

async function words({ db }: App): Promise<string[]> {
  const { rows } = await db.pool.query('SELECT word FROM search_word ORDER BY word');
  return rows.map(({ word }) => word);
}

/** What searches look in, against what there is. */
async function difference({ db }: App): Promise<unknown[]> {
  const { rows } = await db.pool.query(`
    SELECT m.body, s.search FROM message m FULL JOIN message_search s USING (room_id, seq)
    WHERE (m.deleted_at IS NULL) <> (s.seq IS NOT NULL) OR m.deleted_at IS NULL
      AND (search_document(m) <> s.search OR m.edited_at IS DISTINCT FROM s.edited_at)`);
  return rows;
}

test('what was said is found a moment later, also a part of a word', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, room } = await people(app);
  await say(app, ann, room.id, 'rhododendron');
  const found = expect.poll(() => search(app, ann, 'dendron'), { timeout: 20_000 });
  await found.toEqual(['rhododendron']);
  expect(await search(app, ann, 'rhododendron')).toEqual(['rhododendron']);
});

test('what a process has left behind is collected by the next one', async () => {
  const first = await startApp();
  const { ann, room } = await people(first.app);
  const { databaseUrl } = first;
  await collected(first.app);
  const holder = new pg.Client(databaseUrl);
  await holder.connect();
  await holder.query('BEGIN; SELECT FROM search_position FOR UPDATE');
  await say(first.app, ann, room.id, 'left behind');
  await first.close();
  await holder.end();
  await using second = await startApp({ DATABASE_URL: databaseUrl });
  const found = expect.poll(() => search(second.app, ann, 'behind'), { timeout: 20_000 });
  await found.toEqual(['left behind']);
});

test('words are collected once, of posts and of edits, whatever was collected before', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, room } = await people(app);
  const { seq } = await say(app, ann, room.id, `the Birch birch ${'x'.repeat(41)}`);
  await collected(app);
  expect(await words(app)).toEqual(['birch']);
  await say(app, ann, room.id, 'birch and maple');
  await editMessage(app, ann, { roomId: room.id, seq, body: 'willow' });
  await collected(app);
  await collected(app);
  expect(await words(app)).toEqual(['birch', 'maple', 'willow']);
});

test('between a change and its collection, nothing is found that does not stand', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const holder = await app.db.pool.connect();
  const key = async (body: string) => ({
    roomId: room.id,
    seq: (await say(app, ann, room.id, body)).seq,
  });
  const [edited, deleted, unpinned] = [await key('one elm'), await key('elms'), await key('elmy')];
  await pinMessage(app, ann, unpinned);
  await collected(app);
  expect(await search(app, bob, 'elm')).toHaveLength(3);
  expect(await search(app, bob, 'is:pinned')).toEqual(['elmy']);
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM search_position WHERE room_id = $1 FOR UPDATE', [room.id]);
    await editMessage(app, ann, { ...edited, body: 'one oak' });
    await deleteMessage(app, ann, deleted);
    await unpinMessage(app, ann, unpinned);
    expect(await search(app, bob, 'elm')).toEqual(['elmy']);
    for (const query of ['oak', 'is:pinned']) expect(await search(app, bob, query)).toEqual([]);
    await holder.query('COMMIT');
  } finally {
    holder.release();
  }
  await collected(app);
  expect(await search(app, bob, 'oak')).toEqual(['one oak']);
  expect(await difference(app)).toEqual([]);
});

test('all that has been said is collected, of however many rooms and messages', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, room } = await people(app);
  const said = Array.from({ length: 1_100 }, (_, number) => `word${number}`);
  await Promise.all(said.slice(0, 1_000).map((body) => say(app, ann, room.id, body)));
  for (const [number, body] of said.slice(1_000).entries()) {
    const slug = `room-${number}`;
    const other = await createRoom(app, ann, {
      ...{ slug, name: null, topic: null, visibility: 'PUBLIC' },
    });
    await say(app, ann, other.id, body);
  }
  await collected(app);
  expect(await difference(app)).toEqual([]);
  expect(await words(app)).toEqual(said.toSorted());
});

test('while one process collects a room, another waits for nothing, and nothing is lost', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, room } = await people(app);
  await collected(app);
  const holder = await app.db.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM search_position WHERE room_id = $1 FOR UPDATE', [room.id]);
    await say(app, ann, room.id, 'chestnut');
    expect(await collectMessages(app.db.pool)).toBe(false);
    expect(await words(app)).toEqual([]);
    await holder.query('COMMIT');
  } finally {
    holder.release();
  }
  await expect.poll(() => search(app, ann, 'chestnut'), { timeout: 20_000 }).toEqual(['chestnut']);
});

test('many who collect at once, while much is said and changed, miss nothing', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, room } = await people(app);
  const other = await createRoom(app, ann, {
    ...{ slug: 'kitchen', name: null, topic: null, visibility: 'PUBLIC' },
  });
  const live = async (roomId: string, number: number) => {
    const { seq } = await say(app, ann, roomId, `first words ${number}`);
    if (number % 3 === 0) await editMessage(app, ann, { roomId, seq, body: `others ${number}` });
    if (number % 4 === 0) await pinMessage(app, ann, { roomId, seq });
    if (number % 5 === 0) await deleteMessage(app, ann, { roomId, seq });
  };
  let isOver = false;
  const collecting = Array.from({ length: 3 }, async () => {
    while (!isOver) await collectMessages(app.db.pool);
  });
  const lives = Array.from({ length: 60 }, (_, n) => live(n % 2 ? room.id : other.id, n));
  await Promise.all(lives).finally(() => (isOver = true));
  await Promise.all(collecting);
  await collected(app);
  expect(await difference(app)).toEqual([]);
});

test('of a room that is gone nothing is kept', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, room } = await people(app);
  await say(app, ann, room.id, 'hornbeam');
  await collected(app);
  await app.db.prisma.room.delete({ where: { id: room.id } });
  await collected(app);
  const { rows } = await app.db.pool.query('SELECT FROM message_search');
  expect(rows).toEqual([]);
});
