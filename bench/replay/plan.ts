/** What a transcript asks of the room, given who is in it. */
import { createHash } from 'node:crypto';
import type { Line } from './transcript.ts';

export interface Step {
  kind: Line['kind'];
  line: Line;
}

export interface Plan {
  steps: Step[];
  /** Lines that change nothing: joins of those who are in the room, leaves of those who are not. */
  passedOver: number;
}

/** The steps in order; who is to write without being in the room joins first. */
export function planSteps(lines: Line[], present: Iterable<string>): Plan {
  const members = new Set(present);
  const steps: Step[] = [];
  let passedOver = 0;
  for (const line of lines) {
    const isIn = members.has(line.nick);
    const changesNothing = line.kind === 'join' ? isIn : line.kind === 'leave' && !isIn;
    if (changesNothing) {
      passedOver++;
      continue;
    }
    if (line.kind === 'message' && !isIn) steps.push({ kind: 'join', line });
    steps.push({ kind: line.kind, line });
    if (line.kind === 'leave') members.delete(line.nick);
    else members.add(line.nick);
  }
  return { steps, passedOver };
}

/**
 * The same for the same line at the same place of a transcript played into the same room. Keys are
 * an author's, whatever the room, so the room is part of it; the API takes up to 100 characters.
 */
export function idempotencyKey(room: string, { number, source }: Line): string {
  const digest = createHash('sha256').update(source).digest('hex').slice(0, 16);
  return `replay/${room}/${number}/${digest}`;
}

/**
 * What is left to play of a room that has these messages: what follows the last of them, and
 * before it the messages that are missing.
 */
export function remainingLines(lines: Line[], room: string, keys: ReadonlySet<string>): Line[] {
  const isThere = (line: Line) => line.kind === 'message' && keys.has(idempotencyKey(room, line));
  const resumeAt = lines.findLastIndex(isThere) + 1;
  return lines.filter((line, index) =>
    index < resumeAt ? line.kind === 'message' && !isThere(line) : true,
  );
}
