import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, parseContent } from './content.ts';
import { isEmojiOnly, mentionsIn, plainText } from './plain.ts';

/** Content as one reads it: `BOLD(a)`, `url(a)`, `USER(@ann)`; and before each block what lies around it. */
function written(content: Block[]): string[] {
  return content.map(({ kind, within, spans, language }) => {
    const path = within.map((one) => one.number ?? (one.kind === 'QUOTE' ? '>' : '-')).join('');
    const text = spans.map(({ text, marks, url, mention }) => {
      const signs = [url, mention && `${mention.kind}:${mention.name}`, ...marks.toReversed()];
      return signs.reduce<string>((inner, sign) => (sign ? `${sign}(${inner})` : inner), text);
    });
    return `${path && `${path} `}${kind === 'CODE' ? `CODE[${language ?? ''}] ` : ''}${text.join('')}`;
  });
}

test.each([
  ['**bold** *italic* _italic_ ~~gone~~', 'BOLD(bold) ITALIC(italic) ITALIC(italic) STRIKE(gone)'],
  ['**bold _both_**', 'BOLD(bold )BOLD(ITALIC(both))'],
  ['`**code** @ann :tada: ||x||`', 'CODE(**code** @ann :tada: ||x||)'],
  ['``a ` b``', 'CODE(a ` b)'],
  ['```one line```', 'CODE(one line)'],
  ['中文**强调**中文', '中文BOLD(强调)中文'],
  ['one\ntwo  \nthree\\\nfour', 'one\ntwo\nthree\\\nfour'],
  ['say:\n    indented\n\ttoo', 'say:\n    indented\n\ttoo'],
  ['||it was **him**||!', 'SPOILER(it was )SPOILER(BOLD(him))!'],
  ['**||a||** ||b|| ||c||', 'SPOILER(BOLD(a)) SPOILER(b) SPOILER(c)'],
  ['[a **link**](https://a.example "t")', 'https://a.example(a )BOLD(https://a.example(link))'],
  ['<https://a.example>', 'https://a.example(https://a.example)'],
  ['www.a.example', 'http://www.a.example(www.a.example)'],
  ['mail ann@a.example', 'mail mailto:ann@a.example(ann@a.example)'],
  ['(http://localhost:4000/rooms)', '(http://localhost:4000/rooms(http://localhost:4000/rooms))'],
  [
    'https://de.wikipedia.org/wiki/Bär_(Tier).',
    'https://de.wikipedia.org/wiki/Bär_(Tier)(https://de.wikipedia.org/wiki/Bär_(Tier)).',
  ],
  ['https://a.example/__init__.py', 'https://a.example/__init__.py(https://a.example/__init__.py)'],
  ['https://a.example/@ann#all', 'https://a.example/@ann#all(https://a.example/@ann#all)'],
  ['||https://a.example/x||', 'SPOILER(https://a.example/x(https://a.example/x))'],
  ['@ann, @Bob.b. (@x-y_)', 'USER:ann(@ann), USER:Bob.b(@Bob.b). (USER:x-y_(@x-y_))'],
  ['@here @ALL', 'HERE:here(@here) ALL:ALL(@ALL)'],
  ['**@ann** ~~#garden~~', 'BOLD(USER:ann(@ann)) STRIKE(ROOM:garden(#garden))'],
  ['in #building-2, #café_bär', 'in ROOM:building-2(#building-2), ROOM:café_bär(#café_bär)'],
  [':tada::+1: :Heart:', '🎉👍 ❤️'],
  ['\\*a\\* \\@ann \\#b \\:tada: \\||c||', '*a* @ann #b :tada: ||c||'],
])('%j is read as %j', (body, expected) => {
  expect(written(parseContent(body))).toEqual([expected]);
});

