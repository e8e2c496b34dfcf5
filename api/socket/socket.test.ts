import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { logIn } from '../account/account.ts';
import { logOut, revokeOtherSessions, revokeSession } from '../account/session.ts';
import { followRoom } from '../message/following.ts';
import { postMessage } from '../message/message.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { bearer } from '../test/client.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { PASSWORD, people, STRANGER } from '../test/people.ts';
import { openAcknowledged, openSocket } from '../test/raw-socket.ts';
import { eventsOf } from '../test/watch.ts';

const MESSAGE_ADDED = `subscription ($roomId: ID!, $after: String) {
  messageAdded(roomId: $roomId, after: $after) { cursor node { body } }
}`;
const ROOM_EVENTS = `subscription ($roomId: ID!) {
  roomEvents(roomId: $roomId) { node { __typename } }
}`;
const ME = '{ me { username } }';
const FOREIGN = { origin: 'https://evil.example' };

test('a token that is no session’s closes the socket with 4401', async () => {
  await using server = await startApp();
  const inParams = await openSocket(server.url, { params: bearer('nonsense') });
  expect(await inParams.closed).toBe(4401);
  const inHeader = await openSocket(server.url, { headers: bearer('nonsense') });
  expect(await inHeader.closed).toBe(4401);
});

test('a cookie from a foreign page closes the socket with 4403; a token from there is welcome', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const cookie = await cookieFor(server, 'ann');
  const foreign = await openSocket(server.url, { headers: { cookie, ...FOREIGN } });
  expect(await foreign.closed).toBe(4403);

  const own = await openAcknowledged(server.url, { headers: { cookie, origin: server.url } });
  expect((await own.start('1', ME))?.payload.data).toEqual({ me: { username: 'ann' } });
  const withToken = await openAcknowledged(server.url, {
    headers: FOREIGN,
    params: bearer(ann.token),
  });
  expect((await withToken.start('1', ME))?.payload.data).toEqual({ me: { username: 'ann' } });
});

test('logging out closes the sockets of that session with 4401 and ends its SSE, and no others', async () => {
  await using server = await startApp();
  const { ann, roomId } = await people(server.app);
  const other = await tokenFor(server, 'ann');
  const socket = await follow(server, ann.token, roomId);
  const events = await followEvents(server, ann.token, roomId);
  const otherSocket = await follow(server, other, roomId);
  await logOut(server.app, ann);
  expect(await socket.closed).toBe(4401);
  expect(await Array.fromAsync(events)).toEqual([]);
  expect((await otherSocket.start('2', ME))?.payload.data).toEqual({ me: { username: 'ann' } });
});

test('a session that is revoked from elsewhere closes its sockets with 4401 and ends its SSE', async () => {
  await using server = await startApp();
  const { ann, roomId } = await people(server.app);
  const [one, two] = [await tokenFor(server, 'ann'), await tokenFor(server, 'ann')];
  const first = await follow(server, one, roomId);
  const second = await follow(server, two, roomId);
  const events = await followEvents(server, two, roomId);
  const sessions = await server.app.db.prisma.session.findMany({ orderBy: { createdAt: 'asc' } });
  const { id: sessionId } = sessions.filter(({ userId }) => userId === ann.user.id).at(-1)!;
  await revokeSession(server.app, ann, { sessionId });
  expect(await second.closed).toBe(4401);
  expect(await Array.fromAsync(events)).toEqual([]);
  await revokeOtherSessions(server.app, ann);
  expect(await first.closed).toBe(4401);
});

test('a session that ends while its subscription begins leaves no subscription', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  // The session ends between the permission and the first event.
  const feeds = Object.create(server.app.feeds, {
    follow: {
      value: async (...args: Parameters<typeof server.app.feeds.follow>) => {
        await logOut(server.app, ann);
        return server.app.feeds.follow(...args);
      },
    },
  });
  const follower = await followRoom({ ...server.app, feeds }, ann, {
    roomId: room.id,
    after: null,
  });
  expect(await follower.next()).toEqual({ done: true, value: undefined });
  expect(server.app.feeds).toMatchObject({ size: 0, followers: 0 });
});

test('a server that closes closes its sockets with 1012', async () => {
  await using server = await startApp();
  const { ann, roomId } = await people(server.app);
  const sockets = [
    await follow(server, ann.token, roomId),
    await openAcknowledged(server.url),
    await openSocket(server.url, { params: null }),
  ];
  await server.close();
  expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1012, 1012, 1012]);
});

