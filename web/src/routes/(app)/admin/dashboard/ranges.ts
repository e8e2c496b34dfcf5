/** How far back plots go, and by what they count. */
import type { StatisticsInterval } from '#lib/graphql/generated/graphql.ts';

interface Range {
  key: string;
  label: string;
  days: number;
  interval: StatisticsInterval;
}

export const RANGES = [
  { key: 'day', label: 'Day', days: 1, interval: 'HOUR' },
  { key: 'week', label: 'Week', days: 7, interval: 'HOUR' },
  { key: 'month', label: 'Month', days: 30, interval: 'DAY' },
  { key: 'quarter', label: 'Quarter', days: 91, interval: 'DAY' },
] as const satisfies readonly Range[];

const [, , MONTH] = RANGES;
const DAY_MS = 86_400_000;

/** A month for what an address does not say. */
export const readRange = (params: URLSearchParams): Range =>
  RANGES.find(({ key }) => key === params.get('range')) ?? MONTH;

export const sinceOf = ({ days }: Range, now = Date.now()): string =>
  new Date(now - days * DAY_MS).toISOString();
