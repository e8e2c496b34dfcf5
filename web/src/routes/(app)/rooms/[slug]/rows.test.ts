import { expect, test } from 'vitest';
import { aMessage } from '#lib/state/message.fixture.ts';
import type { Outgoing } from '#lib/state/outgoing.ts';
import type { Edge } from '#lib/state/window.ts';
import { rowsOf, type Row, withDivider } from './rows.ts';

const ann = { id: 'ann', username: 'ann', displayName: 'Ann', avatarUrl: null };
const bob = { id: 'bob', username: 'bob', displayName: 'Bob', avatarUrl: null };
const utcDay = (iso: string) => iso.slice(0, 10);

let seq = 0;
function edge(author: typeof ann, time: string, idempotencyKey = `k${seq}`): Edge {
  seq++;
  return {
    cursor: `1.${seq}`,
    node: aMessage(seq, {
      idempotencyKey,
      createdAt: `2026-11-${time}.000Z`,
      author,
    }),
  };
}

function outgoing(idempotencyKey: string, time: string): Outgoing {
  return {
    idempotencyKey,
    roomId: 'r',
    body: 'unsent',
    createdAt: `2026-11-${time}.000Z`,
    failure: null,
  };
}

const leads = (rows: Row[]) => rows.flatMap((row) => (row.kind === 'message' ? row.leads : []));

test('messages of one author within seven minutes of each other stand together', () => {
  const rows = rowsOf(
    [edge(ann, '21T03:00:00'), edge(ann, '21T03:06:59'), edge(ann, '21T03:13:59')],
    [],
    ann,
    utcDay,
  );
  expect(leads(rows)).toEqual([true, false, true]);
});

test('another author begins a new group, also within a minute', () => {
  const rows = rowsOf([edge(ann, '21T03:00:00'), edge(bob, '21T03:00:10')], [], ann, utcDay);
  expect(leads(rows)).toEqual([true, true]);
});

test('a day is announced once, and begins a new group', () => {
  const rows = rowsOf(
    [edge(ann, '20T23:59:00'), edge(ann, '21T00:01:00'), edge(ann, '21T00:02:00')],
    [],
    ann,
    utcDay,
  );
  expect(rows.map(({ kind }) => kind)).toEqual(['day', 'message', 'day', 'message', 'message']);
  expect(leads(rows)).toEqual([true, true, false]);
});

test('an unconfirmed message stands at the end, and keeps its key when it is confirmed', () => {
  const before = rowsOf(
    [edge(bob, '21T03:00:00', 'x')],
    [outgoing('mine', '21T03:01:00')],
    ann,
    utcDay,
  );
  const pending = before.at(-1);
  expect(pending).toMatchObject({
    kind: 'message',
    message: { outgoing: { idempotencyKey: 'mine' } },
  });

  const after = rowsOf(
    [edge(bob, '21T03:00:00', 'x'), edge(ann, '21T03:01:01', 'mine')],
    [outgoing('mine', '21T03:01:00')],
    ann,
    utcDay,
  );
  expect(after.filter(({ key }) => key === pending?.key)).toHaveLength(1);
  expect(after.at(-1)).toMatchObject({ key: pending?.key });
  expect(after.at(-1)).not.toHaveProperty('message.outgoing');
});

test('somebody else’s message with the same key does not confirm one’s own', () => {
  const rows = rowsOf([edge(bob, '21T03:00:00', 'k')], [outgoing('k', '21T03:01:00')], ann, utcDay);
  expect(rows.filter(({ kind }) => kind === 'message')).toHaveLength(2);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test('an answer begins a group of its own, and what is said in a thread does so in the room only', () => {
  const replied = edge(ann, '21T03:01:00');
  const threaded = edge(ann, '21T03:02:00');
  const edges = [
    edge(ann, '21T03:00:00'),
    { ...replied, node: { ...replied.node, replyTo: aMessage(1) } },
    { ...threaded, node: { ...threaded.node, thread: aMessage(1) } },
  ];
  expect(leads(rowsOf(edges, [], ann, utcDay))).toEqual([true, true, true]);
  expect(leads(rowsOf(edges, [], ann, utcDay, 'thread'))).toEqual([true, true, false]);
});

test('the divider stands above the first message that is new, and nowhere where that is not in the window', () => {
  const edges = [edge(bob, '21T10:00:00'), edge(bob, '21T10:01:00'), edge(bob, '21T10:02:00')];
  const rows = rowsOf(edges, [], ann, utcDay);
  const kinds = (dividerSeq: number | null) =>
    withDivider(rows, edges, dividerSeq).map(({ kind }) => kind);
  const [first, second, third] = edges.map(({ node }) => node.seq) as [number, number, number];
  expect(kinds(second)).toEqual(['day', 'message', 'new', 'message', 'message']);
  expect(kinds(first)).toEqual(['day', 'new', 'message', 'message', 'message']);
  for (const elsewhere of [null, first - 1, third + 1]) {
    expect(kinds(elsewhere)).toEqual(['day', 'message', 'message', 'message']);
  }
});
