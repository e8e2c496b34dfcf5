import { expect, test } from 'vitest';
import { aMessage } from '#lib/state/message.fixture.ts';
import { shownReactions } from './reactions.ts';

const group = (emoji: string, count: number, names: string[], viewerHasReacted = false) => ({
  ...{ emoji, count, viewerHasReacted },
  users: names.map((id) => ({ id, displayName: id, avatarUrl: null })),
});
const shown = (groups: ReturnType<typeof group>[], wanted: [string, boolean][] = []) =>
  shownReactions(
    aMessage(1, { reactions: groups }),
    new Map(wanted.map(([emoji, on]) => [`m1 ${emoji}`, on])),
    'ann',
  ).map(({ emoji, count, isOwn, who }) => `${emoji}${isOwn ? '!' : ''} ${count} ${who}`);

test('who reacted is said in a sentence, the viewer first', () => {
  expect(shown([group('👍', 3, ['bob', 'ann', 'eve'], true)])).toEqual(['👍! 3 You, bob and eve']);
  expect(shown([group('👍', 5, ['bob', 'eve'])])).toEqual(['👍 5 bob, eve and 3 others']);
  expect(shown([group('👍', 3, ['bob'], true)])).toEqual(['👍! 3 You, bob and 1 other']);
});

test('what the viewer wants is shown before the server has it', () => {
  expect(shown([group('👍', 1, ['bob'])], [['👍', true]])).toEqual(['👍! 2 You and bob']);
  expect(shown([], [['🎉', true]])).toEqual(['🎉! 1 You']);
  expect(shown([group('👍', 1, ['ann'], true)], [['👍', false]])).toEqual([]);
  expect(shown([group('👍', 2, ['bob', 'ann'], true)], [['👍', false]])).toEqual(['👍 1 bob']);
});

test('a wish that the server has fulfilled already counts once', () => {
  expect(shown([group('👍', 2, ['bob', 'ann'], true)], [['👍', true]])).toEqual([
    '👍! 2 You and bob',
  ]);
});

test('what is wanted of other messages is theirs', () => {
  const wanted = new Map([['m11 👍', true]]);
  expect(shownReactions(aMessage(1), wanted, 'ann')).toEqual([]);
});
