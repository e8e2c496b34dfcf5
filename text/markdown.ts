/** The marks and links of one paragraph as a syntax tree: CommonMark’s inline part, less what surprises in a chat. */
import type { PhrasingContent } from 'mdast';
import { type Extension, fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { chatConstructs } from './constructs.ts';

declare module 'mdast' {
  interface PhrasingContentMap {
    escaped: Escaped;
  }
  interface RootContentMap {
    escaped: Escaped;
  }
}

/** Text in which no sign means anything: what was written with a backslash. */
interface Escaped {
  type: 'escaped';
  value: string;
}

const asTyped: Extension = {
  exit: {
    literalValue(token) {
      const escaped: Escaped = { type: 'escaped', value: this.sliceSerialize(token) };
      this.enter(escaped, token);
      this.exit(token);
    },
    /** How far a line is moved in, which Markdown drops. */
    linePrefix(token) {
      if (this.stack.length < 2) return;
      this.config.enter['data']!.call(this, token);
      this.config.exit['data']!.call(this, token);
    },
  },
};

const options = {
  extensions: [chatConstructs, gfmStrikethrough({ singleTilde: false }), gfmAutolinkLiteral()],
  mdastExtensions: [
    gfmStrikethroughFromMarkdown(),
    // Without its second search for addresses, in text that the tokenizer has been through.
    { ...gfmAutolinkLiteralFromMarkdown(), transforms: [] },
    asTyped,
  ],
};

/** @param paragraph without blank lines */
export function parseMarkdown(paragraph: string): PhrasingContent[] {
  const [child] = fromMarkdown(paragraph, options).children;
  return child && 'children' in child ? (child.children as PhrasingContent[]) : [];
}
