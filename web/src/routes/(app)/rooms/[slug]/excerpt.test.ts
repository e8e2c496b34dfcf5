import { expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';

const excerpt = (body: string) => excerptOf({ body, deletedAt: null, attachments: [] });

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

test('of files without a text it names them', () => {
  const attachments = [
    { id: '1', name: 'a.jpg' },
    { id: '2', name: 'b.pdf' },
  ];
  expect(excerptOf({ body: '', deletedAt: null, attachments })).toBe('a.jpg, b.pdf');
});

test('of a deleted message it says that', () => {
  expect(excerptOf({ body: '', deletedAt: '2026-11-21T03:00:00.000Z', attachments: [] })).toBe(
    'This message was deleted.',
  );
});
