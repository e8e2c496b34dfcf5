import { expect, test } from 'vitest';
import { leaveRoom } from '../room/membership.ts';
import { startApp } from '../test/harness.ts';
import { people, type TestPerson } from '../test/people.ts';
import { deleteMessage } from './deletion.ts';
import { editMessage, listRevisions } from './editing.ts';
import { listReplies } from './history.ts';
import { type PostInput, postMessage } from './message.ts';
import { listPins, pinMessage, PINS_PER_ROOM, unpinMessage } from './pin.ts';
import { addReaction, EMOJI_PER_MESSAGE, listReactions, removeReaction } from './reaction.ts';

async function start() {
  const server = await startApp();
  const known = await people(server.app);
  const { app } = server;
  const { room, ann } = known;
  let posted = 0;
  const post = (
    who: TestPerson,
    body: string,
    place: Partial<Pick<PostInput, 'replyTo' | 'thread' | 'alsoInRoom'>> = {},
  ) =>
    postMessage(app, who, {
      roomId: room.id,
      body,
      idempotencyKey: `key ${posted++}`,
      ...place,
    });
  const key = ({ seq }: { seq: number }) => ({ roomId: room.id, seq });
  const kinds = async () => {
    const events = await app.db.prisma.roomEvent.findMany({ orderBy: { seq: 'asc' } });
    return events.map(({ kind }) => kind);
  };
  const read = ({ seq }: { seq: number }) =>
    app.db.prisma.message.findUniqueOrThrow({
      where: { roomId_seq: key({ seq }) },
      include: { author: true },
    });
  return {
    ...known,
    app,
    post,
    key,
    kinds,
    read,
    first: await post(ann, 'Hello'),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('an edited message says so and keeps what it said', async () => {
  await using house = await start();
  const { app, ann, bob, key, first, kinds } = house;
  const edited = await editMessage(app, ann, { ...key(first), body: 'Hello, all' });
  expect(edited).toMatchObject({ body: 'Hello, all', createdAt: first.createdAt });
  expect(edited.editedAt).toBeInstanceOf(Date);
  await editMessage(app, ann, { ...key(first), body: 'Hello, everybody' });
  const revisions = await listRevisions(app, bob, key(first), {}, {});
  expect(revisions.map(({ body, createdAt }) => [body, createdAt])).toEqual([
    ['Hello, all', edited.editedAt],
    ['Hello', first.createdAt],
  ]);
  expect((await kinds()).slice(-2)).toEqual(['MESSAGE_EDITED', 'MESSAGE_EDITED']);
});

test('an edit to the same text is no edit', async () => {
  await using house = await start();
  const { app, ann, key, first, kinds } = house;
  const same = await editMessage(app, ann, { ...key(first), body: 'Hello' });
  expect(same.editedAt).toBeNull();
  expect((await kinds()).at(-1)).toBe('MESSAGE_POSTED');
});

test('only its author edits a message, while a member and while it stands', async () => {
  await using house = await start();
  const { app, ann, bob, eve, root, key, room, first, post } = house;
  const edit = (who: TestPerson, message: { seq: number }, body = 'Other') =>
    editMessage(app, who, { ...key(message), body });
  for (const other of [bob, eve, root]) {
    await expect(edit(other, first)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  await expect(edit(ann, { seq: 999 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(edit(ann, first, ' ')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const bobs = await post(bob, 'mine');
  await leaveRoom(app, bob, { roomId: room.id });
  await expect(edit(bob, bobs)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await deleteMessage(app, ann, key(first));
  await expect(edit(ann, first)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a deleted message leaves a tombstone and nothing of what it said', async () => {
  await using house = await start();
  const { app, ann, bob, key, first } = house;
  await editMessage(app, ann, { ...key(first), body: 'secret' });
  await addReaction(app, bob, { ...key(first), emoji: '👍' });
  await pinMessage(app, bob, key(first));
  const gone = await deleteMessage(app, ann, key(first));
  expect(gone).toMatchObject({ body: '', pinnedAt: null, seq: first.seq });
  expect(gone.deletedAt).toBeInstanceOf(Date);
  expect(await app.db.prisma.messageRevision.count()).toBe(0);
  expect(await app.db.prisma.reaction.count()).toBe(0);
  await expect(deleteMessage(app, ann, key(first))).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('its author, owners of the room and administrators delete a message, nobody else', async () => {
  await using house = await start();
  const { app, ann, bob, eve, root, key, post } = house;
  const bobs = await post(bob, 'one');
  await expect(deleteMessage(app, eve, key(bobs))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const anns = await post(ann, 'two');
  await expect(deleteMessage(app, bob, key(anns))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await deleteMessage(app, ann, key(bobs));
  await deleteMessage(app, root, key(anns));
  await deleteMessage(app, bob, key(await post(bob, 'three')));
});

test('a retry of a message that was edited or deleted meanwhile is still a retry', async () => {
  await using house = await start();
  const { app, ann, room, key } = house;
  const input = { roomId: room.id, body: 'once', idempotencyKey: 'once' };
  const { seq } = await postMessage(app, ann, input);
  await editMessage(app, ann, { ...key({ seq }), body: 'twice' });
  expect(await postMessage(app, ann, input)).toMatchObject({ seq, body: 'twice' });
  await deleteMessage(app, ann, key({ seq }));
  expect(await postMessage(app, ann, input)).toMatchObject({ seq, body: '' });
});

test('a thread’s first message tells how many replied and who did last', async () => {
  await using house = await start();
  const { app, ann, bob, key, first, post, read } = house;
  for (const n of [1, 2, 3]) await post(n % 2 ? ann : bob, `r${n}`, { thread: first.seq });
  const last = await post(bob, 'r4', { thread: first.seq });
  expect(await read(first)).toMatchObject({
    replyCount: 4,
    lastReplyAt: last.createdAt,
    lastReplierIds: [bob.user.id, ann.user.id],
  });
  await deleteMessage(app, bob, key(last));
  const replies = (await listReplies(app, ann, await read(first), {})).messages;
  expect(replies.map(({ body }) => body)).toEqual(['r1', 'r2', 'r3', '']);
  expect(await read(first)).toMatchObject({
    replyCount: 3,
    lastReplyAt: replies[2]!.createdAt,
    lastReplierIds: [ann.user.id, bob.user.id],
  });
});

test('a reply to a reply is of the same thread, and of the room only where it is wanted', async () => {
  await using house = await start();
  const { ann, bob, first, post } = house;
  const reply = await post(bob, 'a', { thread: first.seq });
  expect(reply).toMatchObject({ threadSeq: first.seq, inRoom: false });
  const next = await post(ann, 'b', { thread: reply.seq, alsoInRoom: true });
  expect(next).toMatchObject({ threadSeq: first.seq, inRoom: true });
});

test('one answers messages of the same room that stand', async () => {
  await using house = await start();
  const { app, ann, key, first, post } = house;
  expect(await post(ann, 'yes', { replyTo: first.seq })).toMatchObject({ replyToSeq: first.seq });
  await expect(post(ann, 'no', { replyTo: 999 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(post(ann, 'no', { thread: 999 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await deleteMessage(app, ann, key(first));
  await expect(post(ann, 'no', { replyTo: first.seq })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a reaction counts once for each person and emoji', async () => {
  await using house = await start();
  const { app, ann, bob, key, first, kinds, read } = house;
  const react = (who: TestPerson, emoji: string) => addReaction(app, who, { ...key(first), emoji });
  await Promise.all([react(ann, '👍'), react(ann, '👍'), react(ann, '👍')]);
  await react(bob, '🎉');
  await react(bob, '👍');
  const reactions = await listReactions(app, await read(first));
  expect(reactions.map(({ emoji, count, users }) => [emoji, count, users.length])).toEqual([
    ['👍', 2, 2],
    ['🎉', 1, 1],
  ]);
  await removeReaction(app, bob, { ...key(first), emoji: '👍' });
  await removeReaction(app, bob, { ...key(first), emoji: '👍' });
  expect((await kinds()).slice(-4)).toEqual([
    ...['REACTION_ADDED', 'REACTION_ADDED', 'REACTION_ADDED', 'REACTION_REMOVED'],
  ]);
});

test('a reaction is one emoji of a member, and there are not too many different ones', async () => {
  await using house = await start();
  const { app, ann, eve, key, first } = house;
  const react = (who: TestPerson, emoji: string) => addReaction(app, who, { ...key(first), emoji });
  for (const wrong of ['', 'a', '👍👍', '👍 ', '<b>', '#', '\u200d']) {
    await expect(react(ann, wrong)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  }
  for (const right of ['👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🇺🇦', '👍🏽']) await react(ann, right);
  await expect(react(eve, '👍')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (let more = 4; more < EMOJI_PER_MESSAGE; more++) {
    await react(ann, String.fromCodePoint(0x1f400 + more));
  }
  await expect(react(ann, '🎉')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('pins are of the room: any member pins and takes pins off, up to a number', async () => {
  await using house = await start();
  const { app, ann, bob, eve, key, first, post } = house;
  const pinned = await pinMessage(app, bob, key(first));
  expect(pinned).toMatchObject({ pinnedById: bob.user.id });
  await expect(pinMessage(app, eve, key(first))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const second = await post(ann, 'second');
  await pinMessage(app, ann, key(second));
  const bodies = (await listPins(app, eve, house.room.id)).map(({ body }) => body);
  expect(bodies).toEqual(['second', 'Hello']);
  await unpinMessage(app, ann, key(first));
  expect(await listPins(app, ann, house.room.id)).toHaveLength(1);

  const many = await Promise.all(
    Array.from({ length: PINS_PER_ROOM }, (_, n) => post(ann, `${n}`)),
  );
  for (const one of many.slice(1)) await pinMessage(app, ann, key(one));
  await expect(pinMessage(app, ann, key(many[0]!))).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('changes, replies and leavings that overlap do not stand in each other’s way', async () => {
  await using house = await start();
  const { app, ann, bob, key, first, post, read, room } = house;
  await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => post(bob, `reply ${n}`, { thread: first.seq })),
    ...Array.from({ length: 20 }, (_, n) =>
      editMessage(app, ann, { ...key(first), body: `edit ${n}` }),
    ),
    ...['👍', '🎉', '🙏'].map((emoji) => addReaction(app, bob, { ...key(first), emoji })),
    pinMessage(app, ann, key(first)),
  ]);
  expect((await read(first)).replyCount).toBe(20);
  const { lastSeq } = await app.db.prisma.room.findUniqueOrThrow({ where: { id: room.id } });
  expect(await app.db.prisma.roomEvent.count()).toBe(lastSeq);
});
