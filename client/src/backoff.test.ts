import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('waits grow and then stay under the cap', () => {
  const longest = [0, 1, 2, 3, 10, 1000].map((attempt) => backoffMs(attempt, () => 1));
  expect(longest).toEqual([250, 500, 1000, 2000, 10_000, 10_000]);
});

test('no wait is so short that a dead server is hammered', () => {
  expect(backoffMs(0, () => 0)).toBeGreaterThan(50);
});
