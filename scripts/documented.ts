/** What the documents say, for the tests that hold them to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

export function readDocument(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The first fenced block of a language below a heading. */
export function blockBelow(heading: string, language: string, document: string): string {
  const fence = '```';
  const block = new RegExp(`^#+ ${heading}$[^]*?^${fence}${language}\n([^]*?)^${fence}$`, 'm');
  const found = block.exec(document);
  if (!found) throw new Error(`There is no block of ${language} below “${heading}”.`);
  return found[1]!;
}
