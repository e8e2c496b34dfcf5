import { expect, test } from 'vitest';
import { fit } from './fitting.ts';

test.each([
  [40, 30, 40, 30],
  [4000, 3000, 400, 300],
  [3000, 4000, 240, 320],
  [20_000, 10, 400, 1],
  [10, 20_000, 1, 320],
])('a picture of %i × %i is shown at %i × %i', (width, height, shownWidth, shownHeight) => {
  expect(fit({ width, height })).toEqual({ width: shownWidth, height: shownHeight });
});
