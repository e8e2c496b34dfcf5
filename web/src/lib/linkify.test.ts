import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partsOf } from './linkify.ts';

const links = (text: string) => partsOf(text).flatMap(({ href }) => href ?? []);

test.each([
  ['see https://parley.example/a?b=c#d.', ['https://parley.example/a?b=c#d']],
  ['(http://localhost:4000/rooms)', ['http://localhost:4000/rooms']],
  ['https://de.wikipedia.org/wiki/Bär_(Tier)', ['https://de.wikipedia.org/wiki/Bär_(Tier)']],
  ['one https://a.example two http://b.example', ['https://a.example', 'http://b.example']],
])('in %j the links are found without the punctuation around them', (text, expected) => {
  expect(links(text)).toEqual(expected);
});

test.each([
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'ftp://files.example',
  'mailto:ann@example.org',
  'ann@example.org',
  'example.org',
  '//example.org/x',
  '<script src="x"></script>',
])('%j stays text', (text) => {
  expect(partsOf(text)).toEqual([{ text }]);
});

test('whatever is typed, the parts joined are the text, and every link is http or https', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.webUrl(), fc.constant(' '))),
      (pieces) => {
        const text = pieces.join('');
        const parts = partsOf(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        for (const { href } of parts) if (href) expect(href).toMatch(/^https?:\/\//i);
      },
    ),
  );
});
