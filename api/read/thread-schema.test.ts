import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people, type TestPerson } from '../test/people.ts';

const SEND =
  'mutation($input: SendMessageInput!) { sendMessage(input: $input) { cursor message { id } } }';

async function start() {
  const server = await startApp();
  const known = await people(server.app);
  const { roomId } = known;
  const act = (who: TestPerson, document: string, input: object) =>
    run(server.url, document, { input }, who.token);
  return {
    ...known,
    url: server.url,
    act,
    say: async (who: TestPerson, body: string, threadId?: string) => {
      const input = { roomId, body, threadId, idempotencyKey: randomUUID() };
      const { sendMessage } = await act(who, SEND, input);
      return { id: sendMessage.message.id, cursor: sendMessage.cursor };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('a thread is followed, read and left by its messages, and each mutation tells how it stands', async () => {
  await using house = await start();
  const { ann, bob, act, say, url } = house;
  const first = await say(ann, 'A thread');
  const reply = await say(bob, '@ann one', first.id);
  const standing = 'message { id viewerThread { unreadCount mentionCount readCursor } }';
  const change = async (name: string, input: object, who = ann) => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
    const data = await act(
      who,
      `mutation($input: ${type}) { ${name}(input: $input) { ${standing} } }`,
      input,
    );
    expect(data[name].message.id).toBe(first.id);
    return data[name].message.viewerThread;
  };
  const threads = async () => {
    const query = `{ threads { edges { node {
      message { id } unreadCount firstUnread { id }
    } } pageInfo { hasNextPage } } inbox { threads { message { body } unreadCount } } }`;
    return run(url, query, {}, ann.token);
  };
  expect(await threads()).toMatchObject({
    threads: {
      edges: [{ node: { message: { id: first.id }, firstUnread: { id: reply.id } } }],
      pageInfo: { hasNextPage: false },
    },
    inbox: { threads: [{ message: { body: 'A thread' }, unreadCount: 1 }] },
  });
  const { id: messageId } = reply;
  const read = await change('markThreadRead', { messageId, cursor: reply.cursor });
  expect(read).toEqual({ unreadCount: 0, mentionCount: 0, readCursor: reply.cursor });
  expect((await threads()).inbox.threads).toEqual([]);
  expect(await change('markThreadUnread', { messageId })).toMatchObject({ unreadCount: 1 });
  expect(await change('unfollowThread', { messageId })).toBeNull();
  expect((await threads()).threads.edges).toEqual([]);
  expect(await change('followThread', { messageId })).toMatchObject({ unreadCount: 0 });
});

test('who follow a room by the same words are each told how they themselves stand to its threads', async () => {
  await using house = await start();
  const { ann, bob, url, say, roomId } = house;
  const first = await say(ann, 'A thread');
  const query = `subscription($roomId: ID!) { roomEvents(roomId: $roomId) { node {
    ... on MessagePosted { message { body thread { viewerThread { unreadCount } } } }
  } } }`;
  const told = await Promise.all(
    [ann, bob].map(async ({ token }) => {
      const client = connect(url, token);
      const threads: { unreadCount: number }[] = [];
      client.subscribe<any>(
        { query, variables: { roomId } },
        {
          next({ data }) {
            const message = data?.roomEvents.node.message;
            if (message?.thread) threads.push(message.thread.viewerThread);
          },
          error: () => {},
          complete: () => {},
        },
      );
      return { client, threads };
    }),
  );
  // Whoever follows from now on is not there at once.
  for (const { threads } of told) {
    await expect
      .poll(async () => {
        await say(bob, 'a reply', first.id);
        return threads.length;
      })
      .toBeGreaterThan(0);
  }
  await say(bob, 'the last', first.id);
  const replies = 'query($id: ID!) { node(id: $id) { ... on Message { replyCount } } }';
  const { node } = await run(url, replies, { id: first.id }, ann.token);
  await expect
    .poll(() => told.map(({ threads }) => threads.at(-1)?.unreadCount))
    .toEqual([node.replyCount, 0]);
  await Promise.all(told.map(({ client }) => client.dispose()));
});
