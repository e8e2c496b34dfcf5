import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Batch } from './batch.ts';

/** Batches that are answered by hand. */
function byHand(options: { size?: number; lanes?: number; keyOf?: (text: string) => string } = {}) {
  const asked: { questions: string[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const batch = new Batch<string, string>({
    size: 3,
    lanes: 1,
    ...options,
    ask(questions) {
      const { promise, resolve, reject } = Promise.withResolvers<(string | Promise<string>)[]>();
      const answer = () => resolve(questions.map((question) => question.toUpperCase()));
      asked.push({ questions, answer, fail: reject });
      return promise;
    },
  });
  return { batch, asked, questions: () => asked.map(({ questions }) => questions.join('')) };
}

test('the first question goes at once, those that come meanwhile go together, up to the size', async () => {
  const { batch, asked, questions } = byHand();
  const answers = ['a', 'b', 'c', 'd', 'e'].map((text) => batch.ask(text));
  expect(questions()).toEqual(['a']);
  asked[0]!.answer();
  await turn();
  expect(questions()).toEqual(['a', 'bcd']);
  asked[1]!.answer();
  await turn();
  expect(questions()).toEqual(['a', 'bcd', 'e']);
  asked[2]!.answer();
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('what fails a batch fails its questions and no others', async () => {
  const { batch, asked } = byHand();
  const answers = Promise.allSettled(['a', 'b'].map((text) => batch.ask(text)));
  asked[0]!.fail(new Error('gone'));
  await turn();
  asked[1]!.answer();
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('an answer that rejects fails its own question only', async () => {
  const batch = new Batch<number, string>({
    size: 2,
    lanes: 1,
    ask: async (numbers) =>
      numbers.map((number) => (number === 2 ? Promise.reject(new Error('no')) : `${number}`)),
  });
  const answers = await Promise.allSettled([1, 2, 3].map((number) => batch.ask(number)));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a key is in one batch at a time; other keys pass it by, and none is starved', async () => {
  const { batch, asked, questions } = byHand({ lanes: 2, keyOf: (text) => text[0]! });
  const texts = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1'];
  const answers = texts.map((text) => batch.ask(text));
  expect(questions()).toEqual(['a1', 'b1']);
  asked[1]!.answer();
  await turn();
  expect(questions()).toEqual(['a1', 'b1', 'c1']);
  asked[0]!.answer();
  await turn();
  expect(questions()).toEqual(['a1', 'b1', 'c1', 'a2a3a4']);
  const late = [batch.ask('d1'), batch.ask('a6')];
  asked[2]!.answer();
  asked[3]!.answer();
  await turn();
  expect(questions().slice(4)).toEqual(['d1', 'a5a6']);
  for (const { answer } of asked.slice(4)) answer();
  expect(await Promise.all([...answers, ...late])).toEqual(
    [...texts, 'd1', 'a6'].map((text) => text.toUpperCase()),
  );
});

test('who comes when too many wait is refused at once', async () => {
  const { batch } = byHand();
  for (let asked = 0; asked <= 10_000; asked++) void batch.ask('q');
  await expect(batch.ask('one more')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
