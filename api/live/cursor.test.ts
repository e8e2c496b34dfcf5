import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

const EPOCH = 'abcd-_12';

test('a cursor gives back the number it was made of', () => {
  expect(decodeCursor(EPOCH, encodeCursor(EPOCH, 0), 'after')).toBe(0);
  expect(decodeCursor(EPOCH, encodeCursor(EPOCH, 2 ** 31 - 1), 'after')).toBe(2 ** 31 - 1);
});

test('a cursor of another history is RESYNC_REQUIRED', () => {
  const cursor = encodeCursor('otherone', 5);
  expect(() => decodeCursor(EPOCH, cursor, 'after')).toThrow(
    expect.objectContaining({ code: 'RESYNC_REQUIRED' }),
  );
});

test.each([
  '',
  'x',
  '5',
  `${EPOCH}.`,
  `${EPOCH}.-1`,
  `${EPOCH}.1e3`,
  `${EPOCH}.99999999999`,
  `${EPOCH}.1.2`,
])('%j is no cursor', (text) => {
  expect(() => decodeCursor(EPOCH, text, 'after')).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', details: { field: 'after' } }),
  );
});
