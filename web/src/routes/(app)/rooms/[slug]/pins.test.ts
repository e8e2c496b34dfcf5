import { expect, test } from 'vitest';
import { withPin } from './pins.ts';

const pin = (id: string, pinnedAt: string | null) => ({ id, pinnedAt });
const ids = (pins: { id: string }[]) => pins.map(({ id }) => id);

test('the latest pin comes first, and one that is taken off goes', () => {
  let pins = [pin('a', '2026-01-02'), pin('b', '2026-01-01')];
  pins = withPin(pins, pin('c', '2026-01-03'));
  expect(ids(pins)).toEqual(['c', 'a', 'b']);
  expect(ids(withPin(pins, pin('a', null)))).toEqual(['c', 'b']);
  expect(ids(withPin(pins, pin('z', null)))).toEqual(['c', 'a', 'b']);
  expect(ids(withPin(pins, pin('b', '2026-01-04')))).toEqual(['b', 'c', 'a']);
});
