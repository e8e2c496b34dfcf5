import { expect, test } from 'vitest';
import { completed, queryAt } from './completion.ts';

const at = (drawn: string) => {
  const caret = drawn.indexOf('|');
  return queryAt({ text: drawn.replace('|', ''), start: caret, end: caret });
};

test.each([
  ['@|', '@', ''],
  ['hi @an|', '@', 'an'],
  ['(@an|n)', '@', 'an'],
  ['hi\n@Jör|', '@', 'Jör'],
  ['#|', '#', ''],
  ['see #gar|den', '#', 'gar'],
  ['#кух|', '#', 'кух'],
  ['so :tad|', ':', 'tad'],
  [':+1|', ':', '+1'],
  ['👍 :he|', ':', 'he'],
])('at the caret of %j, %s completes %j', (drawn, sign, word) => {
  expect(at(drawn)).toMatchObject({ sign, word });
});

test.each([
  ...['|', 'ann@ex|', 'a#b|', ':D|', ':|', '12:30|', 'https://a.example/#top|', '@ann |', '## |'],
  ...[':tada:|', 'a::bc|'],
])('at the caret of %j there is nothing to complete', (drawn) => {
  expect(at(drawn)).toBeNull();
});

test.each([
  ['hi @an|', 'hi @ann |'],
  ['hi @an|, you', 'hi @ann|, you'],
  ['hi @an|\nyou', 'hi @ann |\nyou'],
  ['hi @an| you', 'hi @ann |you'],
  ['@an|you', '@ann |you'],
])(
  'accepting a completion makes %j into %j, and leaves what is behind the caret',
  (drawn, after) => {
    const text = drawn.replace('|', '');
    const { from, to, insert, start } = completed(text, at(drawn)!, '@ann');
    const changed = text.slice(0, from) + insert + text.slice(to);
    expect(changed.endsWith(text.slice(to))).toBe(true);
    expect(changed.slice(0, start) + '|' + changed.slice(start)).toBe(after);
  },
);
