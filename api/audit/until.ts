import { Refusal } from '../errors.ts';

/** Until when a deed is to hold; null for good. @throws Refusal INVALID_INPUT for what is past already. */
export function checkUntil(until: Date | null, mostMs = Number.POSITIVE_INFINITY): Date | null {
  const leftMs = until === null ? null : until.getTime() - Date.now();
  if (leftMs !== null && leftMs <= 0) {
    throw new Refusal('INVALID_INPUT', 'That moment has passed.', { field: 'until' });
  }
  if (leftMs !== null && leftMs > mostMs) {
    const days = Math.floor(mostMs / 86_400_000);
    throw new Refusal('INVALID_INPUT', `That is later than in ${days} days.`, { field: 'until' });
  }
  return until;
}

/** Bans that are not over, as a condition of queries. */
export function inForce() {
  return { OR: [{ until: null }, { until: { gt: new Date() } }] };
}

/** The same for statements that Prisma does not write. @param table of bans */
export function inForceSql(table: string): string {
  return `(${table}.until IS NULL OR ${table}.until > now())`;
}
