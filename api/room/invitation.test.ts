import { expect, test } from 'vitest';
import { startApp } from '../test/harness.ts';
import { watchInbox } from '../test/inbox.ts';
import { people } from '../test/people.ts';
import { archiveRoom } from './archive.ts';
import {
  acceptInvitation,
  declineInvitation,
  INVITED_AT_ONCE,
  inviteToRoom,
  listInvitations,
} from './invitation.ts';
import {
  createRoomLink,
  findByLink,
  joinByLink,
  LINK_MAX_DAYS,
  LINK_MAX_USES,
  LINKS_PER_ROOM,
  listRoomLinks,
  revokeRoomLink,
} from './link.ts';
import { hold, lockingPeople, waiting } from '../test/locks.ts';
import { joinRoom } from './membership.ts';
import { createRoom } from './room.ts';
import { updateRoom } from './settings.ts';

const LINK = { maxUses: 2, expiresInDays: 1 };

test('members invite to a public room, those who keep order to the others', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, root, room } = await people(app);
  const { id: roomId } = room;
  const eves = [eve.user.id];
  const { invited } = await inviteToRoom(app, bob, { roomId, userIds: [...eves, ann.user.id] });
  expect(invited.map(({ username }) => username)).toEqual(['eve']);
  await expect(inviteToRoom(app, eve, { roomId, userIds: eves })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(inviteToRoom(app, ann, { roomId, userIds: [] })).rejects.toMatchObject({
    ...{ code: 'INVALID_INPUT', details: { field: 'userIds' } },
  });
  await updateRoom(app, ann, { roomId, visibility: 'PRIVATE' });
  // Bob may not invite to it any more, so what he offered does not hold.
  expect(await listInvitations(app, eve.user.id)).toEqual([]);
  await expect(acceptInvitation(app, eve, { roomId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(inviteToRoom(app, bob, { roomId, userIds: eves })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  for (const viewer of [eve, root]) {
    await expect(inviteToRoom(app, viewer, { roomId, userIds: eves })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  }
  await inviteToRoom(app, ann, { roomId, userIds: eves });
  await acceptInvitation(app, eve, { roomId });
  expect(await app.db.prisma.membership.count({ where: { roomId, userId: eve.user.id } })).toBe(1);
});

test('invitations stand in the inbox of the invited until they are answered, and are used once', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, eve, room, roomId: nodeId } = await people(app);
  const { id: roomId } = room;
  await updateRoom(app, ann, { roomId, visibility: 'PRIVATE' });
  await using inbox = watchInbox(url, eve.token);
  await inbox.signals.when(() => inbox.events > 0);
  const pending = () => inbox.shown.pending.invitations;
  await inviteToRoom(app, ann, { roomId, userIds: [eve.user.id] });
  await inbox.signals.when(() => pending()[0]?.room.name === 'Garden');
  await declineInvitation(app, eve, { roomId });
  await inbox.signals.when(() => pending().length === 0);
  await expect(acceptInvitation(app, eve, { roomId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await inviteToRoom(app, ann, { roomId, userIds: [eve.user.id] });
  await inbox.signals.when(() => pending().length === 1);
  const answers = await Promise.allSettled(
    [1, 2, 3].map(() => acceptInvitation(app, eve, { roomId })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await inbox.signals.when(() => pending().length === 0 && inbox.rooms.has(nodeId));
});

test('a link lets in so many, for so long; its code is told once and shows the room to those who have it', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, root, room } = await people(app);
  const { id: roomId } = room;
  await updateRoom(app, ann, { roomId, visibility: 'PRIVATE' });
  await expect(createRoomLink(app, bob, { roomId, ...LINK })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(createRoomLink(app, eve, { roomId, ...LINK })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  const { code } = await createRoomLink(app, ann, { roomId, ...LINK, maxUses: 1 });
  expect(JSON.stringify(await app.db.prisma.roomLink.findMany())).not.toContain(code);
  expect(await findByLink(app, eve, code)).toMatchObject({ name: 'Garden', memberCount: 2 });
  expect(await findByLink(app, eve, 'another')).toBeNull();
  // A member uses nothing up.
  await joinByLink(app, bob, { code });
  const results = await Promise.allSettled(
    [eve, root].map((one) => joinByLink(app, one, { code })),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'NOT_FOUND' },
  });
  expect(await listRoomLinks(app, ann, roomId)).toEqual([]);
});

test.each([
  ['archived', 'UPDATE room SET archived_at = now(); UPDATE room_link SET expires_at = now()'],
  [
    'made private',
    "UPDATE room SET visibility = 'PRIVATE'; UPDATE room_link SET expires_at = now()",
  ],
])('who comes in while a room is %s finds it as it is then', async (how, change) => {
  await using server = await startApp();
  const { app } = server;
  const { ann, eve, root, room } = await people(app);
  const { id: roomId } = room;
  await inviteToRoom(app, ann, { roomId, userIds: [root.user.id] });
  const { code } = await createRoomLink(app, ann, { roomId, ...LINK });
  const release = await hold(server, `${lockingPeople(roomId)}; ${change}`);
  const comings = [joinRoom(app, eve, { roomId }), joinByLink(app, eve, { code })];
  // An invitation to what was public holds in private; in an archive nobody comes in.
  if (how === 'archived') comings.push(acceptInvitation(app, root, { roomId }));
  const refused = comings.map((one) => expect(one).rejects.toMatchObject({ code: 'NOT_FOUND' }));
  await expect
    .poll(() => waiting(server))
    .toBe(comings.length)
    .finally(release);
  await Promise.all(refused);
  expect(await app.db.prisma.membership.count({ where: { roomId } })).toBe(2);
});

test('so many are invited at once, and links are for so many and so long', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, room } = await people(app);
  const { id: roomId } = room;
  const userIds = Array.from({ length: INVITED_AT_ONCE + 1 }, () => crypto.randomUUID());
  const refusal = (field: string) => ({ code: 'INVALID_INPUT', details: { field } });
  await expect(inviteToRoom(app, ann, { roomId, userIds })).rejects.toMatchObject(
    refusal('userIds'),
  );
  for (const [field, most] of [
    ['maxUses', LINK_MAX_USES],
    ['expiresInDays', LINK_MAX_DAYS],
  ] as const) {
    for (const value of [0, most + 1]) {
      await expect(
        createRoomLink(app, ann, { roomId, ...LINK, [field]: value }),
      ).rejects.toMatchObject(refusal(field));
    }
  }
});

test('one person uses a link once, however often they follow it at once', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, eve, room } = await people(app);
  const { code } = await createRoomLink(app, ann, { roomId: room.id, ...LINK });
  await Promise.all([1, 2, 3].map(() => joinByLink(app, eve, { code })));
  expect(await listRoomLinks(app, ann, room.id)).toMatchObject([{ uses: 1, maxUses: 2 }]);
});

test.each([
  ['was revoked', 'revoked'],
  ['is over', 'over'],
  ['is of an archived room', 'archived'],
  ['is for somebody who is banned', 'banned'],
])('a link that %s leads nowhere, in the words for one that never was', async (_title, how) => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, room } = await people(app);
  const { id: roomId } = room;
  const { code, link } = await createRoomLink(app, ann, { roomId, ...LINK });
  expect(await listRoomLinks(app, bob, roomId)).toEqual([]);
  expect(await listRoomLinks(app, ann, roomId)).toMatchObject([{ id: link.id, uses: 0 }]);
  if (how === 'revoked') {
    await expect(revokeRoomLink(app, bob, { roomId, linkId: link.id })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await revokeRoomLink(app, ann, { roomId, linkId: link.id });
  } else if (how === 'over') {
    await app.db.prisma.roomLink.updateMany({ data: { expiresAt: new Date() } });
  } else if (how === 'archived') await archiveRoom(app, ann, { roomId });
  else {
    const data = { roomId, userId: eve.user.id, byId: ann.user.id };
    await app.db.prisma.roomBan.create({ data });
    await inviteToRoom(app, ann, { roomId, userIds: [eve.user.id] });
    expect(await listInvitations(app, eve.user.id)).toEqual([]);
  }
  expect(await findByLink(app, eve, code)).toBeNull();
  const refusalOf = (typed: string) =>
    joinByLink(app, eve, { code: typed }).catch(({ code, message }) => ({ code, message }));
  expect(await refusalOf(code)).toEqual(await refusalOf('never-was'));
  expect(await app.db.prisma.membership.count({ where: { userId: eve.user.id } })).toBe(0);
});

