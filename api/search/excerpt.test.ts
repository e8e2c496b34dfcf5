import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';
import { parseQuery } from './query.ts';

/** The excerpt with its matches in brackets. */
const marked = (body: string, query: string) =>
  excerptOf(body, parseQuery(query, 'UTC').words)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join('');

test.each([
  ['a rose is a Rose', 'rose', 'a [rose] is a [Rose]'],
  ['primroses', 'rose', 'prim[rose]s'],
  ['primroses', '"rose"', 'primroses'],
  ['it is as if', 'i is', 'it [is] as if'],
  ['Crème brûlée', 'creme brulee', '[Crème] [brûlée]'],
  ['Creme brule\u0301e!', 'brulée', 'Creme [brule\u0301e]!'],
  ['die Straße', 'strasse', 'die [Straße]'],
  ['今日は天気がいい', '天気', '今日は[天気]がいい'],
  ['to-do, to do', '"to do"', '[to-do], [to do]'],
  ['<b>&amp;', 'b', '<[b]>&amp;'],
  ['𝒜 great 🎉', '🎉', '𝒜 great [🎉]'],
  ['nothing', 'else', 'nothing'],
])('%j searched for %j is %j', (body, query, expected) => {
  expect(marked(body, query)).toBe(expected);
});

test('of a long message it is what is around the first match', () => {
  const body = `${'before '.repeat(100)}needle ${'behind '.repeat(100)}`;
  const excerpt = marked(body, 'needle');
  expect(excerpt).toMatch(/^…before .*\[needle\] behind .*…$/);
  expect(excerpt.length).toBeLessThan(260);
});

test('the segments are the text, of whatever characters', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme' }),
      (body, query) => {
        const words = [{ text: query, isPhrase: false, isExcluded: false }];
        expect(
          excerptOf(body, words)
            .map(({ text }) => text)
            .join(''),
        ).toBe(body);
      },
    ),
  );
});
