/** The checker finds what it is there to find, and nothing where there is nothing. */
import { expect, test } from 'vitest';
import type { Line } from '../api/test/watch.ts';
import { check, type Evidence } from './checker.ts';

const line = (seq: number): Line => ({
  id: `id-${seq}`,
  seq,
  body: `line ${seq}`,
  idempotencyKey: `key-${seq}`,
});

/** A room of which all is well: its owner came with number 1, and 2 to 5 are messages. */
function allIsWell() {
  const said = [2, 3, 4, 5].map(line);
  return {
    said,
    backwards: said.map((one) => ({ ...one })),
    log: {
      lastSeq: 5,
      numbers: [1, 2, 3, 4, 5],
      messages: said.map(({ seq, idempotencyKey }) => ({ seq, idempotencyKey })),
    },
    acknowledged: new Map(said.map((one) => [one.idempotencyKey, one])),
    readers: [
      { name: 'reader 0', lines: said.map((one) => ({ ...one })) },
      { name: 'reader 1', lines: [...said] },
    ],
  } satisfies Evidence;
}

/** What is found after `spoil` has been at work. */
function found(spoil: (evidence: ReturnType<typeof allIsWell>) => void) {
  const evidence = allIsWell();
  spoil(evidence);
  return check(evidence);
}

test('nothing is found where all is well', () => {
  expect(found(() => {})).toEqual({ events: 8, lost: 0, double: 0, outOfOrder: 0, violations: [] });
});

test('a reader’s losses, doubles and disorder are counted, and the reader is named', () => {
  expect(found(({ readers }) => readers[0]!.lines.splice(1, 1))).toMatchObject({
    lost: 1,
    violations: ['reader 0: 1 lost, 0 double, 0 out of order'],
  });
  expect(found(({ readers }) => readers[1]!.lines.push(line(5)))).toMatchObject({
    double: 1,
    violations: ['reader 1: 0 lost, 1 double, 0 out of order'],
  });
  expect(found(({ readers }) => readers[0]!.lines.reverse())).toMatchObject({
    outOfOrder: 3,
    violations: ['reader 0: 0 lost, 0 double, 3 out of order'],
  });
});

test.each<[string, Parameters<typeof found>[0], string[]]>([
  [
    'a reader was told other words',
    ({ readers }) => (readers[0]!.lines[2]!.body = 'something else'),
    ['reader 0: was told another message 4 (key-4)'],
  ],
  [
    'a reader was told of what is not there',
    ({ readers }) => readers[0]!.lines.push(line(6)),
    ['reader 0: was told another message 6 (key-6)'],
  ],
  [
    'an acknowledged message is missing',
    ({ acknowledged }) => acknowledged.set('key-6', line(6)),
    ['1 in what was acknowledged and not in the history, or more often, such as key-6'],
  ],
  [
    'a message was never acknowledged',
    ({ acknowledged }) => acknowledged.delete('key-3'),
    ['1 in the history and not in what was acknowledged, or more often, such as key-3'],
  ],
  [
    'a message was acknowledged by another number',
    ({ acknowledged }) => acknowledged.set('key-3', { ...line(3), seq: 4 }),
    ['message key-3 is another than was acknowledged'],
  ],
  [
    'a message was written twice',
    (evidence) => {
      const twin = { ...line(6), idempotencyKey: 'key-5' };
      evidence.said.push(twin);
      evidence.backwards.push(twin);
      evidence.log.numbers.push(6);
      evidence.log.lastSeq = 6;
      evidence.log.messages.push({ seq: 6, idempotencyKey: 'key-5' });
      for (const { lines } of evidence.readers) lines.push(twin);
    },
    ['1 in the history and not in what was acknowledged, or more often, such as key-5'],
  ],
  ['the log has a hole', ({ log }) => log.numbers.splice(0, 1), ['the log has 2 where 1 belongs']],
  [
    'the room counts further than its log',
    ({ log }) => (log.lastSeq = 6),
    ['the log ends at 5, its room says 6'],
  ],
  [
    'a message of the log is not in the history',
    ({ log }) => log.messages.push({ seq: 1, idempotencyKey: 'key-1' }),
    ['1 in the log and not in the history, or more often, such as 1 key-1'],
  ],
  [
    'the history reads otherwise from its end',
    ({ backwards }) => backwards.pop(),
    ['the history reads otherwise from its end: 3 for 4 messages'],
  ],
])('it is told where %s', (_what, spoil, violations) => {
  expect(found(spoil).violations).toEqual(violations);
});
