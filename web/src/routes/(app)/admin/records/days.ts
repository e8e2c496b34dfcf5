/** Days of filters, as the administrator's calendar has them. */

/** Its first moment. */
export const dayStart = (day: string): string | null => momentOf(`${day}T00:00:00`);

/** The first moment after it. */
export function dayEnd(day: string): string | null {
  const start = dayStart(day);
  if (!start) return null;
  const next = new Date(start);
  next.setDate(next.getDate() + 1);
  return next.toISOString();
}

/** Null for what is no day. */
function momentOf(local: string): string | null {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