test.each([
  '# x',
  '#1 of 3, #42',
  '1986. what a year',
  'Title\n=====',
  'a\n---',
  '---',
  '***',
  '*',
  '-',
  '* * *',
  '+1',
  '-1 degrees',
  '+ as a bullet',
  '2*3*4 = 24, x**2 + y**2',
  'snake_case, __init__.py and __all__',
  '~5 minutes, ~/.config',
  ':) :-) :/ ;) :D >:( >_<',
  '10:30:45 a::b C++::std :not-an-emoji:',
  '<b>bold</b> &amp; &lt;',
  '<nick> hello',
  '![alt]',
  '[1] and [x][y] [^1]',
  '[x]: y',
  '[a]()',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  'if (a || b || c) a||b||c',
  '||',
  '|| a ||',
  '||||',
  '>quote',
  '>>> print(1)',
  '```',
  '```\n```',
  '~~~ hm',
  'C:\\Users\\ann\\.config \\\\server\\share',
  '¯\\_(ツ)_/¯',
  'a@b @ @. @-x @ann_ö ann@',
  '@x23456789012345678901234567890123',
  'C# F#m a#b',
  '[x](javascript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](/rooms) [x](//a.example) [x](vbscript:x) [x](ftp://a.example)',
  '<javascript:alert(1)>',
  '\u202Eright to left',
])('%j is as typed', (body) => {
  expect(written(parseContent(body))).toEqual([body]);
});

test.each([
  ['one\n\n\ntwo', ['one', 'two']],
  ['a\r\nb\r\rc', ['a\nb', 'c']],
  ['> quoted\n> too\nanswer', ['> quoted\ntoo', 'answer']],
  ['> one\n>\n> two\n\n> other', ['> one', '> two', '> other']],
  ['> > **deep**', ['>> BOLD(deep)']],
  ['> - a\n> - b', ['>- a', '>- b']],
  ['buy:\n- milk\n- eggs\nthanks', ['buy:', '- milk', '- eggs', 'thanks']],
  ['* a\n  more\n\n  again\n* b', ['- a\nmore', '- again', '- b']],
  ['1. a\n   - b\n2) c', ['1 a', '1- b', '2 c']],
  ['12. a\n    b\n  c', ['12 a\nb\nc']],
  ['born in\n86. great', ['born in\n86. great']],
  ['- - a', ['-- a']],
  ['```js\nlet a = "*b*";\n\n  c\n```', ['CODE[js] let a = "*b*";\n\n  c']],
  ['see ```\nx', ['see ```\nx']],
  ['x\n```\na\n```\ny', ['x', 'CODE[] a', 'y']],
  ['```one\ntwo```', ['CODE[one] two']],
  ['```a = 1\nb = 2```', ['CODE[] a = 1\nb = 2']],
  ['````\n```\n````', ['CODE[] ```']],
  ['~~~\n> a\n~~~', ['CODE[] > a']],
  ['- ```\n  a\n    b\n  ```', ['- CODE[] a\n  b']],
  ['> ```\n> a\n> ```\nb', ['> CODE[] a', 'b']],
  ['```\nopen', ['```\nopen']],
])('the blocks of %j are %j', (body, expected) => {
  expect(written(parseContent(body))).toEqual(expected);
});

test('what lies in the same quote or item names the same one', () => {
  const content = parseContent('> a\n>\n> - b\n> - c\n\n> d');
  expect(content.map(({ within }) => within.map(({ key }) => key))).toEqual([
    [0],
    [0, 1],
    [0, 2],
    [3],
  ]);
});

test('containers lie six deep at most; what would lie deeper is as typed', () => {
  const [block] = parseContent('> '.repeat(9) + 'a');
  expect(block!.within).toHaveLength(6);
  expect(plainText([block!])).toBe('> > > a');
});

test('who is mentioned is told in order, and not out of code or links', () => {
  const content = parseContent('@ann `@bob` [@carol](https://a.example)\n> #garden @ann');
  expect(mentionsIn(content).map(({ name }) => name)).toEqual(['ann', 'garden', 'ann']);
});

