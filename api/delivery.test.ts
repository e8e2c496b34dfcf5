import { expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOG_PAGE_SIZE } from './live/log.ts';
import { joinRoom, leaveRoom } from './room/membership.ts';
import { renameRoom } from './room/room.ts';
import { postMessage } from './message/message.ts';
import { connect } from './test/client.ts';
import { startApp, type TestApp } from './test/harness.ts';
import { people, person, type TestPerson } from './test/people.ts';

/** Follows over WebSocket: the payloads as they are in the frames, and the end. */
function follow(server: TestApp, { token }: TestPerson, query: string, variables: object) {
  const client = connect(server.url, token);
  const payloads: string[] = [];
  const ended = Promise.withResolvers<void>();
  let wake = Promise.withResolvers<void>();
  client.on('message', (message) => {
    if (message.type !== 'next') return;
    payloads.push(JSON.stringify(message.payload));
    wake.resolve();
    wake = Promise.withResolvers();
  });
  client.subscribe(
    { query, variables: { ...variables } },
    { next: () => {}, error: ended.reject, complete: ended.resolve },
  );
  return {
    payloads,
    ended: ended.promise,
    async counted(count: number) {
      while (payloads.length < count) await wake.promise;
    },
    close: () => client.dispose(),
  };
}

/** The same by the way on which every viewer is answered for themselves. */
async function followAlone(
  server: TestApp,
  { token }: TestPerson,
  query: string,
  variables: object,
  count: number,
) {
  const aborting = new AbortController();
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    signal: aborting.signal,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query, variables }),
  });
  const payloads: string[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    payloads.splice(
      0,
      Infinity,
      ...[...text.matchAll(/^data: ([^\n]+)\n\n/gm)].map(([, data]) => data!),
    );
    if (payloads.length >= count) break;
  }
  aborting.abort();
  return payloads.slice(0, count);
}

const post = (server: TestApp, author: TestPerson, roomId: string, body: string) =>
  postMessage(server.app, author, { roomId, body, idempotencyKey: body });

const EVENTS = `subscription ($roomId: ID!, $after: String) {
  roomEvents(roomId: $roomId, after: $after) {
    cursor
    node {
      __typename
      ... on RoomLogEntry { seq createdAt actor { id username displayName role } room { name slug memberCount } }
      ... on MessagePosted { message { id body author { id } editedAt idempotencyKey } }
      ... on RoomRenamed { name previousName }
    }
  }
}`;
const MESSAGES = `subscription ($roomId: ID!, $after: String) {
  messageAdded(roomId: $roomId, after: $after) { cursor node { seq body author { username } } }
}`;
const PERSONAL = `subscription ($roomId: ID!, $after: String) {
  messageAdded(roomId: $roomId, after: $after) { node { body room { viewerMembership { role } } } }
}`;

test('what is shared is, byte for byte, what each would have been answered alone', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  const after = `${server.app.db.epoch}.0`;
  await post(server, ann, room.id, 'before: "quotes", \\ and \u{1F600} 𝒳 \u2028');
  const shared = follow(server, bob, EVENTS, { roomId, after });
  await shared.counted(3);
  await renameRoom(server.app, ann, { roomId: room.id, name: 'Küche' });
  await post(server, bob, room.id, 'live');
  await shared.counted(5);
  expect(server.app.fanout.groups).toBe(1);
  const alone = await followAlone(server, ann, EVENTS, { roomId, after }, 5);
  // The room is told as it is when it is asked for: compare where nothing has changed since.
  expect(shared.payloads.slice(3)).toEqual(alone.slice(3));
  shared.close();
});

test('whoever asks the same is in one group, from wherever they follow; another question is another', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  for (let number = 1; number <= 5; number++) await post(server, ann, room.id, `early ${number}`);
  const follows = [null, 0, 1, 2, 3, 4, 5, 6, 7].map((seq) =>
    follow(server, seq === null || seq % 2 ? ann : bob, MESSAGES, {
      roomId,
      after: seq === null ? null : `${server.app.db.epoch}.${seq}`,
    }),
  );
  await Promise.all(
    follows.slice(1, -1).map((one, index) => one.counted(index < 2 ? 5 : 7 - index - 1 || 1)),
  );
  await expect.poll(() => server.app.fanout.subscribers).toBe(9);
  expect(server.app.fanout.groups).toBe(1);
  const other = follow(server, ann, MESSAGES.replace('seq body', 'body'), { roomId });
  await expect.poll(() => server.app.fanout.groups).toBe(2);
  await post(server, bob, room.id, 'late');
  for (const one of follows) await expect.poll(() => one.payloads.at(-1)).toContain('late');
  await other.counted(1);
  for (const one of [...follows, other]) one.close();
  await expect.poll(() => server.app.fanout.groups).toBe(0);
  expect(server.app.feeds).toMatchObject({ size: 0, followers: 0 });
});

