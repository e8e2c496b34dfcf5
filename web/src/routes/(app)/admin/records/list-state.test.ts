import { expect, test } from 'vitest';
import { changed, readList, turned, variablesOf, writeList } from './list-state.ts';
import type { Model } from './model.ts';

const people: Pick<Model, 'orders' | 'filters'> = {
  orders: [
    { field: 'CREATED_AT', label: 'Joined', first: 'DESC' },
    { field: 'USERNAME', label: 'Username', first: 'ASC' },
  ],
  filters: [
    {
      ...{ key: 'role', label: 'Role', kind: 'choice', any: 'Any role', options: [] },
      input: (value) => ({ roles: [value] }),
    },
    { key: 'since', label: 'Since', kind: 'day', input: (value) => ({ since: value }) },
  ],
};
const read = (query: string) => readList(people, new URLSearchParams(query));
const write = (query: string) => writeList(people, read(query));

test('an address without a query is the first page in the model’s first order', () => {
  expect(read('')).toEqual({
    ...{ search: '', order: { field: 'CREATED_AT', direction: 'DESC' }, filters: {} },
    ...{ size: 25, after: null, before: null, open: null },
  });
});

test.each([
  '',
  '?search=a%25_%27b',
  '?role=OWNER&since=2026-11-21',
  '?sort=username',
  '?sort=-username',
  '?sort=created-at',
  '?size=100&after=abc',
  '?before=abc&open=1',
])('%s is written as it was read', (query) => {
  expect(write(query)).toBe(query);
});

test('what a list does not know is left out of its address', () => {
  expect(write('?other=1&sort=nonsense&size=7&role=')).toBe('');
});

test('whatever changes a list leads to its first page', () => {
  const state = changed(read('?role=OWNER&after=abc&open=1'), { search: 'ann' });
  expect(writeList(people, state)).toBe('?search=ann&role=OWNER');
});

test('a column’s head begins in its own direction, and turns round from then on', () => {
  expect(turned(people.orders, read(''), 'USERNAME')).toEqual({
    ...{ field: 'USERNAME', direction: 'ASC' },
  });
  expect(turned(people.orders, read(''), 'CREATED_AT')?.direction).toBe('ASC');
  expect(turned(people.orders, read('?sort=created-at'), 'CREATED_AT')?.direction).toBe('DESC');
});

test('filters are put together, and pages are asked for from either end', () => {
  expect(variablesOf(people, read('?role=OWNER&since=2026-11-21&before=abc'))).toEqual({
    ...{ search: null, orderBy: { field: 'CREATED_AT', direction: 'DESC' } },
    ...{ filter: { roles: ['OWNER'], since: '2026-11-21' }, last: 25, before: 'abc' },
  });
  expect(variablesOf(people, read('?search=ann'))).toMatchObject({
    ...{ search: 'ann', filter: null, first: 25, after: null },
  });
});