test('what a document gets wrong is told as an error, and the socket goes on', async () => {
  await using server = await startApp();
  const socket = await openAcknowledged(server.url);
  const wrong = {
    syntax: ['{ me {', {}],
    field: ['{ nobody }', {}],
    variable: ['query ($id: ID!) { node(id: $id) { id } }', {}],
    subscription: ['subscription { messageAdded { cursor } }', {}],
    fragment: ['{ ...Nothing }', {}],
  } as const;
  for (const [id, [query, variables]] of Object.entries(wrong)) {
    const frame = await socket.start(id, query, variables);
    expect(frame).toMatchObject({ id, type: expect.stringMatching(/^(error|next)$/) });
    const errors = frame!.type === 'error' ? frame!.payload : frame!.payload.errors;
    expect(errors).toEqual([expect.objectContaining({ message: expect.any(String) })]);
    if (frame!.type === 'next') expect(await socket.next()).toEqual({ id, type: 'complete' });
  }
  socket.send({
    id: 'name',
    type: 'subscribe',
    payload: { query: 'query One { me { id } }', operationName: 'Two' },
  });
  expect(await socket.next()).toMatchObject({ id: 'name', type: 'error' });
  expect(await socket.start('right', ME)).toMatchObject({ type: 'next' });
});

test('a mutation works as it does by POST', async () => {
  await using server = await startApp();
  const { eve, roomId } = await people(server.app);
  const socket = await openAcknowledged(server.url, { params: bearer(eve.token) });
  const join = 'mutation ($roomId: ID!) { joinRoom(input: { roomId: $roomId }) { room { slug } } }';
  expect((await socket.start('1', join, { roomId }))?.payload).toEqual({
    data: { joinRoom: { room: { slug: 'garden' } } },
  });
});

test('a message of any length that may be posted passes; a frame beyond all of them closes with 1009', async () => {
  await using server = await startApp();
  const { ann, roomId } = await people(server.app);
  const socket = await openAcknowledged(server.url, { params: bearer(ann.token) });
  const input = { roomId, body: '👩'.repeat(8_000), idempotencyKey: 'long' };
  // As some clients write it: twelve bytes for each character.
  const escaped = JSON.stringify({
    id: '1',
    type: 'subscribe',
    payload: {
      query: `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { body } } }`,
      variables: { input },
    },
  }).replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
  socket.socket.send(escaped);
  expect((await socket.next())?.payload.data?.sendMessage.message.body).toBe(input.body);
  expect(await socket.next()).toEqual({ id: '1', type: 'complete' });

  const other = await openAcknowledged(server.url);
  socket.socket.send('x'.repeat(1_000_000));
  expect(await socket.closed).toBe(1009);
  expect(await other.start('1', ME)).toMatchObject({ type: 'next' });
});

const REFUSALS = [
  ['UNAUTHENTICATED', null, {}],
  ['NOT_FOUND', 'bob', { roomId: 'Um9vbTowMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDA' }],
  ['FORBIDDEN', 'eve', {}],
  ['INVALID_INPUT', 'bob', { after: 'not a cursor' }],
  ['NOT_FOUND', 'bob', { roomId: 'not an id' }],
  ['RESYNC_REQUIRED', 'bob', { after: 'zzzzzzzz.1' }],
  ['RESYNC_REQUIRED', 'bob', { after: 'past the head' }],
] as const;

test('a subscription is refused with the same code over WebSocket and SSE', async () => {
  await using server = await startApp();
  const { roomId, ...all } = await people(server.app);
  for (const [code, name, wrong] of REFUSALS) {
    const token = name && all[name].token;
    const variables: Record<string, string> = { roomId, ...wrong };
    if (variables['after'] === 'past the head') {
      variables['after'] = `${server.app.db.epoch}.1000000`;
    }
    const socket = await openAcknowledged(server.url, token ? { params: bearer(token) } : {});
    const frame = await socket.start('1', MESSAGE_ADDED, variables);
    expect(codesOf(frame?.payload.errors), `${code} over WebSocket`).toEqual([code]);
    expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
    expect(await socket.start('2', '{ __typename }')).toMatchObject({ type: 'next' });

    const results = await Array.fromAsync(await followEvents(server, token, roomId, variables));
    expect(
      results.map(({ errors }) => codesOf(errors)),
      `${code} over SSE`,
    ).toEqual([[code]]);
  }
  expect(server.app.feeds).toMatchObject({ size: 0, followers: 0 });
});

test('a subscription that cannot begin because the database went away closes its socket with 1013', async () => {
  await using server = await startApp();
  const { bob, roomId } = await people(server.app);
  const socket = await openAcknowledged(server.url, { params: bearer(bob.token) });
  server.app.feeds.follow = async () => {
    throw Object.assign(new Error('terminating connection'), { code: '57P01' });
  };
  expect(await socket.start('1', MESSAGE_ADDED, { roomId })).toBeNull();
  expect(await socket.closed).toBe(1013);
});