test('a room has so many links at a time, and each is revoked in its own room', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, eve, room } = await people(app);
  const { id: roomId } = room;
  const { link } = await createRoomLink(app, ann, { roomId, ...LINK });
  const input = { slug: 'shed', name: null, topic: null, visibility: 'PUBLIC' } as const;
  const shed = await createRoom(app, eve, input);
  const elsewhere = { roomId: shed.id, linkId: link.id };
  await expect(revokeRoomLink(app, eve, elsewhere)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  for (let number = 1; number < LINKS_PER_ROOM; number++) {
    await createRoomLink(app, ann, { roomId, ...LINK });
  }
  await expect(createRoomLink(app, ann, { roomId, ...LINK })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await revokeRoomLink(app, ann, { roomId, linkId: link.id });
  await createRoomLink(app, ann, { roomId, ...LINK });
});

test('whoever is banned is not invited, also for the time behind the ban', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, eve, room } = await people(app);
  const { id: roomId } = room;
  const userId = eve.user.id;
  await app.db.prisma.roomBan.create({ data: { roomId, userId, byId: ann.user.id } });
  const { invited } = await inviteToRoom(app, ann, { roomId, userIds: [userId] });
  expect(invited).toEqual([]);
  expect(await app.db.prisma.roomInvitation.count()).toBe(0);
});
