import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { postMessage } from '../message/message.ts';
import { connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { watchInbox } from '../test/inbox.ts';
import { people } from '../test/people.ts';
import { deleteRoom, previewDeletion } from './deletion.ts';
import { inviteToRoom } from './invitation.ts';
import { createRoom } from './room.ts';

const PREVIEW =
  'query($id: ID!) { node(id: $id) { ... on Room { deletionPreview { messageCount } } } }';

test('owners and administrators delete a room with its address typed again; members do not', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, room } = await people(app);
  const { id: roomId } = room;
  for (const viewer of [bob, eve]) {
    await expect(deleteRoom(app, viewer, { roomId, slug: 'garden' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await previewDeletion(app, viewer, { roomId })).toBeNull();
  }
  await expect(deleteRoom(app, ann, { roomId, slug: 'gardens' })).rejects.toMatchObject({
    ...{ code: 'INVALID_INPUT', details: { field: 'slug' } },
  });
  await deleteRoom(app, ann, { roomId, slug: 'Garden ' });
  await expect(deleteRoom(app, ann, { roomId, slug: 'garden' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('what goes with a room is shown before, and is gone after: rows, live feeds, inboxes and files', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, bob, eve, room, roomId: nodeId } = await people(app);
  const { id: roomId } = room;
  await postMessage(app, bob, { roomId, body: 'Hello', idempotencyKey: 'one' });
  const fileId = crypto.randomUUID();
  await app.db.prisma.file.create({
    data: {
      ...{ id: fileId, uploaderId: bob.user.id, roomId, idempotencyKey: 'file', name: 'a.txt' },
      ...{ mediaType: 'text/plain', size: 1_234, hash: createHash('sha256').digest() },
    },
  });
  await inviteToRoom(app, ann, { roomId, userIds: [eve.user.id] });
  expect(await previewDeletion(app, ann, { roomId })).toEqual({
    ...{ messageCount: 1, fileCount: 1, fileBytes: 1_234, memberCount: 2 },
  });
  const shown = await run(url, PREVIEW, { id: nodeId }, ann.token);
  expect(shown.node.deletionPreview).toEqual({ messageCount: 1 });

  await using inbox = watchInbox(url, bob.token);
  await using hers = watchInbox(url, eve.token);
  await inbox.signals.when(() => inbox.rooms.has(nodeId));
  await hers.signals.when(() => hers.shown.pending.invitations.length === 1);
  const client = connect(url, bob.token);
  const events = client.iterate<any>({
    query:
      'subscription($id: ID!, $after: String) { roomEvents(roomId: $id, after: $after) { cursor } }',
    variables: { id: nodeId },
  });
  const ended = events.next();
  const other = await createRoom(app, bob, {
    ...{ slug: 'other', name: null, topic: null, visibility: 'PUBLIC' },
  });
  const { epoch } = app.db;
  await deleteRoom(app, ann, { roomId, slug: 'garden' });
  await inbox.signals.when(() => !inbox.rooms.has(nodeId));
  await hers.signals.when(() => hers.shown.pending.invitations.length === 0);
  await ended.then(
    ({ value }) => expect(value?.errors?.[0]?.extensions?.code).toBe('RESYNC_REQUIRED'),
    (errors) => expect(errors[0].extensions.code).toMatch(/RESYNC_REQUIRED|NOT_FOUND/),
  );
  await client.dispose();
  // The other rooms' cursors are worth what they were.
  expect(app.db.epoch).toBe(epoch);
  await postMessage(app, bob, { roomId: other.id, body: 'Hello', idempotencyKey: 'two' });
  expect(await app.db.prisma.room.findMany({ select: { slug: true } })).toEqual([
    { slug: 'other' },
  ]);
  expect(await app.db.prisma.file.count()).toBe(0);
  const deeds = await app.db.prisma.auditEntry.findMany();
  expect(deeds).toMatchObject([
    { action: 'ROOM_DELETED', roomSlug: 'garden', before: { messageCount: 1, fileBytes: 1_234 } },
  ]);
});

test('messages that are sent while a room is deleted end it in no deadlock', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const { id: roomId } = room;
  const sends = Array.from({ length: 60 }, (_, n) =>
    postMessage(app, n % 2 ? ann : bob, { roomId, body: `${n}`, idempotencyKey: `${n}` }),
  );
  const [deleted, ...sent] = await Promise.allSettled([
    deleteRoom(app, ann, { roomId, slug: 'garden' }),
    ...sends,
  ]);
  expect(deleted.status).toBe('fulfilled');
  for (const one of sent) {
    if (one.status === 'rejected') {
      expect(['NOT_FOUND', 'FORBIDDEN']).toContain(one.reason.code);
    }
  }
  expect(await app.db.prisma.message.count()).toBe(0);
});