test.each([
  ['🎉', true],
  [':tada: 👩‍👧\n🇩🇪 👍🏽', true],
  ['🎉'.repeat(10), true],
  ['🎉'.repeat(11), false],
  ['🎉!', false],
  ['**🎉**', false],
  ['> 🎉', false],
  ['1 2', false],
  ['©', false],
  ['', false],
])('whether %j is only emoji: %j', (body, expected) => {
  expect(isEmojiOnly(parseContent(body))).toBe(expected);
});

const LENGTH = 8_000;
const HOSTILE = [
  ...[
    '>',
    '> ',
    '>\n',
    '> a\n',
    '> > > > > > > > a\n',
    '- ',
    '- - -a\n',
    '- a\n\n',
    '1. ',
    '- a\n  ',
  ],
  ...[
    '*',
    '**a',
    '**a ',
    '*a **a ',
    'a*',
    '_a ',
    '~~a',
    'a~~ ',
    '`',
    '``a`',
    '[',
    '[a](',
    '[a](b',
    '](',
  ],
  ...[
    '![',
    '<http:',
    'http://',
    'http://a ',
    'www.',
    'a@',
    'a.',
    'a@a.',
    '\\',
    '||a',
    '|| a',
    '||',
    '*_',
  ],
  ...[
    '[*a',
    '<',
    '<a',
    '```\n',
    '```a\n',
    '~~~a\n>',
    ':a',
    '@a',
    ':a:',
    '#a',
    '#a-',
    '(http://a.b(',
  ],
  ...[
    '  \n',
    '\t',
    '*a_ ',
    '**a*',
    '[](<',
    '`a``b```c',
    'x**y',
    '**a*\n\n',
    '[a](b)',
    '\u0301',
    '#\u0301',
  ],
  ...['@a.', ':::', '- ```\n', '> ```\n', '😀', '1) 2) '],
];

test.each(HOSTILE)('8,000 characters of %j are parsed in a moment', (unit) => {
  const body = unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH);
  let best = Infinity;
  // The best of some: the machine has other things to do.
  for (let attempt = 0; attempt < 5 && best > 20; attempt++) {
    const start = performance.now();
    parseContent(body);
    best = Math.min(best, performance.now() - start);
  }
  expect(best).toBeLessThan(100);
});

const PIECES = [
  ...[
    'a',
    'b1',
    ' ',
    ' ',
    '\n',
    '\n\n',
    '*',
    '**',
    '_',
    '~~',
    '||',
    '`',
    '```',
    '> ',
    '- ',
    '1. ',
    '\\',
  ],
  ...[
    '[',
    '](',
    ')',
    '<',
    '>',
    '@',
    '#',
    ':',
    ':tada:',
    '!',
    'https://a.example/',
    'ann@b.example',
    '\t',
  ],
];

test('whatever is typed, all of its letters are there, in their order', () => {
  const piece = fc.oneof(
    // A link’s address, a language and an emoji’s name are not in the text.
    fc.constantFrom(...PIECES.filter((text) => !/[[\]]|```|tada/.test(text))),
    fc.string({ unit: 'grapheme' }),
  );
  const letters = (text: string) => text.match(/[\p{L}\p{N}]/gu)?.join('') ?? '';
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const body = pieces.join('').replace(/[[\]:]/g, '');
      const content = parseContent(body);
      const numbers = content.some(({ within }) => within.some(({ number }) => number !== null));
      if (!numbers) expect(letters(plainText(content))).toBe(letters(body));
    }),
    { numRuns: 1_000 },
  );
});

test('whatever is typed, the content is well formed', () => {
  const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
      const body = pieces.join('');
      const content = parseContent(body);
      if (/\S/.test(body)) expect(content.length).toBeGreaterThan(0);
      for (const { kind, within, spans } of content) {
        expect(within.length).toBeLessThanOrEqual(6);
        expect(spans.length).toBeGreaterThan(0);
        for (const { text, marks, url } of spans) {
          expect(text).not.toBe('');
          expect(new Set(marks).size).toBe(marks.length);
          if (url !== null) expect(url).toMatch(/^(?:https?|mailto):/i);
          if (kind === 'CODE') expect(marks).toEqual([]);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
