import { expect, test } from 'vitest';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { createRoom } from '../room/room.ts';
import { startApp } from '../test/harness.ts';
import { people, STRANGER } from '../test/people.ts';
import { suggestSearches } from './suggestions.ts';

const suggest = async (app: App, viewer: Viewer, query: string) =>
  (await suggestSearches(app, viewer, { query })).map((suggestion) => suggestion.query);

test('operators, people and rooms that the viewer sees are suggested for the last word', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob } = await people(app);
  await createRoom(app, ann, {
    ...{ slug: 'gallery', name: null, topic: null, visibility: 'PRIVATE' },
  });
  expect(await suggest(app, bob, '')).toContain('from:');
  expect(await suggest(app, bob, 'tea I')).toEqual(['tea in:', 'tea is:pinned ']);
  expect(await suggest(app, bob, 'tea from:@A')).toEqual(['tea from:ann ']);
  expect(await suggest(app, bob, 'in:ga')).toEqual(['in:garden ']);
  expect(await suggest(app, ann, 'in:#ga')).toEqual(['in:gallery ', 'in:garden ']);
  for (const hostile of ['from:%', 'in:_', 'from:\\', `in:${'x'.repeat(8_000)}`, 'zebra']) {
    expect(await suggest(app, ann, hostile)).toEqual([]);
  }
  await expect(suggest(app, STRANGER, '')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});
