import { expect, test } from 'vitest';
import type { Fault } from './fault.ts';
import { helpFor, readOptions } from './options.ts';

const fault = (number: number): Fault => ({
  number,
  name: `fault ${number}`,
  run: async () => ({ figures: '', violations: [] }),
});
const FAULTS = [fault(1), fault(2), fault(10)];
const read = (...args: string[]) => readOptions(args, FAULTS);

test('all faults are run at the full scale with a seed of their own, unless told otherwise', () => {
  expect(read()).toMatchObject({ scale: 'full', faults: FAULTS });
  expect(read()!.seed).not.toBe(read()!.seed);
  expect(read('--quick', '--seed', '4294967295', '--row', '10,1')).toEqual({
    scale: 'quick',
    seed: 4_294_967_295,
    faults: [FAULTS[0], FAULTS[2]],
  });
});

test('help names the faults', () => {
  expect(read('--help')).toBeNull();
  expect(helpFor(FAULTS)).toContain('10  fault 10');
});

test.each([
  [['--row', '3'], /--row 3 is none of 1, 2, 10/],
  [['--row', '1,'], /--row {2}is none of/],
  [['--seed', '4294967296'], /--seed 4294967296 is no number from 0 to 4294967295/],
  [['--seed', 'x'], /--seed x is no number/],
  [['--slow'], /Unknown option '--slow'\. See npm run faults -- --help/],
])('%j is refused in one line', (args, message) => {
  expect(() => read(...args)).toThrow(message);
});
