/** Words that a chat gives a meaning: `@name`, `@here`, `@all`, `#room` and `:emoji:`. */
import type { Mention } from './content.ts';
import { emojiOf } from './emoji/table.ts';
import type { Run } from './inline.ts';

/** As accounts are named: `.` only between other characters, so that a name ends where a sentence does. */
const NAME = /@(?<name>[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9_-])?)(?![\p{L}\p{N}_-])/iu;
/** As rooms are addressed, with a letter in it: `#1` is a number. */
const SLUG =
  /#(?<slug>(?=[\p{N}\p{M}_-]{0,64}\p{L})[\p{L}\p{N}\p{M}]{1,64}(?:[-_][\p{L}\p{N}\p{M}]{1,64}){0,32})/u;
const EMOJI = /:(?<shortcode>[a-z0-9_+-]{1,64}):/i;

const WORD = new RegExp(
  `(?<![\\p{L}\\p{N}_&/@#.-])(?:${NAME.source}|${SLUG.source})|(?<![\\p{L}\\p{N}])${EMOJI.source}`,
  'giu',
);

/** Sets these words apart wherever they are neither code nor a link. */
export function readWords(runs: Run[]): Run[] {
  return runs.flatMap((run) =>
    run.literal || run.url !== null || !/[@#:]/.test(run.text) ? [run] : readRun(run),
  );
}

function readRun(run: Run): Run[] {
  const parts: Run[] = [];
  let end = 0;
  for (const match of run.text.matchAll(WORD)) {
    const meant = meaningOf(match.groups as Record<string, string | undefined>);
    if (!meant) continue;
    if (match.index > end) parts.push({ ...run, text: run.text.slice(end, match.index) });
    parts.push({ ...run, text: match[0], ...meant });
    end = match.index + match[0].length;
  }
  if (end < run.text.length) parts.push({ ...run, text: run.text.slice(end) });
  return parts;
}

function meaningOf({
  name,
  slug,
  shortcode,
}: Record<string, string | undefined>): { mention: Mention } | { text: string } | null {
  if (name) return { mention: { kind: kindOf(name), name } };
  if (slug) return { mention: { kind: 'ROOM', name: slug } };
  const text = emojiOf(shortcode!);
  return text === null ? null : { text };
}

function kindOf(name: string): Mention['kind'] {
  const word = name.toLowerCase();
  return word === 'here' ? 'HERE' : word === 'all' ? 'ALL' : 'USER';
}
