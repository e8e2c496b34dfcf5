import { expect, test } from 'vitest';
import { hueOf, initialOf } from './avatar.ts';

test('the same name has the same hue, and hues spread', () => {
  expect(hueOf('Ann')).toBe(hueOf('Ann'));
  const hues = new Set(Array.from({ length: 200 }, (_, n) => hueOf(`user${n}`)));
  expect(hues.size).toBe(12);
});

test.each([
  ['ann', 'A'],
  ['  élise', 'É'],
  ['👩‍👧 family', 'F'],
  ['👩‍👧', '👩‍👧'],
  ['|QuaD-', 'Q'],
  ['', '?'],
])('the initial of %j is %j', (name, initial) => {
  expect(initialOf(name)).toBe(initial);
});
