import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { StatisticsInterval } from '../generated/prisma/client.ts';
import type { Viewer } from '../viewer.ts';
import { count, type Counted, type Span } from './count.ts';
import { after, beginningOf, LENGTH_MS } from './interval.ts';
import { clockOf, findEnd, readKept } from './rollup.ts';

/** Of one answer: a hundred days by the hour. */
export const MOST_POINTS = 2_400;

export interface StatisticsInput {
  /** The first interval is the one that this is in. */
  since: Date;
  /** The last one is the one before which this is; null for the one that is under way. */
  until: Date | null;
  interval: StatisticsInterval;
}

export interface StatisticsPoint extends Counted {
  /** Accounts at its end. */
  users: number;
  newUsers: number;
}

/**
 * What there was in each interval of a span, in order.
 * @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT for a span that is none, or too long.
 */
export async function readStatistics(
  app: App,
  viewer: Viewer,
  input: StatisticsInput,
): Promise<StatisticsPoint[]> {
  onServer(viewer, 'administer');
  const { interval } = input;
  const now = await clockOf(app.db.pool);
  const span = spanOf(input, now);
  const { until } = span;
  const end = await findEnd(app.db.pool, interval, beginningOf(interval, now));
  const uncounted = end.from && { interval, from: end.from, until };
  const [kept, counted, users] = await Promise.all([
    readKept(app, span),
    uncounted && uncounted.from < until ? count(app.db.pool, uncounted, end.messages) : [],
    countUsers(app, span),
  ]);
  const known = new Map([...kept, ...counted].map((point) => [point.at.getTime(), point]));
  return users.map(({ at, ...ofUsers }) => ({
    ...(known.get(at.getTime()) ?? nothingAt(at)),
    ...ofUsers,
  }));
}

function spanOf({ since, until, interval }: StatisticsInput, now: Date): Span {
  const refuse = (field: string, message: string) =>
    new Refusal('INVALID_INPUT', message, { field });
  const end = until === null || until > now ? now : until;
  if (since >= end) {
    throw since >= now
      ? refuse('since', 'That moment has not come yet.')
      : refuse('until', 'The end lies before the beginning.');
  }
  const from = beginningOf(interval, since);
  const last = beginningOf(interval, new Date(end.getTime() - 1));
  const span = { interval, from, until: after(interval, last) };
  if ((span.until.getTime() - from.getTime()) / LENGTH_MS[interval] > MOST_POINTS) {
    throw refuse('since', `That is more than ${MOST_POINTS} intervals.`);
  }
  return span;
}

/** Before anything was there to be counted. */
function nothingAt(at: Date): Counted {
  const nothing = { messages: 0, newMessages: 0, activeUsers: 0, storageBytes: 0 };
  return { at, ...nothing, connections: null, deliveries: null, sendMs: null, rssBytes: null };
}

/** Accounts are never removed, so what there was at any time can be told at any time. */
async function countUsers(
  { db }: App,
  { interval, from, until }: Span,
): Promise<{ at: Date; users: number; newUsers: number }[]> {
  const { rows } = await db.pool.query<{ at: Date; users: number; newUsers: number }>({
    name: 'count-users',
    text: COUNT_USERS,
    values: [from, until, LENGTH_MS[interval] / 1000],
  });
  return rows;
}

const COUNT_USERS = `
  WITH span AS (
    SELECT $1::timestamptz AS first, $3::int * interval '1 second' AS length
  ), came AS (
    SELECT date_bin(length, greatest(created_at, first), first) AS at, count(*) AS count,
           count(*) FILTER (WHERE created_at >= first) AS new
    FROM span JOIN "user" ON created_at < $2 GROUP BY 1
  ), went AS (
    SELECT date_bin(length, greatest(erased_at, first), first) AS at, count(*) AS count
    FROM span JOIN "user" ON erased_at < $2 GROUP BY 1
  )
  SELECT at, coalesce(came.new, 0)::int AS "newUsers",
         (sum(coalesce(came.count, 0) - coalesce(went.count, 0)) OVER (ORDER BY at))::int AS users
  FROM span, generate_series(first, $2::timestamptz - length, length) AS at
       LEFT JOIN came USING (at) LEFT JOIN went USING (at)
  ORDER BY at`;
