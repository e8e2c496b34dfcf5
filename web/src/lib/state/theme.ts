export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const CONTRASTS = ['system', 'more'] as const;
/** More: the high-contrast colours, whatever the system asks for. */
export type Contrast = (typeof CONTRASTS)[number];

/** Cookies rather than local storage, so that the first byte already has the right colours. */
export const THEME_COOKIE = 'theme';
export const CONTRAST_COOKIE = 'contrast';

/** Any text as a theme; what is not one is the system's. */
export function readTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system';
}

/** Any text as a contrast; what is not one is the system's. */
export function readContrast(value: string | undefined): Contrast {
  return CONTRASTS.find((contrast) => contrast === value) ?? 'system';
}

/** What the browser's own frame is tinted with: `--paper-2`, in words that every browser has. */
export const GROUND = { light: '#f8f5f1', dark: '#0c1013' } as const;
