import { expect, test } from 'vitest';
import { countCharacters, isBlank, sends, type Press } from './composing.ts';

const enter: Press = {
  key: 'Enter',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  keyCode: 13,
};

test.each([
  ['Enter', {}, 'enter', false, true],
  ['Shift+Enter', { shiftKey: true }, 'enter', false, false],
  ['Enter on touch', {}, 'enter', true, false],
  ['Ctrl+Enter on touch', { ctrlKey: true }, 'enter', true, true],
  ['Enter while composing', { isComposing: true }, 'enter', false, false],
  ['Enter that ends a composition in Safari', { keyCode: 229 }, 'enter', false, false],
  ['Enter, with Ctrl+Enter preferred', {}, 'ctrl-enter', false, false],
  ['Ctrl+Enter, preferred', { ctrlKey: true }, 'ctrl-enter', false, true],
  ['Cmd+Enter, preferred', { metaKey: true }, 'ctrl-enter', false, true],
  ['a letter', { key: 'a', keyCode: 65 }, 'enter', false, false],
] as const)('%s sends: %#', (_name, press, sendKey, touch, expected) => {
  expect(sends({ ...enter, ...press }, sendKey, touch)).toBe(expected);
});

test('characters are code points, as the server counts them', () => {
  expect(countCharacters('añ👍')).toBe(3);
  expect(countCharacters('👩‍👧')).toBe(3);
});

test.each([
  ['', true],
  [' \n\t', true],
  ['\u{200B}\u{2060}', true],
  ['.', false],
  ['👍', false],
])('whether %j is blank: %j', (text, blank) => {
  expect(isBlank(text)).toBe(blank);
});
