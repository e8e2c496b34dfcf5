import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('what is not given has a default, a smaller one with --quick', () => {
  expect(readOptions([])).toMatchObject({ subscribers: 1_000, rounds: 3, durationMs: 3_000 });
  expect(readOptions(['--quick', '--rounds', '2'])).toMatchObject({
    parts: ['steady', 'closed'],
    subscribers: 500,
    rounds: 2,
  });
  expect(readOptions(['--only', 'parley,ws'])!.only).toEqual(['parley', 'ws']);
  expect(readOptions(['--help'])).toBeNull();
});

test.each([
  [['--only', 'parley,irc'], /--only irc is none of ws, socket.io, apollo, yoga, parley/],
  [['--part', 'heavy'], /--part heavy is none of/],
  [['--rounds', '0'], /--rounds 0 is no number/],
  [['--fast'], /Unknown option '--fast'\. See npm run bench -- --help/],
])('%j is refused in one line', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
