import { expect, test } from 'vitest';
import { parseContent } from '../../../../../../../text/content.ts';
import { type BlockNode, nestBlocks, nestSpans, type SpanNode } from './nest.ts';

const draw = (nodes: BlockNode[]): string =>
  nodes
    .map((node) => {
      if (node.kind === 'quote') return `quote(${draw(node.children)})`;
      if (node.kind === 'block') return node.block.spans.map(({ text }) => text).join('');
      const items = node.items.map(({ number, children }) => `${number ?? '-'} ${draw(children)}`);
      return `${node.numbered ? 'ol' : 'ul'}(${items.join('; ')})`;
    })
    .join(' ');

const drawSpans = (nodes: SpanNode[]): string =>
  nodes
    .map((node) => {
      if (node.kind === 'text') return node.span.text;
      return `${node.kind === 'link' ? node.url : node.mark}(${drawSpans(node.children)})`;
    })
    .join('');

test.each([
  ['a\n\nb', 'a b'],
  ['> a\n>\n> b\nc\n> d', 'quote(a b) c quote(d)'],
  ['- a\n  - b\n- c\n1. d\n2. e', 'ul(- a ul(- b); - c) ol(1 d; 2 e)'],
  ['> - a\n>   > b', 'quote(ul(- a quote(b)))'],
])('the blocks of %j lie in each other as %s', (body, expected) => {
  expect(draw(nestBlocks(parseContent(body)))).toBe(expected);
});

test.each([
  ['**a _b_ c**', 'BOLD(a ITALIC(b) c)'],
  ['_a **b**_ c', 'ITALIC(a )BOLD(ITALIC(b)) c'],
  ['[**a** b](https://c.d) e', 'https://c.d(BOLD(a) b) e'],
  ['||a [b](https://c.d) _e_||', 'SPOILER(a https://c.d(b) ITALIC(e))'],
])('the marks of %j lie in each other as %s', (body, expected) => {
  expect(drawSpans(nestSpans(parseContent(body)[0]!.spans))).toBe(expected);
});
