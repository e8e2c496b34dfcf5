const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A size as people read it, such as “48 kB”; two digits at least where it is not whole. */
export function formatBytes(bytes: number, locale = 'en'): string {
  let exponent = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  // 999,950 bytes are a megabyte and not 1,000 kB.
  if (exponent < UNITS.length - 1 && Math.round(bytes / 1000 ** exponent) >= 1000) exponent++;
  const value = bytes / 1000 ** exponent;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[exponent]!,
    unitDisplay: exponent === 0 ? 'long' : 'short',
    maximumFractionDigits: exponent > 0 && value < 10 ? 1 : 0,
  }).format(value);
}
