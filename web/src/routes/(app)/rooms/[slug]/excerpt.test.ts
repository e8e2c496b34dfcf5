import { expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';

const excerpt = (body: string) => excerptOf({ body, deletedAt: null });

test('a quote is one line, and ends with an ellipsis where it is cut', () => {
  expect(excerpt(' one\n\n two\tthree ')).toBe('one two three');
  const long = excerpt('word '.repeat(100));
  expect(long).toMatch(/^word .*…$/);
  expect(long.length).toBeLessThanOrEqual(160);
});

test('marks are left out', () => {
  expect(excerpt('**very** `good`')).toBe('very good');
});

test('no sign is cut in two', () => {
  expect(excerpt('👩‍👧'.repeat(60))).toMatch(/^(👩‍👧)+…$/u);
});

test('of a deleted message it says that', () => {
  expect(excerptOf({ body: '', deletedAt: '2026-11-21T03:00:00.000Z' })).toBe(
    'This message was deleted.',
  );
});
