import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../log.ts';
import { RoomChore, type RoomChoreOptions } from './room-chore.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DELAY_MS = 100;
const SWEEP_MS = 5_000;

function openChore(options: Partial<RoomChoreOptions>) {
  return new RoomChore({
    ...{ name: 'Test', log: createLog('silent'), delayMs: DELAY_MS, sweepMs: SWEEP_MS },
    findBehind: async () => [],
    attend: async () => [],
    ...options,
  });
}

test('rooms that are noted within a moment are attended to together, each once', async () => {
  const attended: string[][] = [];
  const chore = openChore({ attend: async (rooms) => (attended.push(rooms), []) });
  for (const room of ['a', 'b', 'a']) chore.note(room);
  await vi.advanceTimersByTimeAsync(DELAY_MS - 1);
  expect(attended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(attended).toEqual([['a', 'b']]);
  await vi.advanceTimersByTimeAsync(10 * DELAY_MS);
  expect(attended).toHaveLength(1);
  await chore.close();
});

test('what fails is come back to with the next sweep, and soon again once it succeeds', async () => {
  const results = [() => Promise.reject(new Error('away')), async () => ['a'], async () => []];
  const at: number[] = [];
  const start = Date.now();
  const attend = () => {
    at.push(Date.now() - start);
    return results[at.length - 1]!();
  };
  const chore = openChore({ attend });
  chore.note('a');
  await vi.advanceTimersByTimeAsync(3 * SWEEP_MS);
  expect(at).toEqual([DELAY_MS, DELAY_MS + SWEEP_MS, DELAY_MS + SWEEP_MS + DELAY_MS]);
  await chore.close();
});

test('what others have left behind is found, and its end attends to what was noted', async () => {
  const attended: string[] = [];
  let behind = ['left'];
  const chore = openChore({
    findBehind: async () => behind,
    attend: async (rooms) => (attended.push(...rooms), []),
  });
  await vi.advanceTimersByTimeAsync(1_000 + DELAY_MS);
  expect(attended).toEqual(['left']);
  behind = [];
  chore.note('last');
  await chore.close();
  expect(attended).toEqual(['left', 'last']);
  await vi.advanceTimersByTimeAsync(3 * SWEEP_MS);
  expect(attended).toHaveLength(2);
});

test('its end does not wait for ever', { timeout: 10_000 }, async () => {
  vi.useRealTimers();
  const chore = openChore({ attend: () => new Promise(() => {}) });
  chore.note('a');
  await chore.close();
});
