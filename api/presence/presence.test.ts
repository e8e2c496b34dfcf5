/** Presence and typing as clients of the API meet them. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { encodeNodeId } from '../node-id.ts';
import { ask, bearer, connect, run } from '../test/client.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { people, type TestPerson } from '../test/people.ts';
import { eventsOf } from '../test/watch.ts';
import { FOLLOWERS_PER_USER } from '../message/following.ts';
import { followPresence } from './presence.ts';
import { MOST_WATCHED } from './stream.ts';

const ATTEND = `subscription ($isIdle: Boolean! = false, $status: ChosenStatus) {
  viewerPresence(isIdle: $isIdle, status: $status) { userId status lastSeenAt }
}`;
const WATCH = `subscription ($userIds: [ID!]!) {
  presenceChanged(userIds: $userIds) { userId status lastSeenAt }
}`;
const SET_STATUS = `mutation ($status: ChosenStatus!) {
  setStatus(input: { status: $status }) { presence { status } }
}`;
const TYPING = `subscription ($roomId: ID!) {
  typing(roomId: $roomId) { totalCount users { username } }
}`;
const SET_TYPING = `mutation ($roomId: ID!) { setTyping(input: { roomId: $roomId }) { ok } }`;

test('whoever is watched is told of as they come, go away, choose a status and leave', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  const bobs = idOf(bob);
  using seen = follow(server, ann, WATCH, { userIds: [bobs, idOf(ann)] });
  expect(await seen.next()).toMatchObject([
    { userId: bobs, status: 'OFFLINE', lastSeenAt: null },
    { userId: idOf(ann), status: 'OFFLINE' },
  ]);
  using device = follow(server, bob, ATTEND);
  expect(await device.next()).toMatchObject({ userId: bobs, status: 'ONLINE' });
  expect(await seen.next()).toMatchObject([{ userId: bobs, status: 'ONLINE', lastSeenAt: null }]);
  using idle = follow(server, bob, ATTEND, { isIdle: true });
  expect(await idle.next()).toMatchObject({ status: 'ONLINE' });
  device.close();
  expect(await seen.next()).toMatchObject([{ userId: bobs, status: 'AWAY' }]);
  expect(await idle.next()).toMatchObject({ status: 'AWAY' });
  const { setStatus } = await run(server.url, SET_STATUS, { status: 'DO_NOT_DISTURB' }, bob.token);
  expect(setStatus.presence.status).toBe('DO_NOT_DISTURB');
  expect(await idle.next()).toMatchObject({ status: 'DO_NOT_DISTURB' });
  expect(await seen.next()).toMatchObject([{ status: 'DO_NOT_DISTURB' }]);
  idle.close();
  expect(await seen.next()).toMatchObject([
    { userId: bobs, status: 'OFFLINE', lastSeenAt: expect.stringMatching(/Z$/) },
  ]);
  const { node } = await run(
    server.url,
    'query ($id: ID!) { node(id: $id) { ... on User { presence { status lastSeenAt } } } }',
    { id: bobs },
    ann.token,
  );
  expect(node.presence).toEqual({ status: 'OFFLINE', lastSeenAt: expect.any(String) });
});

test('logging out ends a presence, also over SSE', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...bearer(bob.token),
    },
    body: JSON.stringify({ query: ATTEND }),
  });
  using seen = follow(server, ann, WATCH, { userIds: [idOf(bob)] });
  expect(await seen.next()).toMatchObject([{ status: 'ONLINE' }]);
  await run(server.url, 'mutation { logout { ok } }', {}, bob.token);
  const results = [];
  for await (const { data } of eventsOf<any>(response)) results.push(data.viewerPresence.status);
  expect(results).toEqual(['ONLINE']);
  expect(await seen.next()).toMatchObject([{ status: 'OFFLINE' }]);
});

test('what may not be asked is refused', async () => {
  await using server = await startApp();
  const { ann, bob, roomId } = await people(server.app);
  const nobody = await ask(server.url, SET_STATUS, { status: 'AWAY' });
  expect(nobody.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  const stranger = await ask(server.url, SET_TYPING, { roomId: 'nonsense' }, bearer(ann.token));
  expect(stranger.errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  using notAUser = follow(server, ann, WATCH, { userIds: [roomId] });
  await expect(notAUser.next()).rejects.toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  const userIds = Array.from({ length: MOST_WATCHED + 1 }, () => bob.user.id);
  expect(() => followPresence(server.app, ann, { userIds })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', details: { field: 'userIds' } }),
  );
});

test('subscriptions of presence count among those that are executed for one person alone', async () => {
  await using server = await startApp({ RATE_LIMITS: 'on' });
  const { ann, bob } = await people(server.app);
  const input = { userIds: [bob.user.id] };
  const streams = Array.from({ length: FOLLOWERS_PER_USER }, () =>
    followPresence(server.app, ann, input),
  );
  expect(() => followPresence(server.app, ann, input)).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED' }),
  );
  await streams[0]!.return();
  await followPresence(server.app, ann, input).return();
  for (const stream of streams) await stream.return();
});

test('a burst of changes comes as how it stands in the end', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  const stream = followPresence(server.app, ann, { userIds: [bob.user.id] });
  await stream.next();
  const leave = server.app.presences.enter(bob.user.id, { isIdle: false }, null);
  for (const status of ['AWAY', 'DO_NOT_DISTURB', 'ONLINE', 'AWAY'] as const) {
    server.app.presences.choose(bob.user.id, status);
  }
  expect((await stream.next()).value).toMatchObject([{ status: 'AWAY' }]);
  leave();
  await stream.return();
});

test('neither writes to the database', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  await refuseWrites(server);
  using seen = follow(server, ann, WATCH, { userIds: [idOf(bob)] });
  expect(await seen.next()).toMatchObject([{ status: 'OFFLINE' }]);
  using typing = follow(server, ann, TYPING, { roomId });
  expect(await typing.next()).toEqual({ totalCount: 0, users: [] });
  using device = follow(server, bob, ATTEND);
  expect(await seen.next()).toMatchObject([{ status: 'ONLINE' }]);
  await run(server.url, SET_STATUS, { status: 'AWAY' }, bob.token);
  expect(await seen.next()).toMatchObject([{ status: 'AWAY' }]);
  await run(server.url, SET_TYPING, { roomId }, bob.token);
  expect(await typing.next()).toEqual({ totalCount: 1, users: [{ username: 'bob' }] });
  device.close();
  expect(await seen.next()).toMatchObject([{ status: 'OFFLINE' }]);
  await expect(
    server.app.db.prisma.room.update({ where: { id: room.id }, data: { name: 'written' } }),
  ).rejects.toThrow(/read-only/);
});

const idOf = ({ user }: TestPerson) => encodeNodeId('User', user.id);

/** A subscription over a socket of its own; `next` gives what its one field has, one after the other. */
function follow({ url }: TestApp, { token }: TestPerson, query: string, variables: object = {}) {
  const client = connect(url, token);
  const results = client.iterate({ query, variables: { ...variables } });
  return {
    async next(): Promise<any> {
      const { value } = await results.next();
      if (value?.errors) throw value.errors;
      return Object.values(value!.data!)[0];
    },
    close: () => void client.dispose(),
    [Symbol.dispose]: () => void client.dispose(),
  };
}

/** From here on the server's database takes no writes of anybody. */
async function refuseWrites({ databaseUrl }: TestApp): Promise<void> {
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  const { rows } = await admin.query<{ name: string }>('SELECT current_database() AS name');
  await admin.query(`ALTER DATABASE ${rows[0]!.name} SET default_transaction_read_only = on`);
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await admin.end();
}
