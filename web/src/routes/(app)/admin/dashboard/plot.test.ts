import { expect, test } from 'vitest';
import { layOut } from './plot.ts';

const BOX = { width: 600, height: 180 };
const series = (...values: (number | null)[]) => [
  { label: 'Messages', tone: 'sea' as const, values },
];

test('the highest value lies within the plot, and nothing is at its foot', () => {
  const { y, bottom } = layOut(series(0, 7, 3), 3, BOX);
  expect(y(7)).toBeGreaterThanOrEqual(8);
  expect(y(7)).toBeLessThan(y(3));
  expect(y(0)).toBe(bottom);
});

test('a line has a gap where nobody knows', () => {
  const { line } = layOut(series(1, 2, null, 3, 4), 5, BOX);
  expect(line([1, 2, null, 3, 4]).match(/M/g)).toHaveLength(2);
});

test('without anything there is an axis from nothing to one', () => {
  const { yTicks } = layOut(series(0, null), 2, BOX);
  expect(yTicks).toEqual([0, 1]);
});

test('each place has a nearest moment, also beyond the ends', () => {
  const { nearest, middle } = layOut(series(1, 2, 3, 4), 4, BOX);
  expect([0, 1, 2, 3].map((index) => nearest(middle(index)))).toEqual([0, 1, 2, 3]);
  expect([nearest(-50), nearest(9_999)]).toEqual([0, 3]);
});

test('labels of the axis of time have space for themselves', () => {
  expect(layOut(series(), 91, { width: 320, height: 180 }).xTicks.length).toBeLessThanOrEqual(4);
});
