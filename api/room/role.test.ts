import { expect, test } from 'vitest';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { joinRoom, leaveRoom } from './membership.ts';
import { setMemberRole } from './role.ts';

test('owners and administrators give roles; moderators, members and strangers do not', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve, room } = await people(app);
  const give = (who: typeof ann, whom: typeof ann, role: 'OWNER' | 'MODERATOR' | 'MEMBER') =>
    setMemberRole(app, who, { roomId: room.id, userId: whom.user.id, role });
  expect(await give(ann, bob, 'MODERATOR')).toMatchObject({ role: 'MODERATOR' });
  for (const who of [bob, eve]) {
    await expect(give(who, bob, 'OWNER')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  await expect(give(ann, eve, 'MODERATOR')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await give(ann, bob, 'OWNER');
  // Owners stand as high as each other; administrators stand above.
  await expect(give(ann, bob, 'MEMBER')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await give(root, bob, 'MEMBER');
  await give(root, bob, 'MEMBER');
  const roles = { before: { role: 'OWNER' }, after: { role: 'MEMBER' } };
  const entries = await app.db.prisma.auditEntry.findMany({ orderBy: { id: 'desc' } });
  expect(entries).toHaveLength(3);
  expect(entries[0]).toMatchObject({ actorName: 'root', userName: 'bob', ...roles });
});

test('the last owner neither steps down nor leaves while others are members', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, room } = await people(app);
  const at = { roomId: room.id };
  const stepDown = (who = ann) =>
    setMemberRole(app, who, { ...at, userId: ann.user.id, role: 'MEMBER' });
  for (const deed of [() => stepDown(), () => stepDown(root), () => leaveRoom(app, ann, at)]) {
    await expect(deed()).rejects.toMatchObject({ code: 'CONFLICT' });
  }
  await setMemberRole(app, ann, { ...at, userId: bob.user.id, role: 'OWNER' });
  // Of two who step down at once one stays.
  const results = await Promise.allSettled(
    [ann, bob].map((who) =>
      setMemberRole(app, who, { ...at, userId: who.user.id, role: 'MEMBER' }),
    ),
  );
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await app.db.prisma.membership.count({ where: { ...at, role: 'OWNER' } })).toBe(1);
  await setMemberRole(app, root, { ...at, userId: ann.user.id, role: 'OWNER' });
  await setMemberRole(app, root, { ...at, userId: bob.user.id, role: 'OWNER' });
  await leaveRoom(app, ann, at);
  await leaveRoom(app, bob, at);
  // An empty room is anybody's to join, and nobody's.
  expect(await joinRoom(app, ann, at)).toMatchObject({ memberCount: 1 });
});
