import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countSigns } from './inline.ts';
import { parseMarkdown } from './markdown.ts';

test('a text without signs is what the library would make of it, so it need not be asked', () => {
  const word = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.lorem({ maxCount: 1 }));
  const line = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
      const trimmed = lines.map((text) => text.replace(/[\r\n\t]/g, '').trim());
      fc.pre(trimmed.every((text) => text !== ''));
      const text = trimmed.join('\n');
      fc.pre(countSigns(text) === 0);
      const nodes = parseMarkdown(text);
      expect(nodes.map((node) => (node.type === 'text' ? node.value : node.type)).join('')).toBe(
        text,
      );
    }),
    { numRuns: 1_000 },
  );
});
