import { expect, test } from 'vitest';
import type { Room } from '../generated/prisma/client.ts';
import {
  Conversation,
  followConversation,
  loadConversation,
  MESSAGE_EVENTS,
} from '../test/conversation.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { people, roomId as idOf, type TestPerson } from '../test/people.ts';
import { type Random, seeded } from '../test/random.ts';
import { deleteMessage } from './deletion.ts';
import { editMessage } from './editing.ts';
import { postMessage } from './message.ts';
import { pinMessage, unpinMessage } from './pin.ts';
import { addReaction, removeReaction } from './reaction.ts';

const OPERATIONS = 250;
/** On a machine that has much else to do. */
const TIMEOUT_MS = 120_000;
/** Does something that may be refused, as when a message was deleted before. */
async function act(server: TestApp, who: TestPerson, room: Room, number: number, random: Random) {
  const { app } = server;
  const messages = await app.db.prisma.message.findMany({
    where: { deletedAt: null },
    orderBy: { seq: 'asc' },
  });
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

/** Posts seven messages and ends with a different kind of event for each: whoever misses a kind has one of them wrong. */
async function actOnEach({ app }: TestApp, who: TestPerson, room: Room) {
  const acts: ((key: { roomId: string; seq: number }) => Promise<unknown>)[] = [
    async () => {},
    (key) => editMessage(app, who, { ...key, body: 'edited last' }),
    (key) => deleteMessage(app, who, key),
    (key) => pinMessage(app, who, key),
    (key) => pinMessage(app, who, key).then(() => unpinMessage(app, who, key)),
    (key) => addReaction(app, who, { ...key, emoji: '👍' }),
    (key) =>
      addReaction(app, who, { ...key, emoji: '👍' }).then(() =>
        removeReaction(app, who, { ...key, emoji: '👍' }),
      ),
  ];
  for (const [index, act] of acts.entries()) {
    const idempotencyKey = `last ${index}`;
    await postMessage(app, who, { roomId: room.id, body: idempotencyKey, idempotencyKey });
    const { seq } = await app.db.prisma.message.findFirstOrThrow({ orderBy: { seq: 'desc' } });
    await act({ roomId: room.id, seq });
  }
}

test(
  'what a screen had, and the events since, is what a fresh page shows',
  { timeout: TIMEOUT_MS },
  async () => {
    await using server = await startApp();
    const { ann, bob, room } = await people(server.app);
    const place = { url: server.url, token: bob.token, roomId: idOf(room) };
    const random = seeded(20261121);
    for (let number = 0; number < 20; number++) await act(server, ann, room, number, random);
    const { conversation, cursor } = await loadConversation(place);
    const old = [...conversation];

    const live = followConversation(place, new Conversation(old), cursor);
    const without = MESSAGE_EVENTS.map((kind) => {
      const others = MESSAGE_EVENTS.filter((other) => other !== kind);
      return followConversation(place, new Conversation(old), cursor, others);
    });
    for (let number = 20; number < OPERATIONS; number++) {
      const who = random.below(2) ? ann : bob;
      await act(server, who, room, number, random).catch((error: { code?: string }) => {
        if (!['FORBIDDEN', 'CONFLICT'].includes(error.code!)) throw error;
      });
    }
    await actOnEach(server, ann, room);
    const fresh = await loadConversation(place);
    await live.reached(fresh.cursor);
    expect(live.conversation.inOrder).toEqual(fresh.conversation.inOrder);
    const replayed = followConversation(place, new Conversation(old), cursor);
    await replayed.reached(fresh.cursor);
    expect(replayed.conversation.inOrder).toEqual(fresh.conversation.inOrder);
    await Promise.all([live.close(), replayed.close()]);

    // Each kind of event does its part.
    for (const [index, poor] of without.entries()) {
      await poor.reached(fresh.cursor);
      const kind = MESSAGE_EVENTS[index]!;
      expect(poor.conversation.inOrder, kind).not.toEqual(fresh.conversation.inOrder);
      await poor.close();
    }
  },
);
