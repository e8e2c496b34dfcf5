import { expect, test } from 'vitest';
import { formatBytes } from './bytes.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [1_549, '1.5 kB'],
  [48_300, '48 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [104_857_600, '105 MB'],
  [1_073_741_824, '1.1 GB'],
])('%i is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
