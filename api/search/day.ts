import { Refusal } from '../errors.ts';

const MINUTE_MS = 60_000;

/**
 * The moment at which a day such as `2026-11-21` begins somewhere; null for what is no day.
 * @param timeZone by the IANA database
 * @throws Refusal INVALID_INPUT for a time zone that is none.
 */
export function startOfDay(day: string, timeZone: string): Date | null {
  const offsetAt = offsetsOf(timeZone);
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(midnight)) return null;
  // JavaScript takes the 30th of February for the 2nd of March.
  if (new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  // Twice: near a change of the clocks the first guess may lie on its other side.
  const guess = midnight - offsetAt(midnight);
  return new Date(midnight - offsetAt(guess));
}

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsetsOf(timeZone: string): (at: number) => number {
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    return (at) => {
      const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value;
      const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
      if (!sign) return 0;
      return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
    };
  } catch {
    throw new Refusal('INVALID_INPUT', 'There is no such time zone.', { field: 'timeZone' });
  }
}
