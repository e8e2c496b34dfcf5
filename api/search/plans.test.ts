import pg from 'pg';
import { expect, test } from 'vitest';
import { MIDDLING_RANK, RARE_RANK, seedPast, word } from '../../bench/large/seed.ts';
import type { Person } from '../viewer.ts';
import { findMessage, listMessages } from '../message/history.ts';
import { cursorAt } from '../message/moment.ts';
import { createDatabase, startApp } from '../test/harness.ts';
import { STRANGER } from '../test/people.ts';
import { searchMessages } from './search.ts';

const PAST = { rooms: 40, messages: 40_000, people: 50 };

/** Sequential scans of the large tables so far, once nobody is connected who has not told yet. */
async function scans(database: pg.Client): Promise<Record<string, number>> {
  const others = `SELECT count(*)::int FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
  await expect.poll(async () => (await database.query(others)).rows[0].count).toBe(0);
  await database.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await database.query(
    `SELECT relname, seq_scan::int FROM pg_stat_user_tables
     WHERE relname IN ('message', 'message_search', 'room_event', 'search_word', 'file')`,
  );
  return Object.fromEntries(rows.map(({ relname, seq_scan }) => [relname, seq_scan]));
}

/** How often the indexes that searches go by have been looked into so far. */
async function looks(database: pg.Client): Promise<Record<string, number>> {
  const { rows } = await database.query(
    `SELECT indexrelname, idx_scan::int FROM pg_stat_user_indexes
     WHERE relname = 'message_search' OR indexrelname = 'search_word_part_idx'`,
  );
  return Object.fromEntries(rows.map(({ indexrelname, idx_scan }) => [indexrelname, idx_scan]));
}

test('among many messages, nothing is read or searched by a sequential scan', async () => {
  const databaseUrl = await createDatabase();
  const seeding = new pg.Client(databaseUrl);
  await seeding.connect();
  await seedPast(seeding, PAST, 'past-0');
  await seeding.end();

  const database = new pg.Client(databaseUrl);
  await database.connect();
  const before = await scans(database);
  const unused = await looks(database);
  {
    await using server = await startApp({ DATABASE_URL: databaseUrl });
    const { app } = server;
    // Those that come by the clock read for themselves.
    await app.jobs.close();
    const user = await app.db.prisma.user.findUniqueOrThrow({ where: { usernameKey: 'past-0' } });
    const viewer: Person = { ...STRANGER, user, sessionId: 'of a test' };
    const rare = word(RARE_RANK);
    const middling = word(MIDDLING_RANK);
    const found: Record<string, number> = {};
    for (const query of [
      ...[
        word(1),
        middling,
        rare,
        rare.slice(1, 5),
        `${word(1)} ${middling}`,
        `"${word(1)} ${word(2)}"`,
      ],
      ...[
        `from:past-3`,
        `from:past-3 ${middling}`,
        'in:past-7',
        `in:past-7 ${rare}`,
        'mentions:me',
      ],
      ...['has:link', 'has:image', 'has:file', 'is:pinned', `from:past-3 has:file ${word(1)}`],
      ...[`after:2000-01-01 ${rare}`, 'before:2000-01-01', `-${word(1)}`],
    ]) {
      const input = { query, timeZone: 'UTC', first: 20, after: null };
      found[query] = (await searchMessages(app, viewer, input)).found.length;
    }
    expect(found).toMatchObject({
      [word(1)]: 20,
      [middling]: 20,
      'from:past-3': 20,
      'in:past-7': 20,
    });
    const room = await app.db.prisma.room.findUniqueOrThrow({ where: { slug: 'past-7' } });
    const cursor = await cursorAt(app, viewer, room, new Date(Date.now() - 86_400_000));
    for (const page of [{ last: 50 }, { first: 50, after: cursor }, { last: 50, before: cursor }]) {
      expect((await listMessages(app, viewer, room, page)).messages.length).toBeGreaterThan(0);
    }
    expect(await findMessage(app, viewer, { roomId: room.id, seq: 500 })).not.toBeNull();
  }
  expect(await scans(database)).toEqual(before);
  const looked = await looks(database);
  for (const [index, times] of Object.entries(unused)) {
    expect(looked[index], index).toBeGreaterThan(times);
  }
  await database.end();
}, 120_000);
