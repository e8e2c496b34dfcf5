/** When a status may end. */
export const STATUS_ENDS = [
  ['NEVER', 'Until I change it'],
  ['HALF_HOUR', 'In 30 minutes'],
  ['HOUR', 'In an hour'],
  ['FOUR_HOURS', 'In four hours'],
  ['TODAY', 'At the end of today'],
  ['WEEK', 'At the end of this week'],
] as const;

export type StatusEnd = (typeof STATUS_ENDS)[number][0];

const MINUTE_MS = 60_000;

/** The moment, where the reader is; weeks end with their Sunday. Null for never. */
export function momentOf(end: StatusEnd, now = new Date()): Date | null {
  const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * MINUTE_MS);
  const midnight = (days: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  switch (end) {
    case 'NEVER':
      return null;
    case 'HALF_HOUR':
      return inMinutes(30);
    case 'HOUR':
      return inMinutes(60);
    case 'FOUR_HOURS':
      return inMinutes(240);
    case 'TODAY':
      return midnight(1);
    case 'WEEK':
      return midnight(8 - (now.getDay() || 7));
  }
}

/** What people are about most often, with how long that takes. */
export const COMMON_STATUSES: { emoji: string; text: string; end: StatusEnd }[] = [
  { emoji: '📅', text: 'In a meeting', end: 'HOUR' },
  { emoji: '🥪', text: 'At lunch', end: 'HOUR' },
  { emoji: '🎧', text: 'Focusing', end: 'FOUR_HOURS' },
  { emoji: '🤒', text: 'Out sick', end: 'TODAY' },
  { emoji: '🌴', text: 'On holiday', end: 'WEEK' },
];
