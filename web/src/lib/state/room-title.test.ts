import { expect, test } from 'vitest';
import { labelOf, othersOf, titleOf } from './room-title.ts';

const ann = { id: 'a', displayName: 'Ann' };
const bob = { id: 'b', displayName: 'Bob' };
const eve = { id: 'e', displayName: 'Eve' };
const direct = (...directMembers: (typeof ann)[]) => ({
  kind: 'DIRECT' as const,
  name: 'all of them',
  directMembers,
});

test('direct messages bear the names of the others, notes one’s own, rooms their sign in texts', () => {
  const garden = { kind: 'ROOM' as const, name: 'Garden', directMembers: [] };
  expect([titleOf(garden, 'a'), labelOf(garden, 'a')]).toEqual(['Garden', '#Garden']);
  expect(labelOf(direct(ann, bob), 'a')).toBe('Bob');
  expect(titleOf(direct(ann, bob, eve), 'b')).toBe('Ann, Eve');
  expect(titleOf(direct(ann), 'a')).toBe('Ann (you)');
  expect(othersOf(direct(ann), 'a')).toEqual([ann]);
});
