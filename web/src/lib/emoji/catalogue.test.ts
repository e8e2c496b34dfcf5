import entries from 'emojibase-data/en/compact.json' with { type: 'json' };
import { expect, test } from 'vitest';
import { grouped, isEmoji, searchEmoji, withTone } from './catalogue.ts';

const groups = grouped(entries);
const all = groups.flatMap(({ emoji }) => emoji);
const found = (query: string) => searchEmoji(groups, query).map(({ unicode }) => unicode);

test('all that is offered is one emoji, in every tone', () => {
  expect(all.length).toBeGreaterThan(1800);
  expect(
    all.flatMap(({ unicode, tones }) => [unicode, ...tones]).filter((e) => !isEmoji(e)),
  ).toEqual([]);
});

test.each([
  ['thumbs up', '👍'],
  ['tada', '🎉'],
  [':heart', '❤️'],
  ['rolling laugh', '🤣'],
])('%j finds %s', (query, emoji) => {
  expect(found(query)).toContain(emoji);
});

test('a name that is typed in full comes first', () => {
  expect(found('fire')[0]).toBe('🔥');
});

test('nothing is found for nothing, and for what is no word of any', () => {
  expect(found(' ')).toEqual([]);
  expect(found('qqq')).toEqual([]);
});

test('the tone is taken where there is one', () => {
  const wave = all.find(({ unicode }) => unicode === '👋')!;
  const fire = all.find(({ unicode }) => unicode === '🔥')!;
  expect([0, 1, 5].map((tone) => withTone(wave, tone))).toEqual(['👋', '👋🏻', '👋🏿']);
  expect(withTone(fire, 3)).toBe('🔥');
});
