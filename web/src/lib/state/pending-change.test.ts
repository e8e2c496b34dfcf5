import { expect, test } from 'vitest';
import { replaces, type PendingChange, type Wish } from './pending-change.ts';

const pending = (wish: Wish) => wish as PendingChange;
const EDIT: Wish = { kind: 'EDIT', body: 'a' };
const DELETE: Wish = { kind: 'DELETE' };
const react = (emoji: string, on = true): Wish => ({ kind: 'REACTION', emoji, on });

test.each<[Wish, Wish, boolean]>([
  [EDIT, { kind: 'EDIT', body: 'b' }, true],
  [EDIT, react('👍'), false],
  [EDIT, DELETE, false],
  [react('👍', false), react('👍'), true],
  [react('👍'), react('🎉'), false],
  [react('👍'), EDIT, false],
  [DELETE, EDIT, true],
  [DELETE, react('👍'), true],
  [DELETE, DELETE, true],
])('%j makes %j pointless: %j', (wish, earlier, expected) => {
  expect(replaces(wish, pending(earlier))).toBe(expected);
});
