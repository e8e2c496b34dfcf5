import { TIME_ZONE_COOKIE } from '#lib/state/clock.svelte.ts';
import { CONTRAST_COOKIE, readContrast, readTheme, THEME_COOKIE } from '#lib/state/theme.ts';
import type { LayoutServerLoad } from './$types';

/** What the server must know of this browser to render as the browser will. */
export const load: LayoutServerLoad = ({ cookies, request }) => ({
  theme: readTheme(cookies.get(THEME_COOKIE)),
  contrast: readContrast(cookies.get(CONTRAST_COOKIE)),
  locale: supportedLocale(request.headers.get('accept-language')),
  timeZone: knownTimeZone(cookies.get(TIME_ZONE_COOKIE)),
});

function supportedLocale(acceptLanguage: string | null): string {
  const preferred = acceptLanguage?.split(',')[0]?.split(';')[0]?.trim();
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(preferred ?? [])[0] ?? 'en';
  } catch {
    return 'en';
  }
}

function knownTimeZone(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
