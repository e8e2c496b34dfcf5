/**
 * The rows of tables as lines of JSON, as the database itself writes and reads them: what one writes another takes, to the
 * last digit, and the same rows are the same bytes.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { ExportKind } from '../generated/prisma/client.ts';
import { type Part, tablesOf } from './tables.ts';

/** Of some 64 kB at most. */
const ROWS_AT_ONCE = 200;
const IDS_AT_ONCE = 1_000;

/** What of a table is exported. */
export interface Extract {
  name: string;
  columns: string[];
  rows: number;
  /** Of its lines. */
  bytes: number;
}

/**
 * Runs `read` in a transaction that sees the database as it is at this moment, however long it takes.
 * @param client nobody else's meanwhile
 */
export async function inSnapshot<T>(client: pg.ClientBase, read: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  try {
    await client.query(CANONICAL);
    return await read();
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Makes lines independent of the database's settings, up to the end of the transaction. */
export const CANONICAL = `
  SET LOCAL TIME ZONE 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1;
  SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0`;

/** What the export of a room or person, or of the server without an id, has of each table. */
export async function measureTables(
  client: pg.ClientBase,
  kind: ExportKind,
  id: string | null,
): Promise<Extract[]> {
  const extracts: Extract[] = [];
  for (const { name, part } of tablesOf(kind)) {
    const columns = await columnsOfPart(client, name, part);
    const { rows } = await client.query<{ rows: string; bytes: string }>(
      `SELECT count(*) AS rows, coalesce(sum(octet_length(line) + 1), 0) AS bytes
       FROM (${select(name, columns, part.where)}) AS line`,
      id === null ? [] : [id],
    );
    extracts.push({ name, columns, rows: Number(rows[0]!.rows), bytes: Number(rows[0]!.bytes) });
  }
  return extracts;
}

/** How many bytes the files have that are exported. */
export async function measureFiles(
  client: pg.ClientBase,
  kind: ExportKind,
  id: string | null,
): Promise<number> {
  const { part } = tablesOf(kind).find(({ name }) => name === 'file')!;
  const { rows } = await client.query<{ bytes: string }>(
    `SELECT coalesce(sum(size), 0) AS bytes FROM file WHERE ${part.where}`,
    id === null ? [] : [id],
  );
  return Number(rows[0]!.bytes);
}

/** What a column of a table is, in SQL. */
export type Reading = (column: string) => string;

/**
 * The lines of what is exported of a table, some at a time, in the order of its key.
 * @param as what stands in the place of the columns
 */
export async function* readLines(
  client: pg.ClientBase,
  kind: ExportKind,
  id: string | null,
  { name, columns }: Pick<Extract, 'name' | 'columns'>,
  as: Reading = quote,
): AsyncGenerator<Buffer> {
  const { part } = tablesOf(kind).find((table) => table.name === name)!;
  const text = `${select(name, columns, part.where, as)} ORDER BY ${await keyOf(client, name, as)}`;
  await client.query(`DECLARE lines NO SCROLL CURSOR FOR ${text}`, id === null ? [] : [id]);
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`FETCH ${ROWS_AT_ONCE} FROM lines`);
    if (rows.length > 0) yield Buffer.from(rows.map(({ line }) => `${line}\n`).join(''));
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE lines');
}

/** The ids by which bytes are kept on disk of what is exported, each once, some at a time. */
export async function* readStored(
  client: pg.ClientBase,
  kind: ExportKind,
  id: string | null,
): AsyncGenerator<string> {
  for (const { name, part, stored } of tablesOf(kind)) {
    if (!stored || (part.columns && !part.columns.includes(stored))) continue;
    const text = `SELECT ${stored} AS id FROM ${quote(name)}
                  WHERE ${stored} IS NOT NULL AND (${part.where}) ORDER BY ${stored}`;
    await client.query(`DECLARE stored NO SCROLL CURSOR FOR ${text}`, id === null ? [] : [id]);
    for (;;) {
      const { rows } = await client.query<{ id: string }>(`FETCH ${IDS_AT_ONCE} FROM stored`);
      yield* rows.map((row) => row.id);
      if (rows.length < IDS_AT_ONCE) break;
    }
    await client.query('CLOSE stored');
  }
}

/** The SHA-256 of what `readLines` gives, in hexadecimal. */
export async function hashLines(...lines: Parameters<typeof readLines>): Promise<string> {
  const hash = createHash('sha256');
  for await (const some of readLines(...lines)) hash.update(some);
  return hash.digest('hex');
}

/** Adds rows. @param lines without their ends */
export async function insertLines(
  client: pg.ClientBase,
  { name, columns }: Pick<Extract, 'name' | 'columns'>,
  lines: readonly string[],
): Promise<void> {
  const list = columns.map(quote).join(', ');
  await client.query(
    `INSERT INTO ${quote(name)} (${list})
     SELECT ${list} FROM json_populate_recordset(NULL::${quote(name)}, $1::json)`,
    [`[${lines.join(',')}]`],
  );
}

export async function columnsOf(client: pg.ClientBase, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     ORDER BY attname`,
    [quote(table)],
  );
  return rows.map(({ name }) => name);
}

async function columnsOfPart(
  client: pg.ClientBase,
  table: string,
  { columns, without = [] }: Part,
): Promise<string[]> {
  if (columns) return [...columns];
  return (await columnsOf(client, table)).filter((column) => !without.includes(column));
}

/** What orders the rows of a table, everywhere alike. */
async function keyOf(client: pg.ClientBase, table: string, as: Reading): Promise<string> {
  const { rows } = await client.query<{ name: string; isText: boolean }>(
    `SELECT attname AS name, attcollation <> 0 AS "isText"
     FROM pg_index, unnest(indkey) WITH ORDINALITY AS part (number, place), pg_attribute
     WHERE indrelid = $1::regclass AND indisprimary
       AND attrelid = indrelid AND attnum = part.number
     ORDER BY place`,
    [quote(table)],
  );
  return rows.map(({ name, isText }) => as(name) + (isText ? ' COLLATE "C"' : '')).join(', ');
}

function select(
  table: string,
  columns: readonly string[],
  where: string,
  as: Reading = quote,
): string {
  const list = columns.map((column) => `${as(column)} AS ${quote(column)}`).join(', ');
  const row = `(SELECT line FROM (SELECT ${list}) AS line)`;
  return `SELECT row_to_json(${row})::text AS line FROM ${quote(table)} WHERE ${where}`;
}

export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
