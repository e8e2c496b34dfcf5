/** Writes `schema.graphql`: the contract, printed from the code. `npm run schema` */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../api/schema.ts';

export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(join(import.meta.dirname, '..', 'schema.graphql'), printedSchema());
}
