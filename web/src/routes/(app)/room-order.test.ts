import { expect, test } from 'vitest';
import { followedAfterStep } from './room-order.ts';

test.each([
  ['b', -1, null],
  ['c', -1, 'a'],
  ['a', 1, 'b'],
  ['b', 1, 'c'],
  ['a', -1, undefined],
  ['c', 1, undefined],
  ['x', 1, undefined],
] as const)('%s moved by %d of a, b, c follows %s', (id, step, followed) => {
  expect(followedAfterStep(['a', 'b', 'c'], id, step)).toBe(followed);
});