test('leaving completes the leaver’s subscription after their leaving, and nothing past it arrives', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  const socket = await openAcknowledged(server.url, { params: bearer(bob.token) });
  const first = socket.start('1', ROOM_EVENTS, { roomId });
  const stream = await followEvents(server, bob.token, roomId, { roomId }, ROOM_EVENTS);
  await until(() => server.app.feeds.followers === 2);

  const post = (body: string) =>
    postMessage(server.app, ann, { roomId: room.id, body, idempotencyKey: body });
  await post('before');
  await leaveRoom(server.app, bob, { roomId: room.id });
  await post('after');
  await joinRoom(server.app, bob, { roomId: room.id });
  await post('after he is back');

  const kinds = ['MessagePosted', 'MemberLeft'];
  const next = { id: '1', type: 'next' };
  expect(await first).toEqual({ ...next, payload: eventOf(kinds[0]!) });
  expect(await socket.next()).toEqual({ ...next, payload: eventOf(kinds[1]!) });
  expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
  expect(await Array.fromAsync(stream)).toEqual(kinds.map(eventOf));
  // The answer to the next operation is the next thing that the socket is sent.
  expect(await socket.start('2', ME)).toMatchObject({ id: '2' });
});

const eventOf = (kind: string) => ({ data: { roomEvents: { node: { __typename: kind } } } });

test('2,000 subscriptions that come and go in all ways leave nothing behind', async () => {
  await using server = await startApp();
  const { bus, feeds } = server.app;
  let listeners = 0;
  const { listen } = bus;
  bus.listen = (topic, hear) => {
    const stop = listen(topic, hear);
    listeners++;
    let isStopped = false;
    return () => {
      if (!isStopped) listeners--;
      isStopped = true;
      stop();
    };
  };
  const { ann, room, roomId } = await people(server.app);
  const after = `${server.app.db.epoch}.0`;
  for (const idempotencyKey of ['one', 'two']) {
    await postMessage(server.app, ann, { roomId: room.id, body: 'hello', idempotencyKey });
  }

  for (let round = 0; round < 20; round++) {
    const socket = await openAcknowledged(server.url, { params: bearer(ann.token) });
    for (let cycle = 0; cycle < 100; cycle++) {
      const id = String(cycle);
      const payload = { query: MESSAGE_ADDED, variables: { roomId, after } };
      socket.send({ id, type: 'subscribe', payload });
      // Every other is stopped before it has begun; every fifth is left open.
      if (cycle % 2) while ((await socket.next())?.id !== id);
      if (cycle % 5) socket.send({ id, type: 'complete' });
    }
    if (round % 2) socket.socket.terminate();
    else socket.socket.close();
    await socket.closed;
    const aborting = new AbortController();
    await followEvents(server, ann.token, roomId, { roomId }, MESSAGE_ADDED, aborting.signal);
    aborting.abort();
  }
  await until(() => feeds.followers === 0 && feeds.size === 0 && listeners === 0);
});

/** A socket with a subscription that stands. */
async function follow(server: TestApp, token: string, roomId: string) {
  const socket = await openAcknowledged(server.url, { params: bearer(token) });
  const { fanout } = server.app;
  const before = fanout.subscribers;
  const payload = { query: MESSAGE_ADDED, variables: { roomId } };
  socket.send({ id: '1', type: 'subscribe', payload });
  await until(() => fanout.subscribers > before);
  return socket;
}

/** The results of a subscription over SSE. */
async function followEvents(
  { url }: TestApp,
  token: string | null,
  roomId: string,
  variables: object = { roomId },
  query = MESSAGE_ADDED,
  signal?: AbortSignal,
) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token && bearer(token)),
    },
    body: JSON.stringify({ query, variables }),
    ...(signal && { signal }),
  });
  return eventsOf<{ data?: unknown; errors?: { extensions?: { code?: string } }[] }>(response);
}

const codesOf = (errors?: { extensions?: { code?: string } }[]) =>
  errors?.map(({ extensions }) => extensions?.code);

async function tokenFor({ app }: TestApp, username: string): Promise<string> {
  const input = { username, password: PASSWORD, session: 'TOKEN' } as const;
  return (await logIn(app, STRANGER, input)).token;
}

async function cookieFor({ app }: TestApp, username: string): Promise<string> {
  const input = { username, password: PASSWORD, session: 'COOKIE' } as const;
  return `parley=${(await logIn(app, STRANGER, input)).token}`;
}

/** Waits for what no event tells. */
async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await sleep(5);
}
