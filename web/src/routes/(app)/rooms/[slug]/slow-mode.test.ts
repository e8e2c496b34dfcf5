import { expect, test } from 'vitest';
import { formatWait } from './slow-mode.ts';

test.each([
  [1, '1 s'],
  [59, '59 s'],
  [60, '1:00'],
  [250, '4:10'],
  [3_723, '1:02:03'],
])('what is left of %d seconds reads %j', (seconds, text) => {
  expect(formatWait(seconds)).toBe(text);
});
