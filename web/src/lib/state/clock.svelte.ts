import { writePreferenceCookie } from './preference-cookie.ts';

export const TIME_ZONE_COOKIE = 'time-zone';

/**
 * Dates in the reader's language and time zone. The server renders with what the request tells (the language) and
 * what a cookie remembers (the zone); the browser starts from the same two, so that hydration finds the same text,
 * and then puts its own in their place.
 */
export class Clock {
  #locale: string = $state('en');
  #timeZone: string = $state('UTC');

  constructor(locale: string, timeZone: string) {
    this.#locale = locale;
    this.#timeZone = timeZone;
  }

  /** The reader's language, for numbers. */
  get locale(): string {
    return this.#locale;
  }

  /** Takes the browser's own language and zone; call after hydration. */
  settle(): void {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    this.#locale = navigator.language;
    if (timeZone !== this.#timeZone) {
      this.#timeZone = timeZone;
      writePreferenceCookie(TIME_ZONE_COOKIE, timeZone);
    }
  }

  #time = $derived(this.#format({ hour: 'numeric', minute: '2-digit' }));
  #day = $derived(this.#format({ weekday: 'long', day: 'numeric', month: 'long' }));
  #dayOfYear = $derived(
    this.#format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
  );
  #full = $derived(this.#format({ dateStyle: 'full', timeStyle: 'medium' }));
  #shortDay = $derived(this.#format({ day: 'numeric', month: 'short' }));
  #date = $derived(this.#format({ dateStyle: 'medium' }));
  /** What is counted by days is counted by those of UTC, which are the same for everybody. */
  #countedDay = $derived(this.#format({ dateStyle: 'medium', timeZone: 'UTC' }));
  #countedShortDay = $derived(this.#format({ day: 'numeric', month: 'short', timeZone: 'UTC' }));
  #dayKey = $derived(
    new Intl.DateTimeFormat('en-CA', {
      timeZone: this.#timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    }),
  );

  /** 3:34 am */
  time(iso: string): string {
    return this.#time.format(new Date(iso));
  }

  /** Saturday, 21 November 2026 at 3:34:10 */
  full(iso: string): string {
    return this.#full.format(new Date(iso));
  }

  /** 21 Nov */
  shortDay(iso: string): string {
    return this.#shortDay.format(new Date(iso));
  }

  /** 21 Nov 2026 */
  date(iso: string): string {
    return this.#date.format(new Date(iso));
  }

  /** The day of UTC that begins at a moment: 21 Nov 2026. */
  countedDay(iso: string): string {
    return this.#countedDay.format(new Date(iso));
  }

  /** The same without its year: 21 Nov. */
  countedShortDay(iso: string): string {
    return this.#countedShortDay.format(new Date(iso));
  }

  /** 3:34 am of today, else 21 Nov 2026, 3:34 am. */
  moment(iso: string): string {
    const isToday = this.dayKey(iso) === this.dayKey(new Date().toISOString());
    return isToday ? this.time(iso) : `${this.date(iso)}, ${this.time(iso)}`;
  }

  /** What clocks show elsewhere, with the day where it is another one: Sunday, 3:34 am. */
  timeIn(timeZone: string, now = new Date()): string {
    const form = (options: Intl.DateTimeFormatOptions, zone = timeZone) =>
      new Intl.DateTimeFormat(this.#locale, { ...options, timeZone: zone }).format(now);
    const time = form({ hour: 'numeric', minute: '2-digit' });
    const day = form({ weekday: 'long' });
    return day === form({ weekday: 'long' }, this.#timeZone) ? time : `${day}, ${time}`;
  }

  /** The calendar day of a moment where the reader is, as 2026-11-21. */
  dayKey(iso: string): string {
    return this.#dayKey.format(new Date(iso));
  }

  /** Today, Yesterday, or the day's name and date; the year only when it is another one. */
  dayName(iso: string, now = new Date()): string {
    const day = this.dayKey(iso);
    if (day === this.dayKey(now.toISOString())) return 'Today';
    if (day === this.dayKey(new Date(now.getTime() - 86_400_000).toISOString())) return 'Yesterday';
    const sameYear = day.slice(0, 4) === this.dayKey(now.toISOString()).slice(0, 4);
    return (sameYear ? this.#day : this.#dayOfYear).format(new Date(iso));
  }

  #format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return new Intl.DateTimeFormat(this.#locale, { timeZone: this.#timeZone, ...options });
  }
}
