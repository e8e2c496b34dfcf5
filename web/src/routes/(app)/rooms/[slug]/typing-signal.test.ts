import { expect, test } from 'vitest';
import { TypingSignal } from './typing-signal.ts';
import { wordTypists } from './typists.ts';

/** A server that answers when it is let. */
function listen() {
  const heard: boolean[] = [];
  let answer = () => {};
  const signal = new TypingSignal((isTyping) => {
    heard.push(isTyping);
    return new Promise<void>((resolve) => (answer = resolve));
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    signal,
    async heard(): Promise<boolean[]> {
      await turn();
      return heard;
    },
    async answer(): Promise<void> {
      await turn();
      answer();
      await turn();
    },
  };
}

test('typing is told at once, and again only now and then', async () => {
  const { signal, heard, answer } = listen();
  signal.changed('h', 0);
  signal.changed('he', 1_000);
  signal.changed('hel', 2_000);
  expect(await heard()).toEqual([true]);
  await answer();
  signal.changed('hell', 2_600);
  expect(await heard()).toEqual([true, true]);
});

test('a text that is blank is no typing, and one that has become blank ends it', async () => {
  const { signal, heard, answer } = listen();
  signal.changed(' \n', 0);
  expect(await heard()).toEqual([]);
  signal.changed(' \nx', 10);
  await answer();
  signal.changed(' \n', 20);
  await answer();
  signal.changed('', 30);
  expect(await heard()).toEqual([true, false]);
});

test('a message ends it by itself, unless it may have overtaken what was told', async () => {
  const { signal, heard, answer } = listen();
  signal.changed('x', 0);
  await answer();
  signal.sent();
  signal.stop();
  expect(await heard()).toEqual([true]);

  signal.changed('y', 10);
  signal.sent();
  await answer();
  expect(await heard()).toEqual([true, true, false]);
});

test('whoever goes on with the next message at once is not told to have stopped', async () => {
  const { signal, heard, answer } = listen();
  signal.changed('x', 0);
  signal.sent();
  signal.changed('y', 10);
  await answer();
  await answer();
  expect(await heard()).toEqual([true, true]);
});

test.each([
  [['Ann'], 1, 'Ann is typing'],
  [['Ann', 'Bob'], 2, 'Ann and Bob are typing'],
  [['Ann', 'Bob', 'Cid'], 3, 'Ann, Bob and Cid are typing'],
  [['Ann', 'Bob', 'Cid', 'Dan'], 4, 'Several people are typing'],
  [['Ann'], 17, 'Several people are typing'],
])('%j of %i: %s', (names, totalCount, words) => {
  expect(wordTypists(names, totalCount).join(' ')).toBe(words);
});
