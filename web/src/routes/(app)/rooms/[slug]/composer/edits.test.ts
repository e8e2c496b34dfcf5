import { expect, test } from 'vitest';
import { parseContent } from '../../../../../../../text/content.ts';
import { type Edit, type Format, formatted, pasted, type Writing } from './edits.ts';

/** `a <b> c` is a text with b selected, `a | b` one with a caret. */
function read(drawn: string): Writing {
  const text = drawn.replace(/[|⟨⟩]/g, '');
  const caret = drawn.indexOf('|');
  if (caret >= 0) return { text, start: caret, end: caret };
  return { text, start: drawn.indexOf('⟨'), end: drawn.indexOf('⟩') - 1 };
}

function draw({ text }: Writing, { from, to, insert, start, end }: Edit): string {
  const changed = text.slice(0, from) + insert + text.slice(to);
  const [before, inner, after] = [
    changed.slice(0, start),
    changed.slice(start, end),
    changed.slice(end),
  ];
  return inner ? `${before}⟨${inner}⟩${after}` : `${before}|${after}`;
}

test.each<[Format, string, string]>([
  ['bold', 'a ⟨b⟩ c', 'a **⟨b⟩** c'],
  ['bold', 'a **⟨b⟩** c', 'a ⟨b⟩ c'],
  ['bold', 'a⟨ b ⟩c', 'a **⟨b⟩** c'],
  ['italic', 'a |', 'a _|_'],
  ['strike', '⟨a⟩', '~~⟨a⟩~~'],
  ['code', '⟨a⟩', '`⟨a⟩`'],
  ['code', 'x ⟨a\nb⟩ y', 'x \n```\n⟨a\nb⟩\n```\n y'],
  ['link', '⟨a⟩', '[a](|)'],
  ['link', 'x|', 'x[|]()'],
  ['bullets', 'x\n⟨a\nb⟩\ny', 'x\n- a\n- b|\ny'],
  ['bullets', '⟨- a\n- b⟩', 'a\nb|'],
  ['numbers', 'a\n|b', 'a\n1. b|'],
  ['quote', '|', '> |'],
])('%s makes %j into %j', (format, before, after) => {
  expect(draw(read(before), formatted(read(before), format))).toBe(after);
});

test.each([
  ['see ⟨this⟩ now', 'https://a.example', 'see [this](https://a.example)| now'],
  ['⟨Bear⟩', ' https://a.example/B_(x)\n', '[Bear](<https://a.example/B_(x)>)|'],
])('on %j, the address %j makes a link', (before, url, after) => {
  const edit = pasted(read(before), url)!;
  expect(draw(read(before), edit)).toBe(after);
  const spans = parseContent(draw(read(before), edit).replace('|', ''))[0]!.spans;
  expect(spans.map((span) => span.url)).toContain(url.trim());
});

test.each([
  ['a|b', 'https://a.example'],
  ['⟨a⟩', 'not an address'],
  ['⟨a⟩', 'javascript:alert(1)'],
  ['⟨https://b.example⟩', 'https://a.example'],
  ['⟨a\nb⟩', 'https://a.example'],
  ['⟨[a]⟩', 'https://a.example'],
])('on %j, pasting %j is left to the browser', (before, text) => {
  expect(pasted(read(before), text)).toBeNull();
});
