import { expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';

test.each([
  ['are the **beans** in?', 'are the beans in?'],
  ['one\n\n> two\n- three', 'one two three'],
  ['see [the plan](https://example.org/plan)', 'see the plan'],
  ['```js\nlet beans = 1;\n```', 'let beans = 1;'],
  ['he is ||the gardener himself||!', 'he is ▒▒▒▒▒▒▒▒!'],
])('%j is told as %j', (body, excerpt) => {
  expect(excerptOf(body)).toBe(excerpt);
});

test('a long message is cut, and not within a character', () => {
  const excerpt = excerptOf('🌱'.repeat(8_000));
  expect(excerpt).toBe(`${'🌱'.repeat(199)}…`);
});
