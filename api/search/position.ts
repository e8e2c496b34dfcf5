import { z } from 'zod';
import { Refusal } from '../errors.ts';
import type { Place } from './statement.ts';

/** How far somebody has read in what was found: in which block, and how far in it. */
export interface Position {
  /** The newest of the block; null for the newest of all. */
  until: Place | null;
  index: number;
}

const FORM = z.tuple([
  z.number().int().nonnegative(),
  z.uuid(),
  z
    .number()
    .int()
    .min(-1)
    .max(2 ** 31 - 1),
  z.number().int().min(-1).max(1000),
]);

export function encodePosition({ until, index }: Position & { until: Place }): string {
  const { at, roomId, seq } = until;
  return Buffer.from(JSON.stringify([at.getTime(), roomId, seq, index])).toString('base64url');
}

/** @throws Refusal INVALID_INPUT for what is no cursor of a search. */
export function decodePosition(cursor: string): Position {
  try {
    const [at, roomId, seq, index] = FORM.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString()),
    );
    return { until: { at: new Date(at), roomId, seq }, index };
  } catch {
    throw new Refusal('INVALID_INPUT', 'That is not a cursor of a search.', { field: 'after' });
  }
}
