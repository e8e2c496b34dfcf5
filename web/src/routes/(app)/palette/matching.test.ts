import { expect, test } from 'vitest';
import { match } from './matching.ts';

const NAMES = ['ubuntu-help', 'Ubuntu Help Desk', 'Gärten', 'general', 'Engineering'];

const found = (typed: string) =>
  NAMES.map((name) => ({ name, score: match(typed, [name]) }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => b.score! - a.score!)
    .map(({ name }) => name);

test.each([
  ['ubuntu', ['ubuntu-help', 'Ubuntu Help Desk']],
  ['help', ['ubuntu-help', 'Ubuntu Help Desk']],
  ['desk ubu', ['Ubuntu Help Desk']],
  ['uhd', ['Ubuntu Help Desk']],
  ['garten', ['Gärten']],
  ['GÄR', ['Gärten']],
  ['gen', ['general']],
  ['eng', ['Engineering']],
  ['ne', ['general', 'Engineering']],
  ['e', ['Engineering']],
  ['ubuntu kernel', []],
  ['xyz', []],
])('%j finds %j', (typed, names) => {
  expect(found(typed)).toEqual(names);
});

test('the whole name is before its beginning, that before a word in it, that before a part of one', () => {
  const scores = ['help', 'helping', 'ubuntu-help', 'whelp'].map((name) => match('help', [name])!);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(new Set(scores).size).toBe(scores.length);
});

test('what is less likely looked for counts less; nothing typed matches all', () => {
  expect(match('dark', ['Theme', 'dark'])).toBeLessThan(match('dark', ['dark'])!);
  expect(match('  ', ['anything'])).toBe(1);
});
