import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignUsernames } from './usernames.ts';

/** The API's rule (`RegisterInput.username`). */
const USERNAME = /^(?=.{1,32}$)[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?$/i;

const nick = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'A', '`', '2', '-', '.') }),
  fc.constantFrom('x'.repeat(40), `${'x'.repeat(40)}y`, 'replay', 'Replay'),
);

test('distinct nicks get distinct usernames that the API takes, and never a taken one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(nick, { maxLength: 60 }), (nicks) => {
      const usernames = [...assignUsernames(nicks, ['replay']).values()];
      expect(usernames).toHaveLength(nicks.length);
      for (const username of usernames) expect(username).toMatch(USERNAME);
      const keys = ['replay', ...usernames.map((username) => username.toLowerCase())];
      expect(new Set(keys).size).toBe(nicks.length + 1);
    }),
  );
});

test('more of a transcript changes no username that was given before', () => {
  fc.assert(
    fc.property(fc.uniqueArray(nick), fc.nat(30), (nicks, length) => {
      const some = assignUsernames(nicks.slice(0, length), []);
      const all = assignUsernames(nicks, []);
      for (const [name, username] of some) expect(all.get(name)).toBe(username);
    }),
  );
});

test('a nick that is a username stays as it is spelt', () => {
  const nicks = [
    'crimsun',
    'Agrajag',
    '|QuaD-',
    '`anthony',
    'anthony',
    'ANTHONY',
    'zcat[1] ',
    '###',
  ];
  expect([...assignUsernames(nicks, []).values()]).toEqual([
    'crimsun',
    'Agrajag',
    'QuaD-',
    'anthony',
    'anthony-2',
    'ANTHONY-3',
    'zcat_1_',
    'nick',
  ]);
});
