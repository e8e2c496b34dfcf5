import { expect, test } from 'vitest';
import { fromMebibytes, inMebibytes } from './sizes.ts';

test.each([0, 524_288, 1_048_576, 104_857_600, 2_146_435_072])('%s bytes come back', (bytes) => {
  expect(fromMebibytes(inMebibytes(bytes))).toBe(bytes);
});

test.each(['', ' ', 'many', '-1'])('“%s” is no size', (text) => {
  expect(fromMebibytes(text)).toBe(null);
});
