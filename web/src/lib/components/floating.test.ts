import { expect, test } from 'vitest';
import { placeBeside } from './floating.ts';

const view = { width: 1000, height: 800 };
const size = { width: 300, height: 400 };
const at = (left: number, top: number) => ({ left, top, right: left + 30, bottom: top + 30 });

test('it stands below, in line with the right edge', () => {
  expect(placeBeside(at(600, 100), size, view)).toEqual({ left: 330, top: 134 });
});

test('it may be in line with the left edge', () => {
  expect(placeBeside(at(600, 100), size, view, 'start')).toEqual({ left: 600, top: 134 });
});

test('where there is no room below it stands above', () => {
  expect(placeBeside(at(600, 700), size, view)).toEqual({ left: 330, top: 296 });
});

test('it never leaves the window', () => {
  expect(placeBeside(at(10, 100), size, view).left).toBe(8);
  expect(placeBeside(at(600, 350), { width: 300, height: 500 }, view).top).toBe(292);
});
