/**
 * Intervals that are over are counted once, by a job, and kept (`statistic`): what was counted of them stays, also where
 * rooms or files are deleted since, and nobody who looks at a year waits for a year's messages. What is not kept yet, at
 * least the interval that is under way, is counted when it is looked at.
 *
 * Messages are counted on from what was kept last, so a row that is wrong would make all later ones wrong. The clock is
 * therefore the database's, as it is for messages; what is kept of intervals that are not over, as by a clock that was ahead,
 * is not counted from, and goes with the next job; and whoever writes rows holds KEEPING_LOCK.
 */
import type pg from 'pg';
import type { App } from '../app.ts';
import type { StatisticsInterval } from '../generated/prisma/client.ts';
import { COUNT, type Counted, type Span } from './count.ts';
import { after, beginningOf, INTERVALS, LENGTH_MS } from './interval.ts';

export const SAMPLE_TTL_DAYS = 90;
/** An interval is counted when it has been over for so long: what was being written at its end is there then, and its last samples. */
const SETTLED_MS = 2 * 60_000;
/** Any number of our own. */
const KEEPING_LOCK = 7_275_557;

type Parts = Pick<App, 'db'>;

/**
 * Keeps what is over, and removes samples that are old. May be done by several at once, and again.
 * @param at the database's time; now where it is not given
 */
export async function keepStatistics({ db }: Parts, at?: Date): Promise<void> {
  const now = at ?? (await clockOf(db.pool));
  for (const interval of INTERVALS) await keep(db.pool, interval, now);
  await db.pool.query(
    `DELETE FROM server_sample WHERE at < $1::timestamptz - interval '${SAMPLE_TTL_DAYS * 24} hours'`,
    [now],
  );
}

/** What the database's clock says, by which messages are dated. */
export async function clockOf(pool: pg.Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>('SELECT now()');
  return rows[0]!.now;
}

async function keep(pool: pg.Pool, interval: StatisticsInterval, now: Date): Promise<void> {
  const until = beginningOf(interval, new Date(now.getTime() - SETTLED_MS));
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await holdKept(client);
    await client.query(
      'DELETE FROM statistic WHERE interval = $1::"StatisticsInterval" AND at >= $2',
      [interval, until],
    );
    const { from, messages } = await findEnd(client, interval, until);
    if (from && from < until) {
      await client.query(KEEP, [from, until, LENGTH_MS[interval] / 1000, messages, interval]);
    }
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Nobody else writes what is kept until the transaction ends. */
export async function holdKept(client: pg.ClientBase): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(${KEEPING_LOCK})`);
}

const KEEP = `
  INSERT INTO statistic (
    interval, at, messages, new_messages, active_users, storage_bytes, connections, deliveries, send_ms, rss_bytes
  )
  SELECT $5::"StatisticsInterval", at, messages, "newMessages", "activeUsers", "storageBytes", connections, deliveries,
         "sendMs", "rssBytes"
  FROM (${COUNT}) AS counted`;

/** Where what is kept ends, and how many messages were sent by then. */
export interface End {
  /** The beginning of the first interval that is not kept; null where there is nothing to count yet. */
  from: Date | null;
  messages: number;
}

/** @param until before which intervals are over */
export async function findEnd(
  database: Pick<pg.Pool, 'query'>,
  interval: StatisticsInterval,
  until: Date,
): Promise<End> {
  const { rows: kept } = await database.query<{ at: Date; messages: number }>(LAST, [
    interval,
    until,
  ]);
  const last = kept[0];
  if (last) return { from: after(interval, last.at), messages: last.messages };
  const { rows } = await database.query<{ first: Date | null }>(FIRST);
  const { first } = rows[0]!;
  return { from: first && beginningOf(interval, first), messages: 0 };
}

const LAST = `
  SELECT at, messages FROM statistic
  WHERE interval = $1::"StatisticsInterval" AND at < $2 ORDER BY at DESC LIMIT 1`;

/** Nothing is older than the first account, but what processes told before there was any. */
const FIRST = `
  SELECT least((SELECT min(created_at) FROM "user"), (SELECT min(at) FROM server_sample)) AS first`;

/**
 * Adds messages that came with a room, from a server where they were sent before, to what is kept of those times; within the
 * transaction that brings them.
 */
export async function addToKept(client: pg.ClientBase, roomId: string): Promise<void> {
  await holdKept(client);
  for (const interval of INTERVALS) {
    const length = LENGTH_MS[interval] / 1000;
    await client.query(ADD, [interval, roomId, length, beginningOf(interval, new Date(0))]);
  }
}

/** By $3 seconds, counted from $4. Those that are older than all that is kept are in every total. */
const ADD = `
  WITH came AS (
    SELECT date_bin($3::int * interval '1 second', created_at, $4::timestamptz) AS at, count(*)::int AS count
    FROM message WHERE room_id = $2::uuid GROUP BY 1
  ), kept AS (
    SELECT at FROM statistic WHERE interval = $1::"StatisticsInterval"
  ), so_far AS (
    SELECT at, coalesce(count, 0) AS new, (sum(coalesce(count, 0)) OVER (ORDER BY at))::int AS total
    FROM kept FULL JOIN came USING (at)
  )
  UPDATE statistic SET messages = statistic.messages + so_far.total, new_messages = statistic.new_messages + so_far.new
  FROM so_far
  WHERE interval = $1::"StatisticsInterval" AND statistic.at = so_far.at AND so_far.total > 0`;

/** What is kept of the intervals that begin in a span. */
export async function readKept({ db }: Parts, { interval, from, until }: Span): Promise<Counted[]> {
  const { rows } = await db.pool.query<Counted>({
    name: 'kept-statistics',
    text: `
      SELECT at, messages, new_messages AS "newMessages", active_users AS "activeUsers",
             storage_bytes::float8 AS "storageBytes", connections, deliveries::float8 AS deliveries,
             send_ms AS "sendMs", rss_bytes::float8 AS "rssBytes"
      FROM statistic WHERE interval = $1::"StatisticsInterval" AND at >= $2 AND at < $3 ORDER BY at`,
    values: [interval, from, until],
  });
  return rows;
}
