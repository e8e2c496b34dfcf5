/**
 * The blocks of a message: fenced code, quotes, lists, and paragraphs of all else.
 *
 * CommonMark's own blocks are made for documents. In a chat they surprise (the line under a quote would belong to the
 * quote, `# x` be a heading and `1986. what a year` a list), and parsing them costs seconds for 8,000 characters that are
 * made to cost it. So blocks are told apart here, line by line; what is in a paragraph is left to the library.
 */
import type { Block, Container } from './content.ts';
import { findFence } from './fence.ts';

/** A block whose text is not yet parsed. */
export interface RawBlock extends Omit<Block, 'spans'> {
  text: string;
}

/** Quotes and lists in each other; what would lie deeper is text as typed. */
const MAX_DEPTH = 6;

const QUOTE = /^ {0,3}>[ \t]+(?=\S)/;
/** Within a quote: its empty lines too. */
const QUOTED = /^ {0,3}>[ \t]?/;
/** A year at the beginning of a sentence is no number of an item, and a line of stars no item. */
const ITEM = /^([ \t]*)([-*]|(\d{1,3})[.)])[ \t]+(?=.*[^\s*-])/;

/** The lines of one level, and where they lie. */
interface Level {
  lines: string[];
  within: Container[];
  blocks: RawBlock[];
  nextKey: () => number;
}

/** @param lines without their line ends */
export function blocksOf(lines: string[]): RawBlock[] {
  let key = 0;
  const blocks: RawBlock[] = [];
  readLevel({ lines, within: [], blocks, nextKey: () => key++ });
  return blocks;
}

function readLevel(level: Level): void {
  const { lines } = level;
  /** Fences known to be left open: whatever is as long is so too, and nobody looks again. */
  const open = new Map<string, number>();
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) addBlock(level, 'PARAGRAPH', paragraph.join('\n'));
    paragraph = [];
  };
  for (let index = 0; index < lines.length;) {
    const line = lines[index]!;
    const fence = findFence(lines, index, open);
    if (fence) {
      flush();
      addBlock(level, 'CODE', fence.text, fence.language);
      index = fence.end;
      continue;
    }
    const end = blankEnd(line, index) ?? quoteEnd(level, index) ?? itemEnd(level, index, paragraph);
    if (end === null) {
      paragraph.push(line);
      index++;
      continue;
    }
    flush();
    if (QUOTE.test(line)) readQuote(level, lines.slice(index, end));
    else if (line.trim() !== '') readItem(level, lines.slice(index, end));
    index = end;
  }
  flush();
}

const addBlock = (
  { within, blocks }: Level,
  kind: Block['kind'],
  text: string,
  language: string | null = null,
) => void blocks.push({ kind, within, text, language });

const blankEnd = (line: string, index: number) => (line.trim() === '' ? index + 1 : null);

/** A quote ends with the first line that does not say it is quoted. */
function quoteEnd({ lines, within }: Level, index: number): number | null {
  if (within.length >= MAX_DEPTH || !QUOTE.test(lines[index]!)) return null;
  let end = index + 1;
  while (end < lines.length && QUOTED.test(lines[end]!) && isQuoted(lines[end]!)) end++;
  return end;
}

/** `>_<` is a face. */
const isQuoted = (line: string) => QUOTE.test(line) || /^ {0,3}>[ \t]*$/.test(line);

function readQuote(level: Level, lines: string[]): void {
  const quote = { key: level.nextKey(), kind: 'QUOTE', number: null } as const;
  readLevel({
    ...level,
    lines: lines.map((line) => line.replace(QUOTED, '')),
    within: [...level.within, quote],
  });
}

/**
 * An item goes on in lines that are indented as far as its text, also behind blank ones. In the middle of a paragraph only
 * a bullet or the number 1 begins a list.
 */
function itemEnd({ lines, within }: Level, index: number, paragraph: string[]): number | null {
  const match = ITEM.exec(lines[index]!);
  if (!match || within.length >= MAX_DEPTH) return null;
  if (paragraph.length > 0 && match[3] && match[3] !== '1') return null;
  const indent = widthOf(match[1]!) + 2;
  let end = index + 1;
  for (let next = end; next < lines.length; next++) {
    const line = lines[next]!;
    if (line.trim() === '') continue;
    if (widthOf(/^[ \t]*/.exec(line)![0]) < indent) break;
    end = next + 1;
  }
  return end;
}

function readItem(level: Level, [first, ...rest]: string[]): void {
  const match = ITEM.exec(first!)!;
  const indent = widthOf(match[1]!) + 2;
  // Text under `10.` may stand under the text or, as many type it, two spaces in.
  const hanging = match[0].length;
  const item: Container = {
    key: level.nextKey(),
    kind: match[3] ? 'NUMBERED_ITEM' : 'BULLET_ITEM',
    number: match[3] ? Number(match[3]) : null,
  };
  const lines = rest.map((line) => {
    const width = Math.min(widthOf(/^[ \t]*/.exec(line)![0]), hanging);
    return dedent(line, Math.max(width, indent));
  });
  readLevel({
    ...level,
    lines: [first!.slice(hanging), ...lines],
    within: [...level.within, item],
  });
}

/** Columns of white space; a tab counts as far as the next fourth one. */
function widthOf(space: string): number {
  let width = 0;
  for (const character of space) width += character === '\t' ? 4 - (width % 4) : 1;
  return width;
}

function dedent(line: string, columns: number): string {
  let width = 0;
  let start = 0;
  while (width < columns && (line[start] === ' ' || line[start] === '\t')) {
    width += line[start] === '\t' ? 4 - (width % 4) : 1;
    start++;
  }
  return line.slice(start);
}
