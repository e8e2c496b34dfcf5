/** The intervals that are counted, in UTC: hours, days, and weeks that begin on Mondays. */
import type { StatisticsInterval } from '../generated/prisma/client.ts';

const HOUR_MS = 60 * 60 * 1000;
/** A Monday: every interval begins a whole number of its lengths after it. */
const ORIGIN_MS = Date.UTC(2001, 0, 1);

export const LENGTH_MS: Record<StatisticsInterval, number> = {
  HOUR: HOUR_MS,
  DAY: 24 * HOUR_MS,
  WEEK: 7 * 24 * HOUR_MS,
};

export const INTERVALS = Object.keys(LENGTH_MS) as StatisticsInterval[];

/** The beginning of the interval that a moment is in. */
export function beginningOf(interval: StatisticsInterval, moment: Date): Date {
  const length = LENGTH_MS[interval];
  return new Date(ORIGIN_MS + Math.floor((moment.getTime() - ORIGIN_MS) / length) * length);
}

/** The beginning of the one after it. */
export function after(interval: StatisticsInterval, beginning: Date): Date {
  return new Date(beginning.getTime() + LENGTH_MS[interval]);
}
