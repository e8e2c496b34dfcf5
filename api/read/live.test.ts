import { expect, test } from 'vitest';
import { run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { loadInbox, watchInbox } from '../test/inbox.ts';
import { people, type TestPerson } from '../test/people.ts';

const send =
  'mutation($input: SendMessageInput!) { sendMessage(input: $input) { cursor message { id } } }';

function actions(url: string, roomId: string) {
  const act = (who: TestPerson, document: string, input: object) =>
    run(url, document, { input }, who.token);
  return {
    act,
    say: async (who: TestPerson, body: string) =>
      (await act(who, send, { roomId, body, idempotencyKey: crypto.randomUUID() })).sendMessage,
  };
}

test('an inbox is told whole at first, and with its changes is what a query gives', async () => {
  await using server = await startApp();
  const { ann, bob, roomId } = await people(server.app);
  const { act, say } = actions(server.url, roomId);
  await say(bob, 'before');
  await using inbox = watchInbox(server.url, ann.token);
  await inbox.signals.when(() => inbox.unread(roomId) === 1);
  const { message } = await say(bob, 'Hello @ann');
  await say(bob, 'and more');
  await act(
    bob,
    'mutation($input: EditMessageInput!) { editMessage(input: $input) { message { id } } }',
    {
      messageId: message.id,
      body: 'Hello @all',
    },
  );
  await act(
    bob,
    'mutation($input: DeleteMessageInput!) { deleteMessage(input: $input) { message { id } } }',
    { messageId: (await say(bob, 'oops')).message.id },
  );
  const compare = async () => {
    const { inOrder } = await loadInbox(server.url, ann.token);
    await expect.poll(() => inbox.shown.inOrder).toEqual(inOrder);
  };
  await expect
    .poll(() => inbox.rooms.get(roomId))
    .toMatchObject({
      unreadCount: 3,
      mentionCount: 1,
      lastMessage: { body: 'and more' },
    });
  await compare();
  const markRead =
    'mutation($input: MarkReadInput!) { markRead(input: $input) { entry { unreadCount } } }';
  const { cursor } = await say(bob, 'last');
  const { markRead: read } = await act(ann, markRead, { roomId, cursor });
  expect(read.entry.unreadCount).toBe(0);
  await inbox.signals.when(() => inbox.unread(roomId) === 0);
  await compare();
  const markUnread =
    'mutation($input: MarkUnreadInput!) { markUnread(input: $input) { entry { unreadCount } } }';
  await act(ann, markUnread, { messageId: message.id });
  await inbox.signals.when(() => inbox.unread(roomId) === 3);
  const { markAllRead } = await run(
    server.url,
    'mutation { markAllRead { roomCount } }',
    {},
    ann.token,
  );
  expect(markAllRead.roomCount).toBe(1);
  await inbox.signals.when(() => inbox.unread(roomId) === 0);
  await compare();
  expect(inbox.error).toBeNull();
});

test('a busy room costs its readers no query for each message, and a few words', async () => {
  await using server = await startApp();
  const { ann, bob, roomId } = await people(server.app);
  const { say } = actions(server.url, roomId);
  await using inbox = watchInbox(server.url, ann.token);
  await inbox.signals.when(() => inbox.rooms.size === 1);
  const { ask } = server.app.unread;
  let counted = 0;
  server.app.unread.ask = function (...args) {
    counted++;
    return ask.apply(this, args);
  };
  const before = performance.now();
  for (let n = 0; n < 200; n++) await say(bob, `message ${n}`);
  await inbox.signals.when(() => inbox.unread(roomId) === 200);
  expect(counted).toBe(0);
  // Four a second at most, however long that took, and those that were told at once.
  expect(inbox.events).toBeLessThan((performance.now() - before) / 240 + 3);
});

test('an inbox ends with its session, and strangers have none', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  await using inbox = watchInbox(server.url, ann.token);
  await inbox.signals.when(() => inbox.rooms.size === 1);
  await run(server.url, 'mutation { logout { ok } }', {}, ann.token);
  await expect.poll(() => server.app.inboxes.size).toBe(0);
  expect(server.app.feeds.size).toBe(0);
  const { errors } = (await (
    await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ inbox { rooms { unreadCount } } }' }),
    })
  ).json()) as any;
  expect(errors[0].extensions.code).toBe('UNAUTHENTICATED');
});
