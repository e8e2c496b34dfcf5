import { expect, test } from 'vitest';
import { setCustomStatus } from '../account/custom-status.ts';
import { updateProfile } from '../account/profile.ts';
import { setServerRole } from '../account/server-role.ts';
import { encodeNodeId } from '../node-id.ts';
import { ask, bearer, connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people, STRANGER, type TestPerson } from '../test/people.ts';
import { skipWithoutRedis, startRedis } from '../test/redis.ts';
import { followPeople } from './people.ts';
import { MOST_WATCHED } from './stream.ts';

const WATCH = `subscription ($userIds: [ID!]!) {
  peopleChanged(userIds: $userIds) { username displayName role customStatus { text } }
}`;

test('whoever is watched is told as they are, and again when they change', async () => {
  await using server = await startApp();
  const { root, ann, bob, eve } = await people(server.app);
  const stream = connect(server.url, eve.token);
  const results = stream.iterate({ query: WATCH, variables: { userIds: [idOf(ann), idOf(bob)] } });
  const next = async () => (await results.next()).value!.data!['peopleChanged'];
  expect(await next()).toMatchObject([{ username: 'ann' }, { username: 'bob' }]);
  await updateProfile(server.app, bob, { displayName: 'Robert' });
  expect(await next()).toEqual([
    { username: 'bob', displayName: 'Robert', role: 'MEMBER', customStatus: null },
  ]);
  await setCustomStatus(server.app, ann, { emoji: null, text: 'Away', until: null });
  // Whom nobody watches is not told of.
  await updateProfile(server.app, eve, { displayName: 'Eva' });
  expect(await next()).toMatchObject([{ username: 'ann', customStatus: { text: 'Away' } }]);
  await updateProfile(server.app, bob, { displayName: 'Bob' });
  expect(await next()).toMatchObject([{ displayName: 'Bob' }]);
  await setServerRole(server.app, root, { userId: bob.user.id, role: 'ADMINISTRATOR' });
  expect(await next()).toMatchObject([{ username: 'bob', role: 'ADMINISTRATOR' }]);
  void stream.dispose();
});

test('a change reaches those who watch at another process', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  await using one = await startApp({ REDIS_URL: redis.url });
  await using other = await startApp({ REDIS_URL: redis.url, DATABASE_URL: one.databaseUrl });
  const { ann, bob } = await people(one.app);
  const stream = connect(other.url, ann.token);
  const results = stream.iterate({ query: WATCH, variables: { userIds: [idOf(bob)] } });
  expect((await results.next()).value!.data!['peopleChanged']).toHaveLength(1);
  await updateProfile(one.app, bob, { displayName: 'Robert' });
  expect((await results.next()).value!.data).toMatchObject({
    peopleChanged: [{ displayName: 'Robert' }],
  });
  void stream.dispose();
});

test('nobody watches logged out, nor too many, and a stream ends with its session', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  const one = { userIds: [ann.user.id] };
  expect(() => followPeople(server.app, STRANGER, one)).toThrow('Log in');
  const crowd = Array.from({ length: MOST_WATCHED + 1 }, () => ann.user.id);
  expect(() => followPeople(server.app, bob, { userIds: crowd })).toThrow('up to');
  const stream = followPeople(server.app, bob, one);
  expect((await stream.next()).value).toEqual([ann.user.id]);
  const waiting = stream.next();
  await run(server.url, 'mutation { logout { ok } }', {}, bob.token);
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect((await ask(server.url, '{ me { id } }', {}, bearer(bob.token))).data!['me']).toBeNull();
});

const idOf = ({ user }: TestPerson) => encodeNodeId('User', user.id);
