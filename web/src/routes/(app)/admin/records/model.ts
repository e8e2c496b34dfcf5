/** What a kind of record declares of itself; one list, one page and one dialog make do with it. */
import type { Api } from '#lib/graphql/api.ts';
import type { Refusal } from '#lib/graphql/refusal.ts';
import type { Cell } from './cells.ts';
import type { Deed } from './deed.ts';
import type { ListState } from './list-state.ts';
import type { AdminPage } from '../sections.ts';

export interface Row {
  id: string;
}

/** Methods, so that a model of some rows is a model of any. */
export interface Model<R extends Row = Row> {
  /** Where its list is. */
  page: AdminPage;
  /** What is counted: `['person', 'people']`. */
  noun: readonly [one: string, many: string];
  /** Shown where there are none at all: what would be here. */
  empty: string;
  /** What a search looks at; absent where there is none. */
  searches?: string;
  orders: readonly Order[];
  filters: readonly Filter[];
  columns: readonly Column<R>[];
  /** What is told of one by itself, beyond its columns. */
  facts?(row: R): readonly Fact[];
  /** The lists that have to do with one. */
  related?(row: R): readonly Related[];
  deeds: readonly Deed<R>[];
  /** What makes one. */
  create?: Deed<null>;
  /** What one is called within a sentence. */
  nameOf(row: R): string;
  list(api: Api, state: ListState): Promise<Listed<R>>;
  /** Finds one for its page. Those that have none are shown beside their list. */
  find?(api: Api, id: string): Promise<R | null | Refused>;
}

export interface Order {
  /** The schema's name for it. */
  field: string;
  label: string;
  /** The way that comes first when it is chosen. */
  first: 'ASC' | 'DESC';
}

export interface Column<R> {
  label: string;
  /** The field of the order that its head chooses. */
  order?: string;
  /** Left out where there is little space. */
  isExtra?: boolean;
  isNumber?: boolean;
  cell(row: R): Cell;
}

export interface Fact {
  label: string;
  cell: Cell;
}

export interface Related {
  label: string;
  href: string;
  count?: number;
}

interface FilterBase {
  /** Its name in the address. */
  key: string;
  label: string;
  /** Whether it is an argument of the list by itself, rather than within its `filter`. */
  isArgument?: boolean;
  /** What it is in the schema. */
  input(value: string): Record<string, unknown>;
}

export type Filter = FilterBase &
  (
    | { kind: 'choice'; any: string; options: readonly (readonly [value: string, label: string])[] }
    | { kind: 'day' }
    /** Chosen by a link, or looked up by its name. */
    | { kind: 'person' | 'room' }
  );

export interface Refused {
  refusal: Refusal;
}

export interface Page<R> {
  rows: readonly R[];
  /** Null where the API does not count, or would take too long to. */
  totalCount: number | null;
  startCursor: string | null;
  endCursor: string | null;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

export type Listed<R> = Page<R> | Refused;

export const isRefused = (answer: object | null): answer is Refused =>
  answer !== null && 'refusal' in answer;

/** All that is told of one; a fact says more than a column of the same name. */
export function factsOf<R extends Row>(model: Model<R>, row: R): readonly Fact[] {
  const columns = model.columns.map(({ label, cell }) => ({ label, cell: cell(row) }));
  const facts = model.facts?.(row) ?? [];
  return [...columns.filter(({ label }) => facts.every((fact) => fact.label !== label)), ...facts];
}

/** A page of a connection, with what makes a row of its nodes. */
export function pageOf<N, R extends Row>(
  connection: {
    totalCount?: number | null;
    edges: readonly { node: N }[];
    pageInfo: {
      startCursor: string | null;
      endCursor: string | null;
      hasNextPage: boolean;
      hasPreviousPage: boolean;
    };
  },
  rowOf: (node: N) => R,
): Page<R> {
  return {
    rows: connection.edges.map(({ node }) => rowOf(node)),
    totalCount: connection.totalCount ?? null,
    ...connection.pageInfo,
  };
}

export const sumOf = <R>(rows: readonly R[], of: (row: R) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);
