import { expect, test } from 'vitest';
import { toLines } from './lines.ts';
import { idempotencyKey, planSteps, remainingLines } from './plan.ts';

const words = (steps: ReturnType<typeof planSteps>['steps']) =>
  steps.map(({ kind, line }) => `${kind} ${line.nick}`);

test('who writes without being in the room joins first', () => {
  const { steps } = planSteps(toLines(['ann: hi', 'ann: there', 'leave ann', 'ann: back']), []);
  expect(words(steps)).toEqual([
    'join ann',
    'message ann',
    'message ann',
    'leave ann',
    'join ann',
    'message ann',
  ]);
});

test('joins of those in the room and leaves of those outside are passed over', () => {
  const lines = toLines(['join ann', 'leave bob', 'join bob', 'join bob', 'leave bob']);
  const { steps, passedOver } = planSteps(lines, ['ann']);
  expect(words(steps)).toEqual(['join bob', 'leave bob']);
  expect(passedOver).toBe(3);
});

test('keys differ by room, place and line, and fit the API', () => {
  const [first, second] = toLines(['ann: hi', 'ann: hi']);
  const [other] = toLines(['ann: ho']);
  const keys = [
    idempotencyKey('ubuntu', first!),
    idempotencyKey('debian', first!),
    idempotencyKey('ubuntu', second!),
    idempotencyKey('ubuntu', other!),
  ];
  expect(new Set(keys).size).toBe(4);
  expect(idempotencyKey('ubuntu', { ...first! })).toBe(keys[0]);
  const longest = idempotencyKey('x'.repeat(64), { ...first!, number: 999_999_999 });
  expect(longest.length).toBeLessThanOrEqual(100);
});

test('an interrupted replay goes on after the last message that is there', () => {
  const lines = toLines([
    'join ann',
    'ann: one',
    'join bob',
    'bob: two',
    'leave bob',
    'ann: three',
  ]);
  const there = new Set([lines[1]!, lines[3]!].map((line) => idempotencyKey('ubuntu', line)));
  expect(remainingLines(lines, 'ubuntu', there).map(({ source }) => source)).toEqual([
    'leave bob',
    'ann: three',
  ]);
  expect(remainingLines(lines, 'debian', there)).toEqual(lines);
});

test('a message that is missing before the last one is tried again, to be reported', () => {
  const lines = toLines(['ann: one', 'join bob', 'bob: two', 'ann: three']);
  const there = new Set([lines[0]!, lines[3]!].map((line) => idempotencyKey('ubuntu', line)));
  expect(remainingLines(lines, 'ubuntu', there).map(({ source }) => source)).toEqual(['bob: two']);
});
