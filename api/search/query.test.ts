import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { parseQuery, type SearchQuery } from './query.ts';

const EMPTY: SearchQuery = {
  ...{ words: [], from: [], in: [], after: null, before: null, flags: new Set() },
};
const word = (text: string) => ({ text, isPhrase: false, isExcluded: false });
const phrase = (text: string) => ({ text, isPhrase: true, isExcluded: false });
const excluded = (text: string) => ({ text, isPhrase: false, isExcluded: true });

test.each<[string, Partial<SearchQuery>]>([
  ['', {}],
  ['  two  words ', { words: [word('two'), word('words')] }],
  ['“a phrase” more', { words: [phrase('a phrase'), word('more')] }],
  ['"not closed', { words: [phrase('not closed')] }],
  ['-no -"nor this"', { words: [excluded('no'), { ...excluded('nor this'), isPhrase: true }] }],
  ['from:@Ann FROM:bob in:"#Garden"', { from: ['ann', 'bob'], in: ['garden'] }],
  ['has:link is:PINNED mentions:me', { flags: new Set(['has:link', 'is:pinned', 'mentions:me']) }],
  ['has:Image has:file', { flags: new Set(['has:image', 'has:file']) }],
  ['has:wings to:ann', { words: [word('has:wings'), word('to:ann')] }],
  ['-from:ann', { words: [excluded('from:ann')] }],
  ['tea from:', { words: [word('tea')] }],
  ['https://a.b/c?d=e', { words: [word('https://a.b/c?d=e')] }],
  ['- a-b', { words: [word('-'), word('a-b')] }],
  ['after:2026-11-21', { after: new Date('2026-11-20T23:00:00Z') }],
  // Clocks go back that day, and forth on the other.
  ['before:2026-10-25', { before: new Date('2026-10-24T22:00:00Z') }],
  ['before:2026-10-26', { before: new Date('2026-10-25T23:00:00Z') }],
  ['after:2026-03-30', { after: new Date('2026-03-29T22:00:00Z') }],
])('%j', (text, expected) => {
  expect(parseQuery(text, 'Europe/Berlin')).toEqual({ ...EMPTY, ...expected });
});

test('whatever is typed is understood or refused, and no word of it is lost', () => {
  const pieces = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      'from:',
      'in:',
      'has:',
      'is:',
      '"',
      '-',
      '“',
      ' ',
      ':',
      'me',
      'after:',
      '2026-01-01',
    ),
  );
  fc.assert(
    fc.property(fc.array(pieces), (typed) => {
      try {
        const { words } = parseQuery(typed.join(''), 'UTC');
        for (const { text } of words) expect(text.trim()).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
  );
  const plain = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 });
  fc.assert(
    fc.property(plain, (words) => {
      expect(parseQuery(words.join(' '), 'UTC').words).toEqual(words.map(word));
    }),
  );
});
