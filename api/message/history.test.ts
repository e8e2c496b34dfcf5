import { expect, test } from 'vitest';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { renameRoom } from '../room/room.ts';
import { postMessage } from './message.ts';

const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String) {
  room(slug: "garden") {
    cursor
    messages(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { seq body author { username } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;

async function garden(count: number) {
  const server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  for (let number = 1; number <= count; number++) {
    const author = number % 2 ? ann : bob;
    // Other events lie between the messages, as they do in life.
    if (number % 5 === 0) {
      await renameRoom(server.app, ann, { roomId: room.id, name: `Garden ${number}` });
    }
    await postMessage(server.app, author, {
      roomId: room.id,
      body: String(number),
      idempotencyKey: String(number),
    });
  }
  const page = async (variables: object): Promise<any> =>
    (await run(server.url, PAGE, variables, ann.token))['room'].messages;
  return { server, ann, room, roomId, page };
}

const bodies = (page: any): number[] => page.edges.map((edge: any) => Number(edge.node.body));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('pages from either end meet every message once, in order', async () => {
  const { server, page } = await garden(23);
  await using _ = server;
  for (const size of [1, 7, 23, 100]) {
    const forward: number[] = [];
    for (let after = null; ;) {
      const messages: any = await page({ first: size, after });
      forward.push(...bodies(messages));
      after = messages.pageInfo.endCursor;
      if (!messages.pageInfo.hasNextPage) break;
    }
    expect(forward).toEqual(upTo(23));
    const backward: number[] = [];
    for (let before = null; ;) {
      const messages: any = await page({ last: size, before });
      backward.unshift(...bodies(messages));
      before = messages.pageInfo.startCursor;
      if (!messages.pageInfo.hasPreviousPage) break;
    }
    expect(backward).toEqual(upTo(23));
  }
});

test('a page between two cursors has what lies between them', async () => {
  const { server, page } = await garden(12);
  await using _ = server;
  const all = await page({ first: 50 });
  const [after, before] = [all.edges[2].cursor, all.edges[9].cursor];
  expect(bodies(await page({ first: 50, after, before }))).toEqual([4, 5, 6, 7, 8, 9]);
  expect(bodies(await page({ last: 2, after, before }))).toEqual([8, 9]);
  expect(bodies(await page({ first: 0 }))).toEqual([]);
});

test('a message’s seq rises with its place, and its edge has the cursor that resumes after it', async () => {
  const { server, page } = await garden(9);
  await using _ = server;
  const { edges } = await page({ first: 50 });
  for (const [index, edge] of edges.entries()) {
    expect(edge.cursor.endsWith(`.${edge.node.seq}`)).toBe(true);
    if (index > 0) expect(edge.node.seq).toBeGreaterThan(edges[index - 1].node.seq);
  }
});

test.each([
  [{ first: -1 }, 'INVALID_INPUT'],
  [{ first: 501 }, 'INVALID_INPUT'],
  [{ last: 501 }, 'INVALID_INPUT'],
  [{ first: 1, last: 1 }, 'INVALID_INPUT'],
  [{ after: 'nonsense' }, 'INVALID_INPUT'],
  [{ before: 'otherone.4' }, 'RESYNC_REQUIRED'],
])('%j is refused with %s', async (variables, code) => {
  const { server, ann } = await garden(1);
  await using _ = server;
  const { errors } = await ask(server.url, PAGE, variables, bearer(ann.token));
  expect(errors?.[0]?.extensions?.code).toBe(code);
});

test('page and Room.cursor are of one moment, also while others write', async () => {
  const { server, ann, room } = await garden(3);
  await using _ = server;
  const writing = Promise.all(
    upTo(60).map((number) =>
      postMessage(server.app, ann, {
        roomId: room.id,
        body: `later ${number}`,
        idempotencyKey: `later ${number}`,
      }),
    ),
  );
  for (let round = 0; round < 15; round++) {
    const { room: seen } = await run<any>(server.url, PAGE, { last: 1 }, ann.token);
    const head = Number(seen.cursor.split('.')[1]);
    const newest = await server.app.db.prisma.message.findFirst({
      where: { roomId: room.id, seq: { lte: head } },
      orderBy: { seq: 'desc' },
    });
    expect(seen.messages.edges[0].node.seq).toBe(newest!.seq);
  }
  await writing;
});

test('a message is a Node for those who see its room, and for nobody else', async () => {
  const { server, ann, roomId } = await garden(1);
  await using _ = server;
  const query = '{ room(slug: "garden") { messages { edges { node { id } } } } }';
  const { room } = await run<any>(server.url, query, {}, ann.token);
  const [{ node }] = room.messages.edges;
  const find = `{ node(id: "${node.id}") { ... on Message { body room { id } } } }`;
  expect(await run(server.url, find, {}, ann.token)).toEqual({
    node: { body: '1', room: { id: roomId } },
  });
  expect((await ask(server.url, find)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  const none = `{ node(id: "${Buffer.from('Message:x.1').toString('base64url')}") { id } }`;
  const refused = await ask(server.url, none, {}, bearer(ann.token));
  expect(refused.errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
});
