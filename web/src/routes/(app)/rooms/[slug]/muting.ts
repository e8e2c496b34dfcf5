/** For how long a room may be muted, and until when that is. */
export const FOR_GOOD = new Date('9999-12-31T00:00:00.000Z');

const HOUR_MS = 60 * 60 * 1000;
const MORNING_HOUR = 9;

export interface Muting {
  label: string;
  until: (now: Date) => Date;
}

export const MUTINGS: Muting[] = [
  { label: 'For 1 hour', until: (now) => new Date(now.getTime() + HOUR_MS) },
  { label: 'For 8 hours', until: (now) => new Date(now.getTime() + 8 * HOUR_MS) },
  { label: 'Until tomorrow morning', until: tomorrowMorning },
  { label: 'Until I turn it back on', until: () => FOR_GOOD },
];

export const isForGood = (moment: string) => new Date(moment).getUTCFullYear() >= 9999;

/** By the clock of whoever asks; in the small hours tomorrow is after the next night. */
function tomorrowMorning(now: Date): Date {
  const morning = new Date(now);
  morning.setDate(now.getDate() + 1);
  morning.setHours(MORNING_HOUR, 0, 0, 0);
  return morning;
}
