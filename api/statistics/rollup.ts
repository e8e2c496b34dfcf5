/**
 * Intervals that are over are counted once, by a job, and kept (`statistic`): what was counted of them stays, also where
 * rooms or files are deleted since, and nobody who looks at a year waits for a year's messages. What is not kept yet, at
 * least the interval that is under way, is counted when it is looked at.
 */
import type { App } from '../app.ts';
import type { StatisticsInterval } from '../generated/prisma/client.ts';
import { COUNT, type Counted, type Span } from './count.ts';
import { after, beginningOf, INTERVALS, LENGTH_MS } from './interval.ts';

export const SAMPLE_TTL_DAYS = 90;
/** An interval is counted when it has been over for so long: what was being written at its end is there then, and its last samples. */
const SETTLED_MS = 2 * 60_000;
type Parts = Pick<App, 'db'>;

/** Keeps what is over, and removes samples that are old. May be done by several at once, and again. */
export async function keepStatistics({ db }: Parts, now = new Date()): Promise<void> {
  for (const interval of INTERVALS) await keep({ db }, interval, now);
  await db.pool.query(
    `DELETE FROM server_sample WHERE at < $1::timestamptz - interval '${SAMPLE_TTL_DAYS * 24} hours'`,
    [now],
  );
}

async function keep({ db }: Parts, interval: StatisticsInterval, now: Date): Promise<void> {
  const until = beginningOf(interval, new Date(now.getTime() - SETTLED_MS));
  const { from, messages } = await findEnd({ db }, interval);
  if (!from || from >= until) return;
  await db.pool.query(KEEP, [from, until, LENGTH_MS[interval] / 1000, messages, interval]);
}

const KEEP = `
  INSERT INTO statistic (
    interval, at, messages, new_messages, active_users, storage_bytes, connections, deliveries, send_ms, rss_bytes
  )
  SELECT $5::"StatisticsInterval", at, messages, "newMessages", "activeUsers", "storageBytes", connections, deliveries,
         "sendMs", "rssBytes"
  FROM (${COUNT}) AS counted
  ON CONFLICT DO NOTHING`;

/** Where what is kept ends, and how many messages were sent by then. */
export interface End {
  /** The beginning of the first interval that is not kept; null where there is nothing to count yet. */
  from: Date | null;
  messages: number;
}

export async function findEnd({ db }: Parts, interval: StatisticsInterval): Promise<End> {
  const last = await db.prisma.statistic.findFirst({
    where: { interval },
    orderBy: { at: 'desc' },
    select: { at: true, messages: true },
  });
  if (last) return { from: after(interval, last.at), messages: last.messages };
  const { rows } = await db.pool.query<{ first: Date | null }>(FIRST);
  const { first } = rows[0]!;
  return { from: first && beginningOf(interval, first), messages: 0 };
}

/** Nothing is older than the first account, but what processes told before there was any. */
const FIRST = `
  SELECT least((SELECT min(created_at) FROM "user"), (SELECT min(at) FROM server_sample)) AS first`;

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
