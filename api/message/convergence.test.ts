import { expect, test } from 'vitest';
import type { Room } from '../generated/prisma/client.ts';
import { connect, run } from '../test/client.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { people, roomId as idOf, type TestPerson } from '../test/people.ts';
import { type Random, seeded } from '../test/random.ts';
import { deleteMessage } from './deletion.ts';
import { editMessage } from './editing.ts';
import { postMessage } from './message.ts';
import { pinMessage, unpinMessage } from './pin.ts';
import { addReaction, removeReaction } from './reaction.ts';

const OPERATIONS = 250;
const PEOPLE = 'id username displayName';
const STATE = `
  id seq cursor body editedAt deletedAt isInRoom pinnedAt pinnedBy { ${PEOPLE} } author { ${PEOPLE} }
  replyTo { id } reactions { emoji count users { ${PEOPLE} } }
  replyCount lastReplyAt lastRepliers { ${PEOPLE} }`;
const FRAGMENT = `fragment State on Message { ${STATE} thread { ${STATE} } }`;
const MESSAGE_EVENTS = [
  ...['MessagePosted', 'MessageEdited', 'MessageDeleted', 'MessagePinned', 'MessageUnpinned'],
  ...['ReactionAdded', 'ReactionRemoved'],
];
const FOLLOW = `subscription ($roomId: ID!, $after: String) {
  roomEvents(roomId: $roomId, after: $after) {
    cursor
    node { ${MESSAGE_EVENTS.map((type) => `... on ${type} { message { ...State } }`).join(' ')} }
  }
} ${FRAGMENT}`;
const FRESH = `query ($roomId: ID!) {
  node(id: $roomId) { ... on Room { cursor messages(first: 200) { edges { node {
    ${STATE} thread { id }
  } } } } }
}`;
const REPLIES = `query ($id: ID!) {
  node(id: $id) { ... on Message { replies(first: 200) { edges { node { ${STATE} thread { id } } } } } }
}`;

type Shown = Record<string, any>;
type Screen = Map<string, object>;

/** Puts a message in the place of what was there. */
function show(screen: Screen, message: Shown): void {
  screen.set(message['id'], { ...message, thread: message['thread']?.id ?? null });
}

async function fetchAll(server: TestApp, viewer: TestPerson, roomId: string) {
  const { node } = await run(server.url, FRESH, { roomId }, viewer.token);
  const screen: Screen = new Map();
  for (const { node: root } of node.messages.edges) {
    show(screen, root);
    const answer = await run(server.url, REPLIES, { id: root.id }, viewer.token);
    for (const reply of answer['node'].replies.edges) show(screen, reply.node);
  }
  return { screen, cursor: node.cursor as string };
}

/** Takes in events past a cursor, up to another one. */
async function followTo(
  server: TestApp,
  viewer: TestPerson,
  variables: { roomId: string; after: string },
  screen: Screen,
  isEnd: (cursor: string) => boolean | Promise<boolean>,
): Promise<Screen> {
  const client = connect(server.url, viewer.token);
  try {
    for await (const { data } of client.iterate<Record<string, any>>({
      query: FOLLOW,
      variables,
    })) {
      const { cursor, node } = data!['roomEvents'];
      if (node.message) show(screen, node.message);
      // A reply changes what the first message of its thread tells.
      if (node.message?.thread) show(screen, node.message.thread);
      if (await isEnd(cursor)) break;
    }
    return screen;
  } finally {
    await client.dispose();
  }
}

/** Does something that may be refused, as when a message was deleted before. */
async function act(server: TestApp, who: TestPerson, room: Room, number: number, random: Random) {
  const { app } = server;
  const messages = await app.db.prisma.message.findMany({ where: { deletedAt: null } });
  const one = messages[random.below(messages.length)];
  const key = { roomId: room.id, seq: one?.seq ?? 0 };
  const emoji = ['👍', '🎉', '🙏'][random.below(3)]!;
  const userId = who.user.id;
  const hasReacted = await app.db.prisma.reaction.count({ where: { ...key, emoji, userId } });
  const post = (place: object) =>
    postMessage(app, who, {
      roomId: room.id,
      body: `${number}`,
      idempotencyKey: `${number}`,
      ...place,
    });
  const acts = [
    () => post({}),
    () => post({ replyTo: one?.seq ?? null }),
    () => post({ thread: one?.seq ?? null, alsoInRoom: random.below(3) === 0 }),
    () => editMessage(app, who, { ...key, body: `edited ${number}` }),
    () => deleteMessage(app, who, key),
    () => (hasReacted ? removeReaction : addReaction)(app, who, { ...key, emoji }),
    () => (hasReacted ? removeReaction : addReaction)(app, who, { ...key, emoji }),
    () => (one!.pinnedAt ? unpinMessage : pinMessage)(app, who, key),
    () => (one!.pinnedAt ? unpinMessage : pinMessage)(app, who, key),
  ];
  await acts[one ? random.below(acts.length) : 0]!();
}

test('what a screen had, and the events since, is what a fresh page shows', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  const roomId = idOf(room);
  const random = seeded(20261121);
  for (let number = 0; number < 20; number++) await act(server, ann, room, number, random);
  const { screen, cursor } = await fetchAll(server, bob, roomId);
  const old = [...screen];

  let isOver = false;
  const live = followTo(server, bob, { roomId, after: cursor }, new Map(old), async (position) => {
    return isOver && position === (await fetchAll(server, bob, roomId)).cursor;
  });
  for (let number = 20; number < OPERATIONS; number++) {
    const who = random.below(2) ? ann : bob;
    await act(server, who, room, number, random).catch((error: { code?: string }) => {
      if (!['FORBIDDEN', 'CONFLICT'].includes(error.code!)) throw error;
    });
  }
  isOver = true;
  await postMessage(server.app, ann, { roomId: room.id, body: 'end', idempotencyKey: 'end' });
  const fresh = await fetchAll(server, bob, roomId);
  const sorted = (shown: Screen) => [...shown].sort(([one], [other]) => (one < other ? -1 : 1));
  expect(sorted(await live)).toEqual(sorted(fresh.screen));
  const replayed = await followTo(server, bob, { roomId, after: cursor }, new Map(old), (at) => {
    return at === fresh.cursor;
  });
  expect(sorted(replayed)).toEqual(sorted(fresh.screen));
});
