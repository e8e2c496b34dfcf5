import { expect, test } from 'vitest';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { removeMember } from '../moderation/removal.ts';
import { leaveRoom } from '../room/membership.ts';
import { updateRoom } from '../room/settings.ts';
import { MESSAGE_MAX_LENGTH, postMessage } from './message.ts';

const post = (roomId: string, body: string, idempotencyKey: string) => ({
  roomId,
  body,
  idempotencyKey,
});

test('a retry with the same key gives the first message and burns no number', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  const first = await postMessage(server.app, ann, post(room.id, 'hello', 'k1'));
  const again = await postMessage(server.app, ann, post(room.id, 'hello', 'k1'));
  const next = await postMessage(server.app, ann, post(room.id, 'world', 'k2'));
  expect(again).toMatchObject({ seq: first.seq, body: 'hello', createdAt: first.createdAt });
  expect(next.seq).toBe(first.seq + 1);
});

test('twenty retries at the same time make one message', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  const results = await Promise.all(
    Array.from({ length: 20 }, () => postMessage(server.app, ann, post(room.id, 'once', 'same'))),
  );
  expect(new Set(results.map(({ seq }) => seq)).size).toBe(1);
  expect(await server.app.db.prisma.message.count()).toBe(1);
  const next = await postMessage(server.app, ann, post(room.id, 'next', 'other'));
  expect(next.seq).toBe(results[0]!.seq + 1);
});

test('a key that was used for another message is a CONFLICT', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  await postMessage(server.app, ann, post(room.id, 'hello', 'k1'));
  await expect(postMessage(server.app, ann, post(room.id, 'other', 'k1'))).rejects.toMatchObject({
    code: 'CONFLICT',
    details: { field: 'idempotencyKey' },
  });
  // Keys are each author's own.
  await expect(postMessage(server.app, bob, post(room.id, 'mine', 'k1'))).resolves.toBeTruthy();
});

test('only members post: strangers are refused, and so are those who left', async () => {
  await using server = await startApp();
  const { bob, eve, room } = await people(server.app);
  await expect(postMessage(server.app, eve, post(room.id, 'hi', 'k'))).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await leaveRoom(server.app, bob, { roomId: room.id });
  await expect(postMessage(server.app, bob, post(room.id, 'hi', 'k'))).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(
    postMessage(server.app, bob, post('00000000-0000-4000-8000-000000000000', 'hi', 'k')),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('who does not see the room any more is not told by a retry what has become of their message', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const roomId = room.id;
  const said = post(roomId, 'hello', 'k1');
  await postMessage(app, bob, said);
  await updateRoom(app, ann, { roomId, visibility: 'PRIVATE' });
  await postMessage(app, bob, said);
  await removeMember(app, ann, { roomId, userId: bob.user.id, reason: null });
  for (const again of [said, post(roomId, 'hello', 'never sent')]) {
    await expect(postMessage(app, bob, again)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});

test('a body is Unicode text of 1 to 8,000 characters, kept as typed', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  const bodies = [
    '  spaces  \n\n kept ',
    '<script>alert(1)</script>',
    'שלום',
    '👩‍👩‍👧‍👦',
    'é',
    '\u{200B}x',
  ];
  for (const [index, body] of [...bodies, '𝒳'.repeat(MESSAGE_MAX_LENGTH)].entries()) {
    await postMessage(server.app, ann, post(room.id, body, `ok${index}`));
    const stored = await server.app.db.prisma.message.findFirst({ orderBy: { seq: 'desc' } });
    expect(stored?.body).toBe(body);
  }
  const refused = [
    '',
    ' \n\t ',
    '\u{200B}\u{2060}',
    'a\0b',
    '\uD800',
    'x'.repeat(MESSAGE_MAX_LENGTH + 1),
  ];
  for (const body of refused) {
    await expect(postMessage(server.app, ann, post(room.id, body, 'k'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'body' },
    });
  }
});

test('a leaving that runs beside sends is the last thing in the log by its author', async () => {
  await using server = await startApp();
  const { bob, room } = await people(server.app);
  const sends = Array.from({ length: 40 }, (_, index) =>
    postMessage(server.app, bob, post(room.id, `m${index}`, `k${index}`)).catch(() => null),
  );
  await leaveRoom(server.app, bob, { roomId: room.id });
  await Promise.all(sends);
  const log = await server.app.db.prisma.roomEvent.findMany({
    where: { roomId: room.id, actorId: bob.user.id },
    orderBy: { seq: 'asc' },
  });
  expect(log.at(-1)?.kind).toBe('MEMBER_LEFT');
});