test('what differs between viewers is answered for each', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  const both = [ann, bob].map((viewer) => follow(server, viewer, PERSONAL, { roomId }));
  await expect.poll(() => server.app.feeds.followers).toBe(2);
  expect(server.app.fanout.groups).toBe(0);
  await post(server, ann, room.id, 'hello');
  for (const one of both) await one.counted(1);
  expect(both.map(({ payloads }) => /"role":"(\w+)"/.exec(payloads[0]!)?.[1])).toEqual([
    'OWNER',
    'MEMBER',
  ]);
  for (const one of both) one.close();
});

test('whoever leaves gets their own leaving and nothing past it; the others go on', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  const carol = await person(server.app, 'carol');
  await joinRoom(server.app, carol, { roomId: room.id });
  const [anns, bobs, carols] = [ann, bob, carol].map((viewer) =>
    follow(server, viewer, EVENTS, { roomId }),
  );
  await expect.poll(() => server.app.fanout.subscribers).toBe(3);
  const said = [post(server, ann, room.id, 'one'), leaveRoom(server.app, bob, { roomId: room.id })];
  for (let number = 0; number < 20; number++)
    said.push(post(server, ann, room.id, `more ${number}`));
  await Promise.all(said as Promise<unknown>[]);
  await bobs!.ended;
  expect(bobs!.payloads.at(-1)).toContain('"MemberLeft"');
  await Promise.all([anns!.counted(22), carols!.counted(22)]);
  expect(anns!.payloads).toEqual(carols!.payloads);
  const seen = bobs!.payloads.length;
  await sleep(50);
  expect(bobs!.payloads.length).toBe(seen);
  expect(anns!.payloads.slice(0, seen)).toEqual(bobs!.payloads);
  for (const one of [anns, bobs, carols]) one!.close();
});

test('a storm of messages reaches a crowd that comes and goes, each once and in order', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  const after = `${server.app.db.epoch}.2`;
  const steady = follow(server, ann, MESSAGES, { roomId, after });
  const crowd: ReturnType<typeof follow>[] = [];
  const posts = [];
  for (let number = 0; number < 300; number++) {
    posts.push(post(server, number % 2 ? ann : bob, room.id, `storm ${number}`));
    if (number % 15 === 0) {
      await posts.at(-1);
      crowd.push(follow(server, bob, MESSAGES, { roomId, after }));
    }
    if (number % 40 === 39) crowd.shift()!.close();
  }
  await Promise.all(posts);
  for (const one of [steady, ...crowd]) {
    await one.counted(300);
    expect(one.payloads).toEqual(steady.payloads);
    one.close();
  }
  const numbers = steady.payloads.map((payload) => JSON.parse(payload).data.messageAdded.node.seq);
  expect(numbers).toEqual(numbers.map((_, index) => index + 3));
});

test('a crowd that comes back at once reads each page of the log once', async () => {
  await using server = await startApp();
  const { ann, room, roomId } = await people(server.app);
  const posts = Array.from({ length: 450 }, (_, number) =>
    post(server, ann, room.id, `said ${number}`),
  );
  await Promise.all(posts);
  const { pool } = server.app.db;
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  let reads = 0;
  pool.query = ((...args: [{ name?: string }]) => {
    if (args[0].name === 'read-after') reads++;
    return query(...args);
  }) as never;
  const after = `${server.app.db.epoch}.2`;
  const crowd = Array.from({ length: 100 }, () => follow(server, ann, MESSAGES, { roomId, after }));
  for (const one of crowd) await one.counted(450);
  for (const one of crowd) {
    expect(one.payloads).toEqual(crowd[0]!.payloads);
    one.close();
  }
  console.log(`crowd: 100 clients, 450 messages, ${reads} reads of the log`);
  expect(reads).toBeLessThanOrEqual(Math.ceil(452 / LOG_PAGE_SIZE));
});

test('a replay of long messages waits for the socket between parts, so that it is no lag', async () => {
  await using server = await startApp();
  const { room } = await people(server.app);
  const [ann] = [await person(server.app, 'dora')];
  await joinRoom(server.app, ann, { roomId: room.id });
  await Promise.all(Array.from({ length: 40 }, (_, n) => post(server, ann, room.id, `${n}`)));
  const written: number[] = [];
  let count = 0;
  const { ended, close } = await server.app.fanout.subscribe(
    { key: 'long', roomId: room.id, answer: () => Buffer.alloc(32 * 1024) },
    {
      after: 0,
      admit: async () => ({ isLast: () => false }),
      outlet: {
        write(payloads) {
          written.push(Buffer.concat(payloads).length);
          count += payloads.length;
          if (count === 43) close();
        },
        ready: async () => true,
      },
    },
  );
  await ended;
  expect(count).toBe(43);
  expect(Math.max(...written)).toBeLessThanOrEqual(64 * 1024);
});
