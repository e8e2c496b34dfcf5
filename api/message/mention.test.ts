import { expect, test } from 'vitest';
import { joinRoom } from '../room/membership.ts';
import { run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people, person, type TestPerson } from '../test/people.ts';
import { deleteMessage } from './deletion.ts';
import { editMessage } from './editing.ts';
import { MENTION_ALL_MEMBERS } from '../access.ts';
import { namesIn } from './mention.ts';
import { postMessage } from './message.ts';

test.each([
  ['@bob, look', ['bob']],
  ['Hello @Bob and @ann.', ['bob', 'ann']],
  ['(@bob) “@ann”', ['bob', 'ann']],
  ['mail bob@example.org or bob@ann', []],
  ['`@bob` and ``a ` @ann``', []],
  ['```\n@bob\n``` @ann', ['ann']],
  ['~~~js\n@bob\n~~~\n@ann', ['ann']],
  ['@bob_the-builder.x!', ['bob_the-builder.x']],
  ['@bob @bob', ['bob']],
  ['@ bob, @@ann, path/@eve', []],
])('%j mentions %j', (body, names) => {
  expect([...namesIn(body)]).toEqual(names);
});

async function start() {
  const server = await startApp();
  const known = await people(server.app);
  let posted = 0;
  const post = (who: TestPerson, body: string) =>
    postMessage(server.app, who, {
      roomId: known.room.id,
      body,
      idempotencyKey: `key ${posted++}`,
    });
  return {
    ...known,
    app: server.app,
    url: server.url,
    post,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('a message mentions members, whatever their case, and neither strangers nor its author', async () => {
  await using house = await start();
  const { ann, bob, post } = house;
  const message = await post(ann, 'Good morning @BOB, @eve, @ann and @nobody');
  expect(message.mentionedIds).toEqual([bob.user.id]);
  expect((await post(ann, 'Good morning')).mentionedIds).toEqual([]);
});

test('an edit mentions whom its text names, and what is deleted mentions nobody', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, post } = house;
  await joinRoom(app, eve, { roomId: room.id });
  const message = await post(ann, 'Good morning @bob');
  const key = { roomId: room.id, seq: message.seq };
  const edited = await editMessage(app, ann, { ...key, body: 'Good morning @eve and @all' });
  expect(edited).toMatchObject({ mentionedIds: [eve.user.id], mentionScope: 'ALL' });
  expect(bob.user.id).not.toBe(eve.user.id);
  const deleted = await deleteMessage(app, ann, key);
  expect(deleted).toMatchObject({ mentionedIds: [], mentionScope: null });
});

test('everybody mentions all of a small room, and of a large one those in charge only', async () => {
  await using house = await start();
  const { app, ann, bob, room, post } = house;
  expect((await post(bob, 'Lunch, @here!')).mentionScope).toBe('HERE');
  await app.db.prisma.room.update({
    where: { id: room.id },
    data: { memberCount: MENTION_ALL_MEMBERS + 1 },
  });
  expect((await post(bob, 'Lunch, @all!')).mentionScope).toBeNull();
  expect((await post(ann, 'Lunch, @all!')).mentionScope).toBe('ALL');
  const mayAll = async ({ token }: TestPerson) =>
    (await run(house.url, '{ room(slug: "garden") { viewerCan { mentionAll } } }', {}, token)).room
      .viewerCan.mentionAll;
  expect([await mayAll(ann), await mayAll(bob)]).toEqual([true, false]);
  const zoe = await person(app, 'zoe');
  await joinRoom(app, zoe, { roomId: room.id });
  expect((await post(bob, 'Lunch, @all and @zoe!')).mentionedIds).toEqual([zoe.user.id]);
});
