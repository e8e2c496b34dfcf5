import { expect, test } from 'vitest';
import { run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { watchInbox } from '../test/inbox.ts';
import { hold, lockingPeople, waiting } from '../test/locks.ts';
import { people } from '../test/people.ts';
import { joinRoom } from './membership.ts';
import {
  answerJoinRequest,
  listJoinRequests,
  listOwnRequests,
  requestToJoin,
  withdrawJoinRequest,
} from './request.ts';
import { updateRoom } from './settings.ts';

async function restricted() {
  const server = await startApp();
  const known = await people(server.app);
  const roomId = known.room.id;
  await updateRoom(server.app, known.ann, { roomId, visibility: 'RESTRICTED' });
  return { server, ...known, nodeId: known.roomId, roomId };
}

test('of a restricted room everybody sees that it is there, and members only what is in it', async () => {
  const { server, bob, eve, roomId, nodeId } = await restricted();
  await using _ = server;
  const send =
    'mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }';
  const input = { roomId: nodeId, body: 'sesame', idempotencyKey: 'one' };
  const { message } = (await run(server.url, send, { input }, bob.token)).sendMessage;
  const shown = `query { room(slug: "garden") {
    id name memberCount members(first: 5) { edges { node { id } } } unreadCount cursor viewerCan { read join requestToJoin }
  } }`;
  const [forEve, forBob] = await Promise.all(
    [eve, bob].map(async ({ token }) => (await run(server.url, shown, {}, token)).room),
  );
  expect(forEve).toMatchObject({
    ...{ id: nodeId, name: 'Garden', memberCount: 2, unreadCount: 0, members: { edges: [] } },
    viewerCan: { read: false, join: false, requestToJoin: true },
  });
  expect(forBob.viewerCan).toEqual({ read: true, join: false, requestToJoin: false });
  expect(forEve.cursor).not.toBe(forBob.cursor);
  for (const field of [
    'messages(first: 1) { edges { node { id } } }',
    'pinnedMessages { id }',
    'cursorAt(time: "2100-01-01T00:00:00Z")',
    'namedUsers(usernames: ["bob"]) { isMember }',
  ]) {
    const query = `query { room(slug: "garden") { ${field} } }`;
    await expect(run(server.url, query, {}, eve.token), field).rejects.toThrow(
      /Only its members|FORBIDDEN/,
    );
    await run(server.url, query, {}, bob.token);
  }
  const node = `query { node(id: "${message.id}") { id } }`;
  expect((await run(server.url, node, {}, eve.token)).node).toBeNull();
  expect((await run(server.url, node, {}, bob.token)).node).not.toBeNull();
  await expect(joinRoom(server.app, eve, { roomId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('who asks is seen by those who keep order, live, and is let in or not', async () => {
  const { server, root, ann, bob, eve, roomId, nodeId } = await restricted();
  await using _ = server;
  await using hers = watchInbox(server.url, eve.token);
  await using anns = watchInbox(server.url, ann.token);
  await anns.signals.when(() => anns.rooms.has(nodeId));
  await requestToJoin(server.app, eve, { roomId, text: ' I grow leeks. ' });
  await anns.signals.when(() => anns.rooms.get(nodeId)?.joinRequestCount === 1);
  await hers.signals.when(() => hers.shown.pending.joinRequests[0]?.text === 'I grow leeks.');
  await requestToJoin(server.app, eve, { roomId, text: 'And peas.' });
  expect(await listJoinRequests(server.app, ann, roomId)).toMatchObject([{ text: 'And peas.' }]);
  expect(await listJoinRequests(server.app, root, roomId)).toHaveLength(1);
  expect(await listJoinRequests(server.app, bob, roomId)).toEqual([]);
  const answer = { roomId, userId: eve.user.id };
  for (const viewer of [bob, eve]) {
    await expect(
      answerJoinRequest(server.app, viewer, { ...answer, accept: true }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  await answerJoinRequest(server.app, ann, { ...answer, accept: false });
  await anns.signals.when(() => anns.rooms.get(nodeId)?.joinRequestCount === 0);
  await hers.signals.when(() => hers.shown.pending.joinRequests.length === 0);
  expect(hers.rooms.size).toBe(0);
  await requestToJoin(server.app, eve, { roomId, text: '' });
  await answerJoinRequest(server.app, ann, { ...answer, accept: true });
  await hers.signals.when(() => hers.rooms.has(nodeId));
  await expect(
    answerJoinRequest(server.app, ann, { ...answer, accept: true }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(requestToJoin(server.app, eve, { roomId, text: '' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const deeds = await server.app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  expect(deeds.slice(1).map(({ action, userName }) => [action, userName])).toEqual([
    ['JOIN_REQUEST_DECLINED', 'eve'],
    ['JOIN_REQUEST_ACCEPTED', 'eve'],
  ]);
});

test('a request is taken back by who asks, and goes where there is no need to ask any more', async () => {
  const { server, ann, eve, roomId } = await restricted();
  await using _ = server;
  await requestToJoin(server.app, eve, { roomId, text: '' });
  await withdrawJoinRequest(server.app, eve, { roomId });
  expect(await listJoinRequests(server.app, ann, roomId)).toEqual([]);
  await requestToJoin(server.app, eve, { roomId, text: '' });
  await updateRoom(server.app, ann, { roomId, visibility: 'PUBLIC' });
  await updateRoom(server.app, ann, { roomId, visibility: 'RESTRICTED' });
  expect(await listJoinRequests(server.app, ann, roomId)).toEqual([]);
});

test('who asks while the room is being opened finds that there is no need to', async () => {
  const { server, ann, eve, room, roomId } = await restricted();
  await using _ = server;
  // The request stops where the people of the room are locked; what it has looked at is not so any more behind that.
  const release = await hold(
    server,
    `${lockingPeople(room.id)}; UPDATE room SET visibility = 'PUBLIC' WHERE id = '${room.id}'`,
  );
  const asked = requestToJoin(server.app, eve, { roomId, text: '' });
  const refused = expect(asked).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect.poll(() => waiting(server)).toBe(1);
  await release();
  await refused;
  await updateRoom(server.app, ann, { roomId, visibility: 'RESTRICTED' });
  expect(await listJoinRequests(server.app, ann, roomId)).toEqual([]);
});

test('whoever is banned neither asks nor is let in by an older request', async () => {
  const { server, ann, eve, roomId } = await restricted();
  await using _ = server;
  await requestToJoin(server.app, eve, { roomId, text: '' });
  const userId = eve.user.id;
  await server.app.db.prisma.roomBan.create({ data: { roomId, userId, byId: ann.user.id } });
  expect(await listJoinRequests(server.app, ann, roomId)).toEqual([]);
  expect(await listOwnRequests(server.app, userId)).toEqual([]);
  await expect(
    answerJoinRequest(server.app, ann, { roomId, userId, accept: true }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(requestToJoin(server.app, eve, { roomId, text: '' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await server.app.db.prisma.membership.count({ where: { roomId } })).toBe(2);
});
