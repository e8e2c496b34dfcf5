/**
 * Lists of all that there is on the server: searched, filtered, in the order that is asked for. A page begins behind the values
 * that its cursor brings, and not behind a row that may be gone by then: whatever comes and goes, nothing that stays is passed
 * over or comes twice, unless it has itself moved in the order. A page costs the same wherever it lies.
 */
import { z } from 'zod';
import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { searchPattern } from '../input.ts';
import { COUNTED_AT_MOST, type Order, type PageArguments, readPageArguments } from '../page.ts';
import type { Viewer } from '../viewer.ts';

const VALUES = {
  text: z.string().refine((text) => !text.includes('\0') && text.isWellFormed()),
  int: z.int32(),
  uuid: z.uuid(),
  timestamptz: z.iso.datetime(),
};

/** What a list is ordered by; never null. */
export interface Column {
  sql: string;
  type: keyof typeof VALUES;
}

export interface Listing<Field extends string> {
  /** Columns of the tables, by the names that they have in a row. */
  select: string;
  orders: Record<Field, Column>;
  /** What tells apart what stands at the same place. */
  key: Column[];
}

export interface Wanted<Field extends string> {
  /** The tables; where there are more than one, what they have makes one list. */
  from: Prisma.Sql[];
  /** Those in which it is counted, where others do it faster. */
  countedIn?: Prisma.Sql[];
  /** All of which must hold. */
  where: Prisma.Sql[];
  order: Order<Field>;
  page: PageArguments;
}

/** A page, as Relay has it. */
export interface RecordPage<Row> {
  edges: { cursor: string; node: Row }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  /** How many there are on all pages, up to COUNTED_AT_MOST; null where that takes too long. */
  count: () => Promise<number | null>;
}

/**
 * A page of a list, for administrators.
 * @throws Refusal FORBIDDEN; INVALID_INPUT; UNAVAILABLE where it takes too long.
 */
export async function listRecords<Row extends object, Field extends string>(
  app: App,
  viewer: Viewer,
  { select, orders, key }: Listing<Field>,
  { from, countedIn = from, where, order, page }: Wanted<Field>,
): Promise<RecordPage<Row>> {
  onServer(viewer, 'administer');
  const { limit, backwards, after, before } = readPageArguments(page);
  const columns = [orders[order.field], ...key];
  const place = (cursor: string, field: string) => decode(cursor, field, order.field, columns);
  const descends = order.direction === 'DESC';
  const [onwards, back] = descends ? ['<', '>'] : ['>', '<'];
  const bounds = [
    ...(after === null ? [] : [compare(columns, onwards!, place(after, 'after'))]),
    ...(before === null ? [] : [compare(columns, back!, place(before, 'before'))]),
  ];
  const direction = descends === backwards ? 'ASC' : 'DESC';
  const by = columns.map((_, index) => `"by ${index}"`);
  const sorted = (sqls: string[]) =>
    Prisma.raw(`ORDER BY ${sqls.map((sql) => `${sql} ${direction}`).join(', ')}`);
  const parts = from.map(
    (tables) => Prisma.sql`(
      SELECT ${Prisma.raw(select)}, ${Prisma.raw(placeOf(columns))} AS place,
             ${Prisma.raw(columns.map(({ sql }, index) => `${sql} AS ${by[index]}`).join(', '))}
      FROM ${tables} WHERE ${and([...where, ...bounds])}
      ${sorted(columns.map(({ sql }) => sql))} LIMIT ${limit + 1}
    )`,
  );
  const rows = await read<Row & { place: unknown[] }>(
    app,
    Prisma.sql`
      SELECT * FROM (${Prisma.join(parts, ' UNION ALL ')}) AS found ${sorted(by)} LIMIT ${limit + 1}`,
  );
  const hasMore = rows.length > limit;
  const shown = rows.slice(0, limit);
  if (backwards) shown.reverse();
  const edges = shown.map((node) => ({ cursor: encode(order.field, node.place), node }));
  return {
    edges,
    pageInfo: {
      // Towards the cursor there is something, since the cursor came from there.
      hasNextPage: backwards ? before !== null : hasMore,
      hasPreviousPage: backwards ? hasMore : after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    count: () => countRecords(app, countedIn, where),
  };
}

/** The page stands also where there is no time to count all that there is beside it. */
async function countRecords(
  app: App,
  from: Prisma.Sql[],
  where: Prisma.Sql[],
): Promise<number | null> {
  const parts = from.map(
    (tables) => Prisma.sql`(SELECT 1 FROM ${tables} WHERE ${and(where)} LIMIT ${COUNTED_AT_MOST})`,
  );
  const counting = Prisma.sql`SELECT count(*)::int AS count FROM (
    SELECT FROM (${Prisma.join(parts, ' UNION ALL ')}) AS found LIMIT ${COUNTED_AT_MOST}
  ) AS counted`;
  try {
    const [counted] = await read<{ count: number }>(app, counting);
    return counted!.count;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'UNAVAILABLE') return null;
    throw error;
  }
}

