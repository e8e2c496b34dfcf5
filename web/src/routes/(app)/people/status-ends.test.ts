import { expect, test } from 'vitest';
import { momentOf } from './status-ends.ts';

test('a day ends at midnight, and a week with its Sunday, on a Sunday too', () => {
  const saturday = new Date(2026, 10, 21, 20, 15);
  const sunday = new Date(2026, 10, 22, 0, 0);
  const monday = new Date(2026, 10, 23);
  expect(momentOf('TODAY', saturday)).toEqual(sunday);
  expect(momentOf('WEEK', saturday)).toEqual(monday);
  expect(momentOf('WEEK', sunday)).toEqual(monday);
  expect(momentOf('WEEK', monday)).toEqual(new Date(2026, 10, 30));
  expect(momentOf('HALF_HOUR', saturday)).toEqual(new Date(2026, 10, 21, 20, 45));
  expect(momentOf('NEVER', saturday)).toBeNull();
});
