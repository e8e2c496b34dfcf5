import { expect, test } from 'vitest';
import { firstBelow, isAtEnd } from './autoscroll.ts';

test.each([
  [500, true],
  [401, true],
  [400, false],
  [0, false],
])('scrolled to %i of 500, new messages come into view: %j', (scrollTop, sticks) => {
  expect(isAtEnd({ scrollTop, scrollHeight: 1000, clientHeight: 500 })).toBe(sticks);
});

test('a conversation shorter than the screen is at its end', () => {
  expect(isAtEnd({ scrollTop: 0, scrollHeight: 300, clientHeight: 500 })).toBe(true);
});

test('the message being read is the first that reaches below the top edge', () => {
  const bottoms = [10, 20, 30, 40];
  const find = (top: number) => firstBelow(bottoms.length, top, (index) => bottoms[index]!);
  expect([find(0), find(9), find(10), find(39), find(40)]).toEqual([0, 0, 1, 3, -1]);
  expect(firstBelow(0, 0, () => 0)).toBe(-1);
});
