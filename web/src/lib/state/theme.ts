export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** A cookie rather than local storage, so that the first byte already has the right colours. */
export const THEME_COOKIE = 'theme';

/** Any text as a theme; what is not one is the system's. */
export function readTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system';
}
