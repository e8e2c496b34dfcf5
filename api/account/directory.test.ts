import { expect, test } from 'vitest';
import { ask } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { findPeople } from './directory.ts';

test('people are found by how their names and the words in them begin, by whoever is logged in', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, bob } = await people(app);
  await app.db.prisma.user.update({
    where: { id: bob.user.id },
    data: { displayName: 'Robert of A%rau' },
  });
  const found = async (search: string) =>
    (await findPeople(app, ann, { search })).map(({ username }) => username);
  expect(await found('')).toEqual(['ann', 'bob', 'eve', 'root']);
  expect(await found('@BO')).toEqual(['bob']);
  expect(await found('robert')).toEqual(['bob']);
  expect(await found('a%')).toEqual(['bob']);
  expect(await found('a_')).toEqual([]);
  expect(await found('rau')).toEqual([]);
  await app.db.prisma.user.update({
    where: { id: bob.user.id },
    data: { deactivatedAt: new Date() },
  });
  expect(await found('bob')).toEqual([]);
  const { errors } = await ask(url, '{ people(search: "a") { username } }');
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});