/** The same page of something else, made of its rows; what is gone meanwhile is left out. */
export async function mapPage<Row, Node>(
  page: RecordPage<Row>,
  toNode: (row: Row) => Promise<Node | null>,
): Promise<RecordPage<Node>> {
  const nodes = await Promise.all(page.edges.map(({ node }) => toNode(node)));
  const edges = page.edges.flatMap(({ cursor }, index) => {
    const node = nodes[index];
    return node === null || node === undefined ? [] : [{ cursor, node }];
  });
  return { ...page, edges };
}

/** That one of these columns has the text in it, in any case; nothing for a blank one. */
export function contains(search: string | null | undefined, columns: string[]): Prisma.Sql[] {
  const part = searchPattern(search);
  if (part === null) return [];
  const matches = columns.map((column) => Prisma.sql`${Prisma.raw(column)} ILIKE ${`%${part}%`}`);
  return [Prisma.sql`(${Prisma.join(matches, ' OR ')})`];
}

/** A condition for what is asked for; nothing for what is not. */
export function given<Value>(
  value: Value | null | undefined,
  toCondition: (value: Value) => Prisma.Sql,
): Prisma.Sql[] {
  return value === null || value === undefined ? [] : [toCondition(value)];
}

/** Within some time: `since` included, `until` left out. */
export function within(
  column: string,
  { since, until }: { since?: Date | null | undefined; until?: Date | null | undefined },
): Prisma.Sql[] {
  return [
    ...given(since, (moment) => Prisma.sql`${Prisma.raw(column)} >= ${moment}`),
    ...given(until, (moment) => Prisma.sql`${Prisma.raw(column)} < ${moment}`),
  ];
}

function and(conditions: Prisma.Sql[]): Prisma.Sql {
  return conditions.length > 0 ? Prisma.join(conditions, ' AND ') : Prisma.sql`true`;
}

function compare(columns: Column[], operator: string, values: unknown[]): Prisma.Sql {
  const row = columns.map(({ sql }) => sql).join(', ');
  const place = columns.map(({ type }, at) => Prisma.sql`${values[at]}::${Prisma.raw(type)}`);
  return Prisma.sql`(${Prisma.raw(row)}) ${Prisma.raw(operator)} (${Prisma.join(place)})`;
}

/** As JSON, in which moments are exact. */
function placeOf(columns: Column[]): string {
  const values = columns.map(({ sql, type }) =>
    type === 'timestamptz'
      ? `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
      : sql,
  );
  return `json_build_array(${values.join(', ')})`;
}

function encode(field: string, place: unknown[]): string {
  return Buffer.from(JSON.stringify([field, ...place])).toString('base64url');
}

/** @throws Refusal INVALID_INPUT for what is no cursor of this order. */
function decode(cursor: string, argument: string, field: string, columns: Column[]): unknown[] {
  const [first, ...rest] = columns.map(({ type }) => VALUES[type]);
  try {
    const [, ...values] = z
      .tuple([z.literal(field), first!, ...rest])
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return values;
  } catch {
    throw new Refusal('INVALID_INPUT', 'That is not a cursor of this list in this order.', {
      field: argument,
    });
  }
}

/** Within the time limit of searches, and on their share of the connections. */
function read<Row extends object>(app: App, { text, values }: Prisma.Sql): Promise<Row[]> {
  return app.searching.read(async (client) => (await client.query<Row>({ text, values })).rows);
}
