/**
 * What a message says, as a flat list that any client can render alike: blocks, each with the path of quotes and list
 * items around it, and in each block the runs of text with their marks. It is JSON as it stands.
 */
import { blocksOf } from './blocks.ts';
import { countSigns, spansOf } from './inline.ts';

/** How a run of text is set, in the order in which they nest from the outside. */
export const MARKS = ['SPOILER', 'BOLD', 'ITALIC', 'STRIKE', 'CODE'] as const;
export type Mark = (typeof MARKS)[number];

export interface Mention {
  kind: 'USER' | 'HERE' | 'ALL' | 'ROOM';
  /** The username or slug as typed, without its sign; nobody may bear it. */
  name: string;
}

/** A run of text that is set alike. */
export interface Span {
  text: string;
  /** Each at most once, in the order of `MARKS`. */
  marks: Mark[];
  /** An http, https or mailto address, where the run is a link or a part of one. */
  url: string | null;
  mention: Mention | null;
}

/** A quote or an item of a list. */
export interface Container {
  /** Blocks that name the same one lie in the same one. */
  key: number;
  kind: 'QUOTE' | 'BULLET_ITEM' | 'NUMBERED_ITEM';
  /** The number of a numbered item as typed. */
  number: number | null;
}

export interface Block {
  kind: 'PARAGRAPH' | 'CODE';
  /** From the outside to the inside. */
  within: Container[];
  /** What stands in it; one run, without marks, if it is code. */
  spans: Span[];
  /** The language of code, where its author named one. */
  language: string | null;
}

/**
 * So many signs of Markdown in all, and a message is shown as typed. The library compares each with those before it, so
 * its time grows with their square; a drawing or a table in plain text has many, and means none.
 */
const MAX_SIGNS = 400;

/**
 * What a body says. Never throws, takes time in proportion to the length, and gives at least one block for a body with
 * anything to read in it.
 */
export function parseContent(body: string): Block[] {
  const blocks = blocksOf(body.split(/\r\n|[\n\r]/));
  const paragraphs = blocks.filter(({ kind }) => kind === 'PARAGRAPH');
  const signs = paragraphs.reduce((sum, { text }) => sum + countSigns(text), 0);
  return blocks.map(({ kind, within, text, language }) => ({
    kind,
    within,
    spans: kind === 'CODE' ? [plainSpan(text)] : spansOf(text, signs <= MAX_SIGNS),
    language,
  }));
}

const plainSpan = (text: string): Span => ({ text, marks: [], url: null, mention: null });
