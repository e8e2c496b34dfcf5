/** Rows of the table as tests, each at its quick scale; `npm run faults` is the full one. */
import { expect, test } from 'vitest';
import { FAULTS } from './index.ts';
import { randomFor } from './inject.ts';

/** Another one at each run, told so that `npm run faults -- --quick --seed` can do it again. */
const SEED = Math.floor(Math.random() * 2 ** 32);
/** On a machine that has much else to do. */
const TIMEOUT_MS = 240_000;

/** Tests the rows from the number `first` to `last`; in CI none may be skipped. */
export function testQuickly(first: number, last: number, ci = ''): void {
  for (const fault of FAULTS.slice(first - 1, last)) {
    const title = `fault ${fault.number}: ${fault.name}`;
    test(title, { timeout: TIMEOUT_MS }, async ({ skip }) => {
      const lack = fault.lacks?.() ?? null;
      // In CI there is everything: a run without would show too little.
      if (ci) expect(lack).toBeNull();
      skip(lack !== null, lack ?? '');
      const random = randomFor(fault, SEED);
      const { figures, violations } = await fault.run({ scale: 'quick', random });
      console.log(`seed ${SEED}, ${title}: ${figures}`);
      expect(violations).toEqual([]);
    });
  }
}
