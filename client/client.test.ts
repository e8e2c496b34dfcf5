import { expect, test } from 'vitest';
import { startApp } from '../api/test/harness.ts';
import { PASSWORD } from '../api/test/people.ts';
import { ParleyError, type TypedDocument } from './src/client.ts';
import { clientOf, startRoom } from './test/room.ts';

test('registers, keeps the token, and is known by it in the next start', async () => {
  await using server = await startApp();
  const first = clientOf(server, {});
  expect(await first.me()).toBeNull();
  const { user, token } = await first.register({ username: 'zoe', password: PASSWORD });
  expect(user).toMatchObject({ username: 'zoe', displayName: 'zoe' });
  expect(first.token).toBe(token);
  expect(await first.me()).toEqual(user);

  const next = clientOf(server, { token: first.token });
  expect(await next.me()).toEqual(user);
  await next.logout();
  expect(next.token).toBeUndefined();
  expect(await first.me()).toBeNull();
});

test('logs in by token, or by cookie and then without one', async () => {
  const { server } = await startRoom();
  const client = clientOf(server, {});
  await client.login({ username: 'ann', password: PASSWORD });
  expect(client.token).toMatch(/./);
  const { token } = await client.login({ username: 'bob', password: PASSWORD, session: 'COOKIE' });
  expect(token).toBeNull();
  expect(client.token).toBeUndefined();
});

test('makes, finds, joins, leaves and lists rooms', async () => {
  const { ann, bob, as } = await startRoom();
  const [asAnn, asBob] = [as(ann), as(bob)];
  const made = await asAnn.createRoom({ slug: 'shed', topic: 'Tools' });
  expect(made).toMatchObject({ slug: 'shed', name: 'shed', topic: 'Tools', memberCount: 1 });

  expect((await asBob.findRoom('shed'))?.viewerMembership).toBeNull();
  expect(await asBob.findRoom('nowhere')).toBeNull();
  const shed = asBob.room(made.id);
  expect((await shed.join()).viewerMembership).toEqual({ role: 'MEMBER' });
  expect(await shed.get()).toMatchObject({ slug: 'shed', memberCount: 2 });
  const { edges, pageInfo } = await asBob.rooms({ first: 1, joined: true });
  expect(edges.map(({ node }) => node.slug)).toEqual(['garden']);
  expect(pageInfo.hasNextPage).toBe(true);
  expect((await shed.leave()).viewerMembership).toBeNull();
});

test('reads the history page by page, with the cursor of the head', async () => {
  const { bob, roomId, as } = await startRoom();
  const room = as(bob).room(roomId);
  const sent = [];
  for (const body of ['one', 'two', 'three']) sent.push(await room.send(body));

  const newest = await room.history({ last: 2 });
  expect(newest.messages.edges).toEqual(sent.slice(1));
  expect(newest.cursor).toBe(sent[2]!.cursor);
  expect(newest.messages.pageInfo.hasPreviousPage).toBe(true);
  const older = await room.history({ last: 2, before: newest.messages.pageInfo.startCursor });
  expect(older.messages.edges).toEqual(sent.slice(0, 1));
  expect((await room.history()).messages.edges).toEqual(sent);
});

test('runs documents of one’s own, typed by what was generated for them', async () => {
  const { ann, as } = await startRoom();
  const client = as(ann);
  const mine: TypedDocument<
    { me: { username: string } },
    Record<string, never>
  > = '{ me { username } }';
  expect((await client.query(mine)).me.username).toBe('ann');

  const search: TypedDocument<{ room: { name: string } | null }, { slug: string }> =
    'query ($slug: String!) { room(slug: $slug) { name } }';
  expect(await client.query(search, { slug: 'garden' })).toEqual({ room: { name: 'Garden' } });
  // @ts-expect-error The variable is missing.
  await expect(client.query(search)).rejects.toMatchObject({ name: 'ParleyError' });
});

test('tells what was refused by its code, the field at fault and how long to wait', async () => {
  const { server, eve, roomId, as } = await startRoom();
  const asEve = as(eve);
  await expect(asEve.room(roomId).send('Hello')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(asEve.room('nowhere').get()).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(asEve.createRoom({ slug: 'a b' })).rejects.toMatchObject({
    name: 'ParleyError',
    code: 'INVALID_INPUT',
    field: 'slug',
  });
  await expect(clientOf(server, {}).createRoom({ slug: 'shed' })).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  await expect(asEve.query('{ nothing }')).rejects.toBeInstanceOf(ParleyError);

  await using limited = await startApp({ RATE_LIMITS: 'on', DATABASE_URL: server.databaseUrl });
  const guess = () => clientOf(limited, {}).login({ username: 'ann', password: 'wrong password' });
  await expect
    .poll(() => guess().catch((error: ParleyError) => error), { timeout: 20_000, interval: 0 })
    .toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
});

test('a server that is not there is OFFLINE, and something else on its port too', async () => {
  const { server, ann } = await startRoom();
  await server.close();
  const client = clientOf(server, { token: ann.token });
  await expect(client.me()).rejects.toMatchObject({ code: 'OFFLINE' });

  const proxy = (body: string, status: number) => async () => new Response(body, { status });
  for (const fetch of [proxy('<h1>Bad gateway</h1>', 502), proxy('{}', 404), proxy('null', 200)]) {
    await expect(clientOf(server, { fetch }).me()).rejects.toMatchObject({ code: 'OFFLINE' });
  }
});

test('a call is given up when its signal says so, or the client is closed', async () => {
  const { server, ann } = await startRoom();
  await server.close();
  const client = clientOf(server, { token: ann.token });
  const giveUp = new AbortController();
  const patient = client.me({ signal: giveUp.signal, retry: true });
  giveUp.abort(new Error('Enough.'));
  await expect(patient).rejects.toThrow('Enough.');

  const sending = client.room('any').send('Hello');
  client.close();
  await expect(sending).rejects.toMatchObject({ code: 'CLOSED' });
  await expect(client.me()).rejects.toMatchObject({ code: 'CLOSED' });
});
