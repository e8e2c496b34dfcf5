import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('a file and a room are enough', () => {
  expect(readOptions(['log.jsonl', '--room', 'ubuntu'])).toMatchObject({
    file: 'log.jsonl',
    room: 'ubuntu',
    messages: null,
    speed: Number.POSITIVE_INFINITY,
    url: 'http://127.0.0.1:4000',
  });
});

test('options are read in any order', () => {
  const args = ['--speed', '60', '--messages', '5000', 'log.gz', '--room', 'r'];
  expect(readOptions([...args, '--url', 'https://chat.example.org/'])).toMatchObject({
    file: 'log.gz',
    messages: 5000,
    speed: 60,
    url: 'https://chat.example.org',
  });
});

test('help is not a replay', () => {
  expect(readOptions(['--help'])).toBeNull();
});

test.each([
  [[], 'no FILE'],
  [['a', 'b', '--room', 'r'], 'not also b'],
  [['a'], 'no --room'],
  [['a', '--room', 'r', '--messages', '0'], '--messages 0'],
  [['a', '--room', 'r', '--messages', 'many'], '--messages many'],
  [['a', '--room', 'r', '--speed', 'fast'], '--speed fast'],
  [['a', '--room', 'r', '--speed', '0'], '--speed 0'],
  [['a', '--room', 'r', '--url', 'localhost:4000'], '--url localhost:4000'],
  [['a', '--room', 'r', '--sped', '60'], "'--sped'"],
])('%j is refused in one line that says what is wrong', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
  expect(() => readOptions(args)).toThrow(/^[^\n]*--help$/);
});
