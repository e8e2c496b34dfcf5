/** Code as tokens, by highlight.js, whose grammars are loaded one by one when somebody uses their language. */
import type { ElementContent, RootContent } from 'hast';
import { createLowlight } from 'lowlight';
import { GRAMMARS, languageOf } from './grammars.ts';

/** What a token is, as far as the eye should tell. */
export type TokenKind =
  'keyword' | 'string' | 'literal' | 'comment' | 'name' | 'addition' | 'deletion';

export interface Token {
  text: string;
  kind: TokenKind | null;
}

/** By the scopes of highlight.js; what is not here looks like text. */
const KINDS: Record<string, TokenKind> = {
  ...each('keyword', ['keyword', 'built_in', 'type', 'tag', 'selector-tag', 'meta', 'doctag']),
  ...each('string', ['string', 'regexp', 'char', 'link', 'template-variable']),
  ...each('literal', ['literal', 'number', 'symbol', 'bullet', 'variable.constant']),
  ...each('comment', ['comment', 'quote']),
  ...each('name', [
    'title',
    'name',
    'section',
    'attr',
    'attribute',
    'selector-class',
    'selector-id',
  ]),
  ...each('addition', ['addition']),
  ...each('deletion', ['deletion']),
};

function each(kind: TokenKind, scopes: string[]): Record<string, TokenKind> {
  return Object.fromEntries(scopes.map((scope) => [scope, kind]));
}

/** @returns null for a language that has no grammar here; rejects where it cannot be loaded */
export async function highlight(code: string, language: string): Promise<Token[] | null> {
  const name = languageOf(language);
  if (!name) return null;
  const { default: grammar } = await GRAMMARS[name]();
  const tokens: Token[] = [];
  readNodes(createLowlight({ [name]: grammar }).highlight(name, code).children, null, tokens);
  return tokens;
}

function readNodes(
  nodes: (RootContent | ElementContent)[],
  around: TokenKind | null,
  tokens: Token[],
): void {
  for (const node of nodes) {
    if (node.type === 'text') tokens.push({ text: node.value, kind: around });
    else if (node.type === 'element') {
      const [scope] = node.properties['className'] as string[];
      readNodes(node.children, KINDS[scope!.replace(/^hljs-/, '')] ?? around, tokens);
    }
  }
}
