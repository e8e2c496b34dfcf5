import { requireLine } from '../input.ts';

export const REASON_MAX_LENGTH = 300;

/** Why somebody did it, in their words; blank is none. @throws Refusal INVALID_INPUT */
export function checkReason(reason: string | null): string | null {
  return reason?.trim() ? requireReason(reason) : null;
}

/** @throws Refusal INVALID_INPUT, also where it is empty. */
export function requireReason(reason: string): string {
  return requireLine(reason, { field: 'reason', noun: 'reason', maxLength: REASON_MAX_LENGTH });
}
