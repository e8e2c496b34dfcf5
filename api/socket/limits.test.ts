import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { FOLLOWERS_PER_USER } from '../message/following.ts';
import { ask, bearer } from '../test/client.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { openAcknowledged, openSocket } from '../test/raw-socket.ts';
import { OPERATIONS_PER_SOCKET, SOCKETS_PER_USER } from './protocol.ts';
import { SOCKETS_PER_ADDRESS } from './socket.ts';

const ME = '{ me { username } }';
const MESSAGE_ADDED =
  'subscription ($roomId: ID!) { messageAdded(roomId: $roomId) { node { body } } }';
const ALONE =
  'subscription ($roomId: ID!) { messageAdded(roomId: $roomId) { node { room { viewerCan { post } } } } }';

const startLimited = () => startApp({ RATE_LIMITS: 'on' });

test('a person has so many sockets, and another one once one of them is closed', async () => {
  await using server = await startLimited();
  const { ann, bob } = await people(server.app);
  const open = () => openAcknowledged(server.url, { params: bearer(ann.token) });
  const [first] = await Promise.all(Array.from({ length: SOCKETS_PER_USER }, open));
  const tooMuch = await openSocket(server.url, { params: bearer(ann.token) });
  expect(await tooMuch.closed).toBe(1013);
  await openAcknowledged(server.url, { params: bearer(bob.token) });
  first!.socket.close();
  await first!.closed;
  await open();
});

test('an address has so many sockets', async () => {
  await using server = await startLimited();
  const sockets = await Promise.all(
    Array.from({ length: SOCKETS_PER_ADDRESS }, () => upgrade(server)),
  );
  expect(new Set(sockets.map(({ status }) => status))).toEqual(new Set(['101']));
  expect((await upgrade(server)).status).toBe('429');
  const [gone] = sockets;
  gone!.tcp.destroy();
  await expect.poll(async () => (await upgrade(server)).status).toBe('101');
  for (const { tcp } of sockets) tcp.destroy();
});

test('a socket carries so many operations at a time, and more once some have ended', async () => {
  await using server = await startLimited();
  const { ann, roomId } = await people(server.app);
  const socket = await openAcknowledged(server.url, { params: bearer(ann.token) });
  for (let id = 1; id <= OPERATIONS_PER_SOCKET; id++) {
    const payload = { query: MESSAGE_ADDED, variables: { roomId } };
    socket.send({ id: String(id), type: 'subscribe', payload });
  }
  expect(await socket.start('one more', ME)).toMatchObject({
    id: 'one more',
    type: 'error',
    payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } }],
  });
  socket.send({ id: '7', type: 'complete' });
  expect(await socket.start('instead', ME)).toMatchObject({ id: 'instead', type: 'next' });
});

test('a person has so many subscriptions that nobody shares', async () => {
  await using server = await startLimited();
  const { ann, roomId } = await people(server.app);
  const open = () => openAcknowledged(server.url, { params: bearer(ann.token) });
  const sockets = await Promise.all(Array.from({ length: 4 }, open));
  const payload = { query: ALONE, variables: { roomId } };
  for (let count = 0; count < FOLLOWERS_PER_USER; count++) {
    sockets[count % 3]!.send({ id: String(count), type: 'subscribe', payload });
  }
  await expect.poll(() => server.app.feeds.followers).toBe(FOLLOWERS_PER_USER);
  const codes = [{ extensions: { code: 'RATE_LIMITED' } }];
  expect(await sockets[3]!.start('more', ALONE, { roomId })).toMatchObject({
    payload: { errors: codes },
  });
  sockets[0]!.socket.terminate();
  await expect.poll(() => server.app.feeds.followers).toBeLessThan(FOLLOWERS_PER_USER);
  const again = await open();
  again.send({ id: 'again', type: 'subscribe', payload });
  const before = server.app.feeds.followers;
  await expect.poll(() => server.app.feeds.followers).toBeGreaterThanOrEqual(before);
});

test('so many operations a minute, over HTTP and sockets together, and each person for themselves', async () => {
  await using server = await startLimited();
  const { ann, bob } = await people(server.app);
  const socket = await openAcknowledged(server.url, { params: bearer(ann.token) });
  let count = 0;
  for (; count < 5_000; count++) {
    const id = String(count);
    let frame = await socket.start(id, ME);
    while (frame?.id !== id) frame = await socket.next();
    if (frame.type === 'error') break;
  }
  expect(count).toBe(1_200);
  const refused = await ask(server.url, ME, {}, bearer(ann.token));
  expect(refused.errors?.[0]?.extensions).toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterMs: expect.any(Number),
  });
  expect((await ask(server.url, ME, {}, bearer(bob.token))).data?.['me'].username).toBe('bob');
  expect((await ask(server.url, ME)).data).toEqual({ me: null });
});

/** The status of the answer to an upgrade, and the connection. */
async function upgrade({ url }: TestApp) {
  const { hostname, port } = new URL(url);
  const tcp = connect(Number(port), hostname);
  tcp.on('error', () => {});
  tcp.write(
    [
      'GET /graphql HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      '\r\n',
    ].join('\r\n'),
  );
  const status = await new Promise<string>((resolve) =>
    tcp.once('data', (data) => resolve(data.toString('latin1', 9, 12))),
  );
  return { tcp, status };
}
