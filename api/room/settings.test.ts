import { expect, test } from 'vitest';
import type { App } from '../app.ts';
import type { Viewer } from '../viewer.ts';
import { postMessage } from '../message/message.ts';
import { connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { watchInbox } from '../test/inbox.ts';
import { people } from '../test/people.ts';
import { archiveRoom, unarchiveRoom } from './archive.ts';
import { inviteToRoom, listInvitations } from './invitation.ts';
import { joinRoom } from './membership.ts';
import { renameRoom, setTopic } from './room.ts';
import { updateRoom } from './settings.ts';

const post = (app: App, viewer: Viewer, roomId: string) =>
  postMessage(app, viewer, { roomId, body: 'Hello', idempotencyKey: crypto.randomUUID() });

test('owners and administrators change its settings; members and strangers do not', async () => {
  await using server = await startApp();
  const { root, ann, bob, eve, room } = await people(server.app);
  const { id: roomId } = room;
  expect(
    await updateRoom(server.app, ann, {
      roomId,
      description: ' **Be kind.** ',
      icon: '🌱',
      postingPolicy: 'MODERATORS',
      slowModeSeconds: 30,
    }),
  ).toMatchObject({
    description: '**Be kind.**',
    icon: '🌱',
    postingPolicy: 'MODERATORS',
    slowModeSeconds: 30,
    visibility: 'PUBLIC',
  });
  expect(await updateRoom(server.app, root, { roomId, description: null })).toMatchObject({
    ...{ description: null, icon: '🌱' },
  });
  for (const viewer of [bob, eve]) {
    await expect(updateRoom(server.app, viewer, { roomId, icon: null })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  }
});

test.each([
  ['description', { description: 'x'.repeat(2_001) }],
  ['icon', { icon: 'a' }],
  ['icon', { icon: '🌱🌱' }],
  ['slowModeSeconds', { slowModeSeconds: -1 }],
  ['slowModeSeconds', { slowModeSeconds: 21_601 }],
])('a %s that is not acceptable is INVALID_INPUT', async (field, change) => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  await expect(updateRoom(server.app, ann, { roomId: room.id, ...change })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { field },
  });
});

test('what stays as it is makes no event, and all that changes is kept, without any text', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  const { lastSeq } = await updateRoom(server.app, ann, { roomId: room.id });
  await updateRoom(server.app, ann, { roomId: room.id, icon: null, slowModeSeconds: 0 });
  await updateRoom(server.app, ann, { roomId: room.id, description: 'Secret', slowModeSeconds: 9 });
  const { app } = server;
  const events = await app.db.prisma.roomEvent.findMany({ where: { seq: { gt: lastSeq } } });
  expect(events.map(({ kind, data }) => [kind, (data as any).changed])).toEqual([
    ['ROOM_CHANGED', ['description', 'slowModeSeconds']],
  ]);
  await updateRoom(app, ann, { roomId: room.id, icon: '🌱' });
  await renameRoom(app, ann, { roomId: room.id, name: 'Secret' });
  await setTopic(app, ann, { roomId: room.id, topic: 'Secret' });
  await setTopic(app, ann, { roomId: room.id, topic: 'Secret' });
  const kept = await app.db.prisma.auditEntry.findMany({
    where: { roomId: room.id },
    orderBy: { id: 'asc' },
  });
  expect(JSON.stringify(kept)).not.toContain('Secret');
  expect(kept).toMatchObject([
    {
      ...{ action: 'ROOM_CHANGED', actorName: 'ann', roomSlug: 'garden' },
      ...{ before: { slowModeSeconds: 0 } },
      after: { slowModeSeconds: 9, changed: ['description'] },
    },
    { action: 'ROOM_CHANGED', before: null, after: { changed: ['icon'] } },
    { action: 'ROOM_CHANGED', before: null, after: { changed: ['name'] } },
    { action: 'ROOM_CHANGED', before: null, after: { changed: ['topic'] } },
  ]);
});

const FIELDS = 'name topic description icon visibility postingPolicy slowModeSeconds archivedAt';
const HEADER = `query ($id: ID!) { node(id: $id) { ... on Room { cursor ${FIELDS} } } }`;
const EVENTS = `subscription ($id: ID!, $after: String) { roomEvents(roomId: $id, after: $after) {
  cursor
  node {
    ... on RoomRenamed { name }
    ... on RoomTopicChanged { topic }
    ... on RoomChanged { ${FIELDS.replace('name topic ', '')} }
  }
} }`;

test('what a screen had of a room, and the events since, is what a fresh one shows', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  const load = async () => (await run(server.url, HEADER, { id: roomId }, bob.token)).node;
  const { cursor: after, ...header } = await load();
  const { id } = room;
  await renameRoom(server.app, ann, { roomId: id, name: 'Field' });
  await setTopic(server.app, ann, { roomId: id, topic: 'Wide' });
  await updateRoom(server.app, ann, { roomId: id, description: 'Here', icon: '🌾' });
  await updateRoom(server.app, ann, { roomId: id, visibility: 'RESTRICTED', slowModeSeconds: 5 });
  await updateRoom(server.app, ann, { roomId: id, icon: null, postingPolicy: 'MODERATORS' });
  await archiveRoom(server.app, ann, { roomId: id });
  const { cursor, ...fresh } = await load();
  const client = connect(server.url, bob.token);
  const query = { query: EVENTS, variables: { id: roomId, after } };
  for await (const { data } of client.iterate<any>(query)) {
    Object.assign(header, data.roomEvents.node);
    if (data.roomEvents.cursor === cursor) break;
  }
  expect(header).toEqual(fresh);
  expect(fresh.archivedAt).not.toBeNull();
  await client.dispose();
});

