import { expect, test } from 'vitest';
import type { Fault } from './fault.ts';
import { HELD, injectAll, NOT_RUN, VIOLATED } from './inject.ts';

const holds: Fault = {
  number: 1,
  name: 'nothing',
  run: async ({ random }) => ({ figures: `decided ${random.below(1_000_000)}`, violations: [] }),
};
const violated: Fault = {
  ...holds,
  number: 2,
  run: async () => ({ figures: '1 event', violations: ['1 lost', '1 double'] }),
};
const throws: Fault = {
  ...holds,
  number: 3,
  run: async () => {
    throw new Error('No port is free.');
  },
};
const lacks: Fault = { ...holds, number: 4, lacks: () => 'redis-server is not installed' };

async function inject(faults: Fault[], seed = 7) {
  const printed: string[] = [];
  const code = await injectAll({ scale: 'quick', seed, faults }, (text) => printed.push(text));
  return { code, printed };
}

test('what is violated is told line by line, and outweighs what was not run', async () => {
  const { code, printed } = await inject([holds, violated, throws, lacks]);
  expect(code).toBe(VIOLATED);
  expect(printed[0]).toBe('seed 7, quick');
  expect(printed[2]).toBe('2 nothing: 1 event: VIOLATED\n    1 lost\n    1 double');
  expect(printed[3]).toMatch(/^3 nothing: Error: No port is free\.[^]*NOT RUN$/);
  expect(printed[4]).toBe('4 nothing: redis-server is not installed: NOT RUN');
  expect(printed.at(-1)!.match(/held|VIOLATED|NOT RUN/g)).toEqual([
    'held',
    'VIOLATED',
    'NOT RUN',
    'NOT RUN',
  ]);
});

test('the exit code tells apart what held and what could not be run', async () => {
  expect((await inject([holds])).code).toBe(HELD);
  expect((await inject([holds, throws])).code).toBe(NOT_RUN);
  expect((await inject([lacks, holds])).code).toBe(NOT_RUN);
});

test('the same seed makes the same decisions, whatever else is run', async () => {
  const alone = (await inject([holds])).printed[1];
  expect((await inject([violated, holds])).printed[2]).toBe(alone);
  expect((await inject([holds], 8)).printed[1]).not.toBe(alone);
});
