/** Spoilers, `||hidden until asked for||`: over the runs of a paragraph, so that they may hold marks and links. */
import { MARKS } from './content.ts';
import type { Run } from './inline.ts';

const SIGN = '||';

/** Marks what stands between two signs, and takes the signs out. A sign without a partner is text. */
export function markSpoilers(runs: Run[]): Run[] {
  if (!runs.some(hasSign)) return runs;
  const pieces = runs.flatMap((run) => (hasSign(run) ? split(run) : [run]));
  const marked: Run[] = [];
  let opening: number | null = null;
  for (const [index, piece] of pieces.entries()) {
    const isSign = piece.text === SIGN && hasSign(piece);
    if (isSign && opening !== null && closes(pieces, index)) {
      const [, ...hidden] = marked.splice(opening);
      marked.push(...hidden.map(hide));
      opening = null;
    } else {
      if (isSign && opening === null && opens(pieces, index)) opening = marked.length;
      marked.push(piece);
    }
  }
  return marked;
}

const hasSign = ({ text, url, literal }: Run) => !literal && url === null && text.includes(SIGN);

/** `|||` is no sign, nor part of one. */
const split = (run: Run): Run[] =>
  run.text
    .split(/(?<!\|)(\|\|)(?!\|)/)
    .filter((text) => text !== '')
    .map((text) => ({ ...run, text }));

const hide = (run: Run): Run => ({
  ...run,
  marks: MARKS.filter((mark) => mark === 'SPOILER' || run.marks.includes(mark)),
});

/** As a word begins: `a || b` and `a||b||c` are what programmers say. */
const opens = (pieces: Run[], index: number) =>
  !/[\p{L}\p{N}]$/u.test(pieces[index - 1]?.text ?? '') &&
  /^\S/.test(pieces[index + 1]?.text ?? '');

const closes = (pieces: Run[], index: number) =>
  /\S$/.test(pieces[index - 1]!.text) &&
  pieces[index - 1]!.text !== SIGN &&
  !/^[\p{L}\p{N}]/u.test(pieces[index + 1]?.text ?? '');
