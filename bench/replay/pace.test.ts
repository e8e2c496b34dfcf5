import { expect, test } from 'vitest';
import { toLines } from './lines.ts';
import { dueTimes } from './pace.ts';
import { planSteps } from './plan.ts';

const stepsAt = (minutes: number[], part?: string) =>
  planSteps(
    toLines(
      minutes.map(() => 'ann: hi'),
      minutes,
      part,
    ),
    ['ann'],
  ).steps;

test('sixty times as fast, a minute of the transcript takes a second', () => {
  expect(dueTimes(stepsAt([0, 1, 3]), 60)).toEqual([0, 1000, 3000]);
});

test('what was said in one minute is spread over it', () => {
  expect(dueTimes(stepsAt([0, 0, 0, 0, 1, 5, 5]), 60)).toEqual([
    0, 250, 500, 750, 1000, 5000, 5500,
  ]);
});

test('between two parts there is no pause, however far they are apart', () => {
  const steps = [...stepsAt([0, 1], 'a'), ...stepsAt([9_000, 9_002], 'b')];
  expect(dueTimes(steps, 1)).toEqual([0, 60_000, 120_000, 240_000]);
});

test('at the highest speed everything is due at once', () => {
  expect(dueTimes(stepsAt([0, 0, 7]), Number.POSITIVE_INFINITY)).toEqual([0, 0, 0]);
});

test('a clock that was set back makes nobody wait', () => {
  expect(dueTimes(stepsAt([5, 3, 4]), 60)).toEqual([0, 0, 1000]);
});
