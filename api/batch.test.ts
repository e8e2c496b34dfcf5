import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Batch } from './batch.ts';

/** Lets what was answered be taken, and what follows from it begin. */
async function turns() {
  await turn();
  await turn();
}

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

test('what is asked in one turn goes together, what comes meanwhile too, up to the size', async () => {
  const { batch, asked, questions } = byHand();
  const answers = [batch.ask('a'), batch.ask('b')];
  await turn();
  expect(questions()).toEqual(['ab']);
  for (const text of ['c', 'd', 'e', 'f']) {
    answers.push(batch.ask(text));
    await turn();
  }
  expect(questions()).toEqual(['ab']);
  for (const [index, questionsSoFar] of [
    ['ab', 'cde'],
    ['ab', 'cde', 'f'],
  ].entries()) {
    asked[index]!.answer();
    await turns();
    expect(questions()).toEqual(questionsSoFar);
  }
  asked[2]!.answer();
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
});

test('what fails a batch fails its questions and no others', async () => {
  const { batch, asked } = byHand();
  const questions = [batch.ask('a')];
  await turn();
  questions.push(batch.ask('b'));
  const answers = Promise.allSettled(questions);
  asked[0]!.fail(new Error('gone'));
  await turns();
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

test('a key is in one batch at a time; other keys pass it by', async () => {
  const { batch, asked, questions } = byHand({ lanes: 2, keyOf: (text) => text[0]! });
  const ask = (texts: string[]) => Promise.all(texts.map((text) => batch.ask(text)));
  const answers = [ask(['a1', 'a2', 'a3', 'a4', 'a5'])];
  await turn();
  expect(questions()).toEqual(['a1a2a3']);
  answers.push(ask(['b1']));
  await turn();
  expect(questions()).toEqual(['a1a2a3', 'b1']);
  answers.push(ask(['c1', 'a6']));
  asked[0]!.answer();
  await turns();
  expect(questions()).toEqual(['a1a2a3', 'b1', 'a4a5a6']);
  asked[1]!.answer();
  await turns();
  expect(questions()).toEqual(['a1a2a3', 'b1', 'a4a5a6', 'c1']);
  for (const { answer } of asked) answer();
  expect((await Promise.all(answers)).flat()).toEqual(
    ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'a6'].map((text) => text.toUpperCase()),
  );
});

test('who comes when too many wait is refused at once', async () => {
  const { batch } = byHand();
  for (let asked = 0; asked < 10_000; asked++) void batch.ask('q');
  await expect(batch.ask('one more')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
