/** How the entries of an archive become rows and files, whatever it is of. */
import type pg from 'pg';
import { Refusal } from '../errors.ts';
import { type ArchiveEntry, damaged, readArchive, reading, readLinesOf } from './archive.ts';
import type { ExportOptions } from './export.ts';
import { entryOf, type Manifest } from './manifest.ts';
import { insertLines } from './rows.ts';

export type OnAdvance = NonNullable<ExportOptions['onAdvance']>;

/** Of what one statement inserts. */
const MOST_LINES = 500;
const MOST_CHARACTERS = 1024 * 1024;

/** @throws Refusal INVALID_INPUT for a column that is not `known` of its table. */
export async function requireKnown(
  path: string,
  { tables, parleyVersion }: Manifest,
  known: (table: string) => Promise<readonly string[]> | readonly string[],
): Promise<void> {
  for (const { name: table, columns } of tables) {
    const names = await known(table);
    const strange = columns.find((column) => !names.includes(column));
    if (strange === undefined) continue;
    throw new Refusal(
      'INVALID_INPUT',
      `${path} has what this Parley does not know (${table}.${strange}): import it with ` +
        `Parley ${parleyVersion} or a later one.`,
    );
  }
}

export interface Taking {
  /** The table that takes the rows of a table of the archive. */
  into?: (table: string) => string;
  /** What a line becomes. @throws Refusal for one that is not taken */
  read?: (table: string, line: string) => string;
  onAdvance: OnAdvance;
}

/**
 * Inserts the rows of an archive, table by table, in the order of its manifest, for each refers to those above.
 * @param tables those of its manifest that are taken
 * @throws Refusal INVALID_INPUT where one is missing.
 */
export function takeRows(
  client: pg.ClientBase,
  path: string,
  tables: Manifest['tables'],
  { into = (name) => name, read = (_, line) => line, onAdvance }: Taking,
): Promise<void> {
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  let left = tables.length;
  return reading(path, async () => {
    for await (const { name, size, content } of readArchive(path)) {
      const table = tables.find((each) => entryOf(each.name) === name);
      if (!table) continue;
      const place = { name: into(table.name), columns: table.columns };
      await takeTable(client, place, content, (line) => read(table.name, line));
      done += size;
      onAdvance({ done, total });
      if (--left === 0) break;
    }
    if (left > 0) throw damaged(path, 'a table that its manifest names is missing');
  });
}

async function takeTable(
  client: pg.ClientBase,
  table: Pick<Manifest['tables'][number], 'name' | 'columns'>,
  content: ArchiveEntry['content'],
  read: (line: string) => string,
): Promise<void> {
  let lines: string[] = [];
  let characters = 0;
  for await (const line of readLinesOf(content)) {
    lines.push(read(line));
    characters += line.length;
    if (lines.length < MOST_LINES && characters < MOST_CHARACTERS) continue;
    await insertLines(client, table, lines);
    lines = [];
    characters = 0;
  }
  if (lines.length > 0) await insertLines(client, table, lines);
}
