import {
  MARKS,
  type Block,
  type Container,
  type Mark,
  type Span,
} from '../../../../../../../text/content.ts';

/** Blocks as they lie in each other, and runs as their marks do: what the flat list of an API becomes on a page. */
export type BlockNode =
  | { kind: 'block'; block: Block }
  | { kind: 'quote'; children: BlockNode[] }
  | { kind: 'list'; numbered: boolean; items: { number: number | null; children: BlockNode[] }[] };

export type SpanNode =
  | { kind: 'text'; span: Span }
  | { kind: 'link'; url: string; children: SpanNode[] }
  | { kind: 'mark'; mark: Mark; children: SpanNode[] };

export function nestBlocks(blocks: Block[], depth = 0): BlockNode[] {
  const nodes: BlockNode[] = [];
  for (const group of groupBy(blocks, ({ within }) => within[depth]?.key)) {
    const container = group[0]!.within[depth];
    if (!container) {
      nodes.push(...group.map((block) => ({ kind: 'block' as const, block })));
      continue;
    }
    const children = nestBlocks(group, depth + 1);
    if (container.kind === 'QUOTE') nodes.push({ kind: 'quote', children });
    else addItem(nodes, container, children);
  }
  return nodes;
}

function addItem(nodes: BlockNode[], { kind, number }: Container, children: BlockNode[]): void {
  const numbered = kind === 'NUMBERED_ITEM';
  const last = nodes.at(-1);
  if (last?.kind === 'list' && last.numbered === numbered) last.items.push({ number, children });
  else nodes.push({ kind: 'list', numbered, items: [{ number, children }] });
}

/** A spoiler hides the links in it, and a link goes through all other marks. */
const LAYERS = [MARKS[0], 'url', ...MARKS.slice(1)] as const;

export function nestSpans(spans: Span[], layer = 0): SpanNode[] {
  const by = LAYERS[layer];
  if (!by) return spans.map((span) => ({ kind: 'text', span }));
  const valueOf = ({ url, marks }: Span) => (by === 'url' ? url : marks.includes(by));
  return groupBy(spans, valueOf).flatMap((group): SpanNode[] => {
    const children = nestSpans(group, layer + 1);
    const value = valueOf(group[0]!);
    if (!value) return children;
    if (by !== 'url') return [{ kind: 'mark', mark: by, children }];
    return [{ kind: 'link', url: String(value), children }];
  });
}

/** Neighbours of the same key together. */
function groupBy<Item>(items: Item[], keyOf: (item: Item) => unknown): Item[][] {
  const groups: Item[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last && keyOf(last[0]!) === keyOf(item)) last.push(item);
    else groups.push([item]);
  }
  return groups;
}
