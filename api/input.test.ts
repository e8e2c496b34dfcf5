import { expect, test } from 'vitest';
import { ask, bearer, run } from './test/client.ts';
import { startApp } from './test/harness.ts';
import { people } from './test/people.ts';

const NUL = String.fromCharCode(0);

test('a text that no database holds is refused or finds nothing, and is never a fault of the server', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const create = `mutation { createRoom(input: { slug: "den" }) { room { id } } }`;
  await run(server.url, create, {}, ann.token);
  for (const query of [
    'query ($text: String!) { room(slug: $text) { id } }',
    'query ($text: String!) { rooms(search: $text) { edges { node { id } } } }',
    'query ($text: String!) { room(slug: "den") { members(search: $text) { edges { node { id } } } } }',
    'query ($text: String!) { people(search: $text) { id } }',
    'query ($text: String!) { searchSuggestions(query: $text) { query } }',
    'mutation ($text: String!) { login(input: { username: $text, password: $text }) { token } }',
    'mutation ($text: String!) { createRoom(input: { slug: "lair", topic: $text }) { room { id } } }',
    'mutation ($text: String!) { setCustomStatus(input: { text: $text }) { user { id } } }',
  ]) {
    for (const text of [NUL, `a${NUL}b`, `from:a${NUL}b`, '\uD800']) {
      const { errors } = await ask(server.url, query, { text }, bearer(ann.token));
      for (const { extensions, message } of errors ?? []) {
        expect(extensions?.code, `${query}: ${message}`).toMatch(
          /^(INVALID_INPUT|UNAUTHENTICATED|NOT_FOUND)$/,
        );
      }
    }
  }
});

test('a moment is of the years that a calendar and the database have, and by ISO 8601', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const query = `mutation ($until: DateTime!) {
    setCustomStatus(input: { text: "Away", until: $until }) { user { customStatus { until } } }
  }`;
  for (const until of [
    '+010000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-01:00',
    '-000001-01-01T00:00:00Z',
    '0000-12-31T00:00:00Z',
    'November 3, 2030',
    '2030-11-03T10:00',
    '2030-13-01',
    '1',
  ]) {
    const { errors } = await ask(server.url, query, { until }, bearer(ann.token));
    expect(errors?.[0]?.message, until).toMatch(/A DateTime is text by ISO 8601/);
  }
  for (const [until, read] of [
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2100-11-03T10:00+02:00', '2100-11-03T08:00:00.000Z'],
    ['2100-11-03', '2100-11-03T00:00:00.000Z'],
  ]) {
    const { setCustomStatus } = await run(server.url, query, { until }, ann.token);
    expect(setCustomStatus.user.customStatus.until).toBe(read);
  }
});
