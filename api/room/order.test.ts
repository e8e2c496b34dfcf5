import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../test/harness.ts';
import { loadInbox, watchInbox } from '../test/inbox.ts';
import { hold, waiting } from '../test/locks.ts';
import { people, type TestPerson } from '../test/people.ts';
import { run } from '../test/client.ts';
import { moveRoom, setFavourite } from './order.ts';
import { createRoom } from './room.ts';

async function listed({ url }: TestApp, { token }: TestPerson): Promise<string[]> {
  const { inbox } = await run(url, '{ inbox { rooms { room { name } } } }', {}, token);
  return inbox.rooms.map(({ room }: { room: { name: string } }) => room.name);
}

async function withRooms(server: TestApp) {
  const known = await people(server.app);
  const [attic, barn, cellar] = await Promise.all(
    ['attic', 'barn', 'cellar'].map((slug) =>
      createRoom(server.app, known.ann, { slug, name: null, topic: null, visibility: 'PUBLIC' }),
    ),
  );
  return { ...known, attic: attic!, barn: barn!, cellar: cellar! };
}

test('rooms are listed by name, then as they are moved; favourites come first', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room, attic, barn, cellar } = await withRooms(server);
  expect(await listed(server, ann)).toEqual(['attic', 'barn', 'cellar', 'Garden']);
  await moveRoom(app, ann, { roomId: room.id, after: attic.id });
  expect(await listed(server, ann)).toEqual(['attic', 'Garden', 'barn', 'cellar']);
  await moveRoom(app, ann, { roomId: cellar.id, after: null });
  expect(await listed(server, ann)).toEqual(['cellar', 'attic', 'Garden', 'barn']);
  await setFavourite(app, ann, { roomId: barn.id, isFavourite: true });
  await setFavourite(app, ann, { roomId: attic.id, isFavourite: true });
  expect(await listed(server, ann)).toEqual(['attic', 'barn', 'cellar', 'Garden']);
  await moveRoom(app, ann, { roomId: attic.id, after: barn.id });
  expect(await listed(server, ann)).toEqual(['barn', 'attic', 'cellar', 'Garden']);
  await createRoom(app, ann, { slug: 'aa', name: null, topic: null, visibility: 'PUBLIC' });
  expect(await listed(server, ann)).toEqual(['barn', 'attic', 'cellar', 'Garden', 'aa']);
  expect(await listed(server, bob)).toEqual(['Garden']);
});

test('the order is one’s own, and of rooms that one belongs to', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, eve, room } = await withRooms(server);
  const { id: roomId } = room;
  const input = { slug: 'shed', name: null, topic: null, visibility: 'PUBLIC' } as const;
  const shed = await createRoom(app, eve, input);
  for (const refused of [
    () => setFavourite(app, eve, { roomId, isFavourite: true }),
    () => moveRoom(app, eve, { roomId, after: null }),
    () => moveRoom(app, ann, { roomId, after: shed.id }),
  ]) {
    await expect(refused()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  await expect(moveRoom(app, ann, { roomId, after: roomId })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('of two moves at once the later one begins with what the earlier one made, and both are told', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, barn, cellar } = await withRooms(server);
  const told = new Set<string>();
  using stack = new DisposableStack();
  stack.defer(
    app.bus.listen(`user:${ann.user.id}`, (hint) => {
      if (hint.changed === 'PLACE') told.add(hint.roomId);
    }),
  );
  const own = `SELECT FROM membership WHERE user_id = '${ann.user.id}'`;
  const release = await hold(server, `${own} ORDER BY room_id FOR UPDATE`);
  const moves = [barn, cellar].map(({ id }) => moveRoom(app, ann, { roomId: id, after: null }));
  await expect.poll(() => waiting(server)).toBe(2);
  await release();
  await Promise.all(moves);
  expect((await listed(server, ann)).slice(0, 2).sort()).toEqual(['barn', 'cellar']);
  expect([...told]).toEqual(expect.arrayContaining([barn.id, cellar.id]));
});

test('all screens of a person show the order, also of moves at once on two servers', async () => {
  await using server = await startApp();
  await using other = await startApp({ DATABASE_URL: server.databaseUrl });
  const { ann, room, attic, barn, cellar } = await withRooms(server);
  await using inbox = watchInbox(server.url, ann.token);
  await inbox.signals.when(() => inbox.rooms.size === 4);
  await setFavourite(server.app, ann, { roomId: room.id, isFavourite: true });
  await Promise.all(
    [attic, barn, cellar, room].map(({ id }, n) =>
      moveRoom(n % 2 ? server.app : other.app, ann, { roomId: id, after: null }),
    ),
  );
  // The other server shares no bus: what it did is found by the sweep.
  const fresh = await loadInbox(server.url, ann.token);
  const positions = [...fresh.rooms.values()].map(({ position }) => position);
  expect(positions.sort()).toEqual([1, 2, 3, 4]);
  const inOrder = JSON.stringify(fresh.inOrder);
  await inbox.signals.when(() => JSON.stringify(inbox.shown.inOrder) === inOrder);
});
