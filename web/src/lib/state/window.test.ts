import { expect, test } from 'vitest';
import { aMessage } from './message.fixture.ts';
import { keepNewest, keepOldest, merge, type Edge } from './window.ts';

function edge(seq: number, body = `message ${seq}`): Edge {
  return {
    cursor: `1.${seq}`,
    node: aMessage(seq, { body }),
  };
}

const seqs = (edges: readonly Edge[]) => edges.map(({ node }) => node.seq);

test('whatever order messages come in, they stand in the room’s order, each once', () => {
  let run: readonly Edge[] = [edge(3), edge(4)];
  run = merge(run, [edge(7)]);
  run = merge(run, [edge(5), edge(7), edge(6)]);
  run = merge(run, [edge(1), edge(2)]);
  expect(seqs(run)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('an incoming batch that is itself out of order is put in order', () => {
  expect(seqs(merge([edge(1)], [edge(4), edge(2), edge(3)]))).toEqual([1, 2, 3, 4]);
});

test('a later version of a message takes the earlier one’s place', () => {
  const run = merge([edge(1), edge(2)], [edge(1, 'edited')]);
  expect(run[0]?.node.body).toBe('edited');
  expect(run).toHaveLength(2);
});

test('nothing incoming leaves the very same run, so nothing renders', () => {
  const run = [edge(1)];
  expect(merge(run, [])).toBe(run);
});

test('a run is cut on the side away from the reader', () => {
  const run = [edge(1), edge(2), edge(3)];
  expect(seqs(keepNewest(run, 2))).toEqual([2, 3]);
  expect(seqs(keepOldest(run, 2))).toEqual([1, 2]);
  expect(keepNewest(run, 3)).toBe(run);
});
