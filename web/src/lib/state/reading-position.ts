/**
 * Where a reader stood in a room: a message and how far below the top edge it ended, or the end. Its beginning is not taken: it
 * loses its author's name once older messages come before it.
 */
export type ReadingPosition = { key: string; offset: number } | 'end';

export function isSame(one: ReadingPosition, other: ReadingPosition): boolean {
  if (one === 'end' || other === 'end') return one === other;
  return one.key === other.key && one.offset === other.offset;
}
