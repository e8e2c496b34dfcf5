import { expect, test } from 'vitest';
import { loginPath, safeRedirect } from './redirect.ts';

test.each([
  ['/rooms/garden?x=1#top', '/rooms/garden?x=1#top'],
  ['/', '/'],
  [null, '/'],
  ['', '/'],
  ['rooms', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
])('after logging in, %j leads to %j', (target, path) => {
  expect(safeRedirect(target)).toBe(path);
});

test('the way back survives the login page', () => {
  const url = new URL(loginPath('/rooms/a?b=c&d=e'), 'http://x');
  expect(safeRedirect(url.searchParams.get('redirectTo'))).toBe('/rooms/a?b=c&d=e');
});
