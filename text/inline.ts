/** What stands in a paragraph, as runs: Markdown’s marks and links first, then what only a chat has. */
import type { Link, PhrasingContent } from 'mdast';
import { MARKS, type Mark, type Span } from './content.ts';
import { parseMarkdown } from './markdown.ts';
import { markSpoilers } from './spoiler.ts';
import { readWords } from './words.ts';

/** A run on its way: `literal` is what no sign in it means anything of. */
export interface Run extends Span {
  literal: boolean;
}

/** What may open or close a mark or a link. */
const SIGNS = /[*_~`[\]<\\]|https?:|www\.|@/gi;

const PROTOCOLS = ['http:', 'https:', 'mailto:'];

export const countSigns = (paragraph: string) => paragraph.match(SIGNS)?.length ?? 0;

/**
 * @param paragraph without blank lines
 * @param withMarks whether its Markdown counts; else it is text but for what only a chat has
 */
export function spansOf(paragraph: string, withMarks: boolean): Span[] {
  const text = paragraph
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimStart();
  const runs: Run[] = [];
  const plain = { marks: [], url: null };
  if (!withMarks || countSigns(text) === 0) addText(runs, text, plain);
  else for (const node of parseMarkdown(text)) readNode(runs, node, text, plain);
  return merge(readWords(markSpoilers(runs)));
}

type Setting = Pick<Span, 'marks' | 'url'>;

function addText(runs: Run[], text: string, setting: Setting, literal = false): void {
  if (text !== '') runs.push({ ...setting, text, mention: null, literal });
}

function readNode(runs: Run[], node: PhrasingContent, source: string, setting: Setting): void {
  switch (node.type) {
    case 'text':
      return addText(runs, node.value, setting);
    case 'escaped':
      return addText(runs, node.value, setting, true);
    case 'break':
      return addText(runs, '\n', setting);
    case 'inlineCode':
      if (node.value.trim() === '') break;
      return addText(runs, node.value, marked(setting, 'CODE'), true);
    case 'strong':
      return readNodes(runs, node.children, source, marked(setting, 'BOLD'));
    case 'emphasis':
      return readNodes(runs, node.children, source, marked(setting, 'ITALIC'));
    case 'delete':
      return readNodes(runs, node.children, source, marked(setting, 'STRIKE'));
    case 'link':
      if (!isAllowed(node.url) || node.children.length === 0) break;
      if (isBare(node, source)) return readAddress(runs, node, setting);
      return readNodes(runs, node.children, source, { ...setting, url: node.url });
  }
  // As typed: empty code, addresses that lead elsewhere, and whatever else the library may come to know.
  const { start, end } = node.position!;
  addText(runs, source.slice(start.offset, end.offset), setting, true);
}

function readNodes(runs: Run[], nodes: PhrasingContent[], source: string, setting: Setting): void {
  for (const node of nodes) readNode(runs, node, source, setting);
}

const isBare = ({ position }: Link, source: string) =>
  !'[<'.includes(source[position!.start.offset!]!);

/** An address that is found in the text does not go on past the end of a spoiler. */
function readAddress(runs: Run[], { url, children }: Link, setting: Setting): void {
  const text = children.map((child) => ('value' in child ? child.value : '')).join('');
  const [address, ...rest] = text.split(/(?=\|\|)/);
  const cut = text.length - address!.length;
  addText(runs, address!, { ...setting, url: cut > 0 ? url.slice(0, -cut) : url });
  addText(runs, rest.join(''), setting);
}

const marked = ({ marks, url }: Setting, mark: Mark): Setting => ({
  marks: MARKS.filter((known) => known === mark || marks.includes(known)),
  url,
});

/** Everything else that an address may be could do more than lead somewhere. */
function isAllowed(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && PROTOCOLS.includes(url.protocol);
}

/** Neighbours that are set alike become one. */
function merge(runs: Run[]): Span[] {
  const spans: Span[] = [];
  for (const { text, marks, url, mention } of runs) {
    const last = spans.at(-1);
    const alike = last && !mention && !last.mention && last.url === url;
    if (alike && last.marks.join() === marks.join()) last.text += text;
    else spans.push({ text, marks, url, mention });
  }
  return spans;
}
