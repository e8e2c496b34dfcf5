/**
 * Compares `schema.graphql` with what clients have been given before, and fails where they would
 * break and `docs/schema-breaks.md` does not say so, by the path of each break, such as `Room.topic`.
 *
 * Compared are SCHEMA_BASE where it is set; else the commit at which this work left origin/main, or
 * on that branch the commit before, and the last release, or before the first one the first schema.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const root = join(import.meta.dirname, '..');
const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));
const declared = readFileSync(join(root, 'docs', 'schema-breaks.md'), 'utf8');

for (const base of new Set(bases())) await compare(base);

async function compare(base: string): Promise<void> {
  const before = git('show', `${base}:schema.graphql`);
  if (before === null) return console.log(`There is no schema.graphql at ${base}.`);
  const breaks = (await diff(buildSchema(before), schema)).filter(
    ({ criticality }) => criticality.level === CriticalityLevel.Breaking,
  );
  const undeclared = breaks.filter(({ path }) => !declared.includes(`\`${path}\``));
  for (const { path, message } of undeclared) {
    console.error(`${message} Declare \`${path}\` in docs/schema-breaks.md, or do not break it.`);
  }
  console.log(`${breaks.length} breaks since ${base}, ${undeclared.length} of them undeclared.`);
  if (undeclared.length > 0) process.exitCode = 1;
}

function bases(): string[] {
  if (process.env['SCHEMA_BASE']) return [process.env['SCHEMA_BASE']];
  const head = git('rev-parse', 'HEAD');
  const fork = git('merge-base', 'HEAD', 'origin/main');
  const release = git('describe', '--tags', '--abbrev=0');
  const first = git('log', '--diff-filter=A', '--format=%H', '--', 'schema.graphql');
  const found = [fork !== head ? fork : null, git('rev-parse', 'HEAD^'), release ?? first, head];
  return found.filter((base) => base !== null);
}

function git(...args: string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim() || null;
  } catch {
    return null;
  }
}
