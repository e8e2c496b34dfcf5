import { expect, test } from 'vitest';
import { isSlug, slugFrom } from './slug.ts';

test.each([
  ['Garden party', 'garden-party'],
  ['  C++ & Rust!  ', 'c-rust'],
  ['Überraschung', 'überraschung'],
  ['会議 室', '会議-室'],
  ['!!!', ''],
  ['a'.repeat(80), 'a'.repeat(64)],
])('the name %j suggests the address %j', (name, slug) => {
  expect(slugFrom(name, 64)).toBe(slug);
});

test.each([
  ['garden', true],
  ['ubuntu_help-2', true],
  ['会議', true],
  ['', false],
  ['Garden', false],
  ['a--b', false],
  ['-a', false],
  ['a b', false],
  ['../etc', false],
  ['a'.repeat(65), false],
])('whether %j is an address: %j', (text, valid) => {
  expect(isSlug(text, 64)).toBe(valid);
});
