/** Counting intervals from what there is: accounts, messages, reactions, files, and samples of processes. */
import type pg from 'pg';
import type { StatisticsInterval } from '../generated/prisma/client.ts';
import { LENGTH_MS } from './interval.ts';

/** What is known of an interval; null where no process told of it. */
export interface Counted {
  at: Date;
  /** Sent up to its end, those that were deleted since among them. */
  messages: number;
  newMessages: number;
  /** Who wrote or reacted. */
  activeUsers: number;
  /** Of all files that there were at its end. */
  storageBytes: number;
  /** Of all processes together, at the moment at which there were most. */
  connections: number | null;
  deliveries: number | null;
  /** How long sending a message took on average; null also where none was sent. */
  sendMs: number | null;
  /** Of all processes together, at the moment at which it was most. */
  rssBytes: number | null;
}

export interface Span {
  interval: StatisticsInterval;
  /** The beginning of the first interval. */
  from: Date;
  /** The end of the last one. */
  until: Date;
}

/**
 * Counts every interval of a span, in order.
 * @param messagesBefore how many were sent before the span
 */
export async function count(
  pool: pg.Pool,
  { interval, from, until }: Span,
  messagesBefore: number,
): Promise<Counted[]> {
  const { rows } = await pool.query<Counted>({
    name: 'count-statistics',
    text: COUNT,
    values: [from, until, LENGTH_MS[interval] / 1000, messagesBefore],
  });
  return rows;
}

/**
 * From $1 to $2, by $3 seconds, after $4 messages. date_bin counts in seconds from its origin, so nothing here depends on
 * the database's time zone. What one process tells of a minute is one row: their sum is of that minute, and the largest
 * sum is the interval's. Of what takes eight bytes floating numbers are made, which do not come as text.
 */
export const COUNT = `
  WITH span AS (
    SELECT $1::timestamptz AS first, $2::timestamptz AS until, $3::int * interval '1 second' AS length
  ), beginning AS (
    SELECT at FROM span, generate_series(first, until - length, length) AS at
  ), wrote AS (
    SELECT date_bin(length, created_at, first) AS at, author_id AS user_id, count(*) AS count
    FROM span JOIN message ON created_at >= $1 AND created_at < $2 GROUP BY 1, 2
  ), said AS (
    SELECT at, sum(count) AS count FROM wrote GROUP BY at
  ), active AS (
    SELECT at, count(*) AS count FROM (
      SELECT at, user_id FROM wrote
      UNION
      SELECT date_bin(length, created_at, first), user_id
      FROM span JOIN reaction ON created_at >= $1 AND created_at < $2
    ) AS seen GROUP BY at
  ), stored AS (
    SELECT date_bin(length, greatest(created_at, first), first) AS at, sum(size) AS bytes
    FROM span JOIN file ON created_at < $2 GROUP BY 1
  ), minute AS (
    SELECT at, sum(connections) AS connections, sum(rss_bytes) AS rss_bytes, sum(deliveries) AS deliveries,
           sum(sends) AS sends, sum(send_ms) AS send_ms
    FROM server_sample WHERE at >= $1 AND at < $2 GROUP BY at
  ), told AS (
    SELECT date_bin(length, at, first) AS at, max(connections) AS connections, max(rss_bytes) AS rss_bytes,
           sum(deliveries) AS deliveries, sum(send_ms) / nullif(sum(sends), 0) AS send_ms
    FROM span, minute GROUP BY 1
  )
  SELECT at,
         ($4::bigint + sum(coalesce(said.count, 0)) OVER so_far)::int AS messages,
         coalesce(said.count, 0)::int AS "newMessages",
         coalesce(active.count, 0)::int AS "activeUsers",
         coalesce(sum(stored.bytes) OVER so_far, 0)::float8 AS "storageBytes",
         told.connections::int AS connections, told.deliveries::float8 AS deliveries,
         told.send_ms AS "sendMs", told.rss_bytes::float8 AS "rssBytes"
  FROM beginning LEFT JOIN said USING (at) LEFT JOIN active USING (at) LEFT JOIN stored USING (at)
       LEFT JOIN told USING (at)
  WINDOW so_far AS (ORDER BY at)
  ORDER BY at`;
