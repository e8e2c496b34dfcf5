/**
 * Fails, naming the remedy, where a committed file is not what the code would make of it now: the
 * printed schema, the operations of the web app and the client, the short names of emoji, and the migrations against `prisma/schema.prisma`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import codegen from '../codegen.ts';
import { emojiShortcodes } from './emoji.ts';
import { printedSchema } from './print-schema.ts';
import { schemaDiff } from './schema-diff.ts';

const root = join(import.meta.dirname, '..');
const stale: string[] = [];

async function compare(path: string, content: string, remedy: string): Promise<void> {
  const committed = await readFile(join(root, path), 'utf8').catch(() => null);
  if (committed !== content) stale.push(`${path} is not current: run ${remedy}.`);
}

await compare('schema.graphql', printedSchema(), 'npm run schema');

const files: { filename: string; content: string }[] = await generate(
  { ...codegen, cwd: root, silent: true },
  false,
);
for (const { filename, content } of files) await compare(filename, content, 'npm run codegen');

const emoji = await emojiShortcodes();
await compare(emoji.path, emoji.content, 'npm run emoji');

if ((await schemaDiff()) !== '') {
  stale.push('prisma/schema.prisma is ahead of the migrations: run npm run migration -- NAME.');
}

for (const line of stale) console.error(line);
process.exitCode = stale.length > 0 ? 1 : 0;
