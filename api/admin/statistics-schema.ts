import { builder } from '../builder.ts';
import { StatisticsInterval as Interval } from '../generated/prisma/enums.ts';
import {
  MOST_POINTS,
  readStatistics,
  type StatisticsPoint as Point,
} from '../statistics/statistics.ts';
import { Administration } from './schema.ts';

const INTERVALS: Record<Interval, string> = {
  HOUR: 'An hour.',
  DAY: 'A day, in UTC.',
  WEEK: 'A week that begins on a Monday, in UTC.',
};

const StatisticsInterval = builder.enumType('StatisticsInterval', {
  description: 'By what statistics are counted.',
  values: Object.fromEntries(
    Object.entries(INTERVALS).map(([interval, description]) => [
      interval,
      { value: interval as Interval, description },
    ]),
  ),
});

const StatisticsPoint = builder.objectRef<Point>('StatisticsPoint').implement({
  description:
    'What there was in an interval; of the one that is under way, what there has been so far. Once it is over it stays as it ' +
    'was counted. Private rooms and direct conversations are in these sums.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When the interval began.' }),
    users: t.exposeInt('users', { description: 'Accounts at its end, without those deleted.' }),
    newUsers: t.exposeInt('newUsers', { description: 'Accounts that were made in it.' }),
    activeUsers: t.exposeInt('activeUsers', {
      description:
        'People who wrote a message or reacted to one in it. Who only read is not among them.',
    }),
    messages: t.exposeInt('messages', {
      description: 'Messages sent up to its end, those that were deleted since among them.',
    }),
    newMessages: t.exposeInt('newMessages', { description: 'Messages sent in it.' }),
    storageBytes: t.exposeFloat('storageBytes', {
      description: 'Bytes of all files that there were at its end.',
    }),
    connections: t.exposeInt('connections', {
      nullable: true,
      description:
        'Sockets and event streams that were open at once, at most; null where no process told of itself.',
    }),
    deliveries: t.exposeFloat('deliveries', {
      nullable: true,
      description: 'Results that were given to subscriptions; null where no process told of it.',
    }),
    sendMs: t.exposeFloat('sendMs', {
      nullable: true,
      description:
        'How many milliseconds sending a message took, on average; null where none was sent, or no process told of it.',
    }),
    rssBytes: t.exposeFloat('rssBytes', {
      nullable: true,
      description:
        'Bytes of memory that all processes had together, at most; null where none told of it.',
    }),
  }),
});

const Statistics = builder.objectRef<{ points: Point[] }>('Statistics').implement({
  description: 'What there was over time.',
  fields: (t) => ({
    points: t.field({
      type: [StatisticsPoint],
      description: 'One for each interval, in order, without a gap.',
      resolve: ({ points }) => points,
    }),
  }),
});

builder.objectField(Administration, 'statistics', (t) =>
  t.field({
    type: Statistics,
    description: `What there was over time, in up to ${MOST_POINTS} intervals. Refuses with INVALID_INPUT for more, and for an end before the beginning.`,
    args: {
      since: t.arg({ type: 'DateTime', description: 'The first interval is the one it is in.' }),
      until: t.arg({
        type: 'DateTime',
        required: false,
        description:
          'Where they end: an interval that begins then is left out. Without it, with the one under way.',
      }),
      interval: t.arg({ type: StatisticsInterval, description: 'By what they are counted.' }),
    },
    resolve: async (_administration, { since, until, interval }, { app, viewer }) => ({
      points: await readStatistics(app, viewer, { since, until: until ?? null, interval }),
    }),
  }),
);