test('inboxes show new settings at once', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  await using inbox = watchInbox(server.url, bob.token);
  await inbox.signals.when(() => inbox.rooms.size === 1);
  await updateRoom(server.app, ann, { roomId: room.id, icon: '🌱' });
  await inbox.signals.when(() => inbox.rooms.get(roomId)?.room.icon === '🌱');
  await archiveRoom(server.app, ann, { roomId: room.id });
  await inbox.signals.when(() => inbox.rooms.get(roomId)?.room.archivedAt !== null);
});

test('where moderators write only, members read', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  await updateRoom(server.app, ann, { roomId: room.id, postingPolicy: 'MODERATORS' });
  await post(server.app, ann, room.id);
  await expect(post(server.app, bob, room.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('of 20 messages at once in slow mode, on two servers, one is posted; those in charge do not wait', async () => {
  await using server = await startApp();
  await using other = await startApp({ DATABASE_URL: server.databaseUrl });
  const { ann, bob, room } = await people(server.app);
  await updateRoom(server.app, ann, { roomId: room.id, slowModeSeconds: 60 });
  const sends = Array.from({ length: 20 }, (_, n) =>
    post(n % 2 ? server.app : other.app, bob, room.id),
  );
  const results = await Promise.allSettled(sends);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status !== 'rejected') continue;
    expect(result.reason).toMatchObject({ code: 'RATE_LIMITED' });
    expect(result.reason.details.retryAfterMs).toBeGreaterThan(50_000);
    expect(result.reason.details.retryAfterMs).toBeLessThanOrEqual(60_000);
  }
  await Promise.all(Array.from({ length: 5 }, () => post(server.app, ann, room.id)));
  expect(await server.app.db.prisma.message.count()).toBe(6);
});

test('in slow mode a message that was refused takes no turn, and one that is sent again is the same', async () => {
  await using server = await startApp();
  const { ann, bob, room } = await people(server.app);
  await updateRoom(server.app, ann, { roomId: room.id, slowModeSeconds: 60 });
  const message = { roomId: room.id, body: 'Hello', idempotencyKey: 'one' };
  await expect(postMessage(server.app, bob, { ...message, body: '' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  const first = await postMessage(server.app, bob, message);
  const again = await postMessage(server.app, bob, message);
  expect(again.seq).toBe(first.seq);
});

test('in an archived room nothing changes, and it is read; its owner takes it back', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, room } = await people(app);
  const { id: roomId } = room;
  await post(app, bob, roomId);
  await expect(archiveRoom(app, bob, { roomId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await archiveRoom(app, ann, { roomId });
  const { archivedAt } = await archiveRoom(app, ann, { roomId });
  const { lastSeq } = await app.db.prisma.room.findUniqueOrThrow({ where: { id: roomId } });
  for (const refused of [
    () => post(app, ann, roomId),
    () => joinRoom(app, eve, { roomId }),
    () => updateRoom(app, ann, { roomId, icon: '🌱' }),
    () => renameRoom(app, ann, { roomId, name: 'New' }),
  ]) {
    await expect(refused()).rejects.toMatchObject({ code: 'FORBIDDEN', message: /archived/ });
  }
  expect(await app.db.prisma.room.findUnique({ where: { id: roomId } })).toMatchObject({
    ...{ archivedAt, lastSeq },
  });
  await expect(unarchiveRoom(app, bob, { roomId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await unarchiveRoom(app, ann, { roomId });
  await joinRoom(app, eve, { roomId });
  await post(app, eve, roomId);
  expect(await app.db.prisma.auditEntry.count({ where: { roomId } })).toBe(2);
});

test('a room that becomes private keeps its members and is gone for all others', async () => {
  await using server = await startApp();
  const { ann, bob, eve, room } = await people(server.app);
  const slug = 'query { room(slug: "garden") { id } }';
  expect((await run(server.url, slug, {}, eve.token)).room).not.toBeNull();
  await updateRoom(server.app, ann, { roomId: room.id, visibility: 'PRIVATE' });
  expect((await run(server.url, slug, {}, eve.token)).room).toBeNull();
  expect((await run(server.url, slug, {}, bob.token)).room).not.toBeNull();
  await expect(joinRoom(server.app, eve, { roomId: room.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('once a room is not public, invitations by those who may not invite to it are gone', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, root, room } = await people(app);
  const { id: roomId } = room;
  await inviteToRoom(app, bob, { roomId, userIds: [eve.user.id] });
  await inviteToRoom(app, ann, { roomId, userIds: [root.user.id] });
  await updateRoom(app, ann, { roomId, visibility: 'PRIVATE' });
  expect(await listInvitations(app, eve.user.id)).toEqual([]);
  expect(await listInvitations(app, root.user.id)).toHaveLength(1);
});
