import { expect, test } from 'vitest';
import { firstDifference, type Said } from './difference.ts';

const said = (username: string, text: string, lineNumber?: number): Said => ({
  kind: 'message',
  username,
  text,
  ...(lineNumber !== undefined && { lineNumber }),
});
const played = [said('ann', 'one', 1), said('bob', 'two', 2), said('ann', 'three', 3)];
const found = played.map(({ username, text }) => said(username, text));

test('the same author, text and order is no difference; the case of a username is none', () => {
  expect(firstDifference(played, found)).toBeNull();
  expect(firstDifference(played, [said('Ann', 'one'), ...found.slice(1)])).toBeNull();
  expect(firstDifference([], [])).toBeNull();
});

test.each([
  ['a body', [found[0]!, said('bob', 'Two'), found[2]!]],
  ['an author', [found[0]!, said('ann', 'two'), found[2]!]],
  ['the order', [found[0]!, found[2]!, found[1]!]],
  ['a loss', [found[0]!, found[2]!]],
  ['a double', [found[0]!, found[0]!, found[1]!, found[2]!]],
  ['a kind', [found[0]!, { ...found[1]!, kind: 'join' as const }, found[2]!]],
])('%s that differs is found, and where', (_, list) => {
  expect(firstDifference(played, list)).toMatch(
    /^3 were played and \d are there; number 2 was bob/,
  );
});

test('what is missing or too much at the end is found', () => {
  expect(firstDifference(played, found.slice(0, 2))).toMatch(/number 3 .* is nothing$/);
  expect(firstDifference(played, [...found, said('eve', 'four')])).toMatch(
    /was nothing and is eve/,
  );
});
