import { expect, test } from 'vitest';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { PASSWORD, people, person, STRANGER } from '../test/people.ts';
import { openAcknowledged } from '../test/raw-socket.ts';
import { logIn } from './account.ts';
import { banUser, listServerBans, unbanUser } from './server-ban.ts';
import { setServerRole } from './server-role.ts';
import { deactivateUser, reactivateUser } from './activation.ts';
import { createUser } from './creation.ts';
import { deleteUser } from './deletion.ts';
import { createInvitation } from './invitation.ts';
import { revokeSession } from './session.ts';
import { createPasswordReset, resetPassword } from './password-change.ts';
import { followPeople } from '../presence/people.ts';

const ME = '{ me { username } }';
const credentials = { username: 'bob', password: PASSWORD, session: 'TOKEN' } as const;

test('who is banned is logged out everywhere and cannot log in, and is told why and until when', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, bob } = await people(app);
  const socket = await openAcknowledged(server.url, { params: bearer(bob.token) });
  const until = new Date(Date.UTC(2100, 0, 31, 12));
  await banUser(app, root, { userId: bob.user.id, reason: 'Spam', until });
  expect(await ask(server.url, ME, {}, bearer(bob.token))).toMatchObject({ data: { me: null } });
  await expect(logIn(app, STRANGER, credentials)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: 'You are banned from this server until 2100-01-31 12:00 UTC: Spam',
  });
  // Whoever does not know the password is told nothing of it.
  await expect(logIn(app, STRANGER, { ...credentials, password: 'guessed' })).rejects.toMatchObject(
    {
      code: 'INVALID_INPUT',
    },
  );
  while (await socket.next());
  expect(await listServerBans(app, root, {}, {}, {})).toHaveLength(1);

  await unbanUser(app, root, { userId: bob.user.id });
  await unbanUser(app, root, { userId: bob.user.id });
  await logIn(app, STRANGER, credentials);
  const actions = await app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  expect(actions.map(({ action }) => action)).toEqual(['USER_BANNED', 'USER_UNBANNED']);
  await banUser(app, root, { userId: bob.user.id, reason: null, until: null });
  await app.db.prisma.serverBan.updateMany({ data: { until: new Date(Date.now() - 1) } });
  expect(await listServerBans(app, root, {}, {}, {})).toEqual([]);
  await logIn(app, STRANGER, credentials);
});

test('who logs in while they are banned has no session behind it', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, bob } = await people(app);
  const at = { userId: bob.user.id };
  for (let time = 0; time < 5; time++) {
    const logIns = Array.from({ length: 4 }, () => logIn(app, STRANGER, credentials));
    const begun = Promise.race(logIns.map((one) => one.catch(() => {})));
    await begun;
    await banUser(app, root, { ...at, reason: null, until: null });
    await Promise.allSettled(logIns);
    expect(await app.db.prisma.session.count({ where: at })).toBe(0);
    await unbanUser(app, root, at);
  }
});

test('administrators ban those of a lower role; owners give roles, and one remains', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve } = await people(app);
  const lea = await person(app, 'lea');
  const ban = (who: typeof ann, { user }: typeof ann) =>
    banUser(app, who, { userId: user.id, reason: null, until: null });
  const give = (
    who: typeof ann,
    { user }: typeof ann,
    role: 'OWNER' | 'ADMINISTRATOR' | 'MEMBER',
  ) => setServerRole(app, who, { userId: user.id, role });
  const FORBIDDEN = { code: 'FORBIDDEN' };
  await expect(ban(ann, bob)).rejects.toMatchObject(FORBIDDEN);
  await expect(give(ann, ann, 'ADMINISTRATOR')).rejects.toMatchObject(FORBIDDEN);
  await expect(listServerBans(app, ann, {}, {}, {})).rejects.toMatchObject(FORBIDDEN);
  await expect(ban(root, root)).rejects.toMatchObject(FORBIDDEN);
  await expect(give(root, root, 'MEMBER')).rejects.toMatchObject({ code: 'CONFLICT' });
  ann.user = await give(root, ann, 'ADMINISTRATOR');
  bob.user = await give(root, bob, 'ADMINISTRATOR');
  await expect(give(ann, eve, 'ADMINISTRATOR')).rejects.toMatchObject(FORBIDDEN);
  for (const whom of [bob, root, ann])
    await expect(ban(ann, whom)).rejects.toMatchObject(FORBIDDEN);
  await ban(ann, eve);
  await give(root, ann, 'MEMBER');
  // What the viewer was when they asked does not count.
  await expect(ban(ann, lea)).rejects.toMatchObject(FORBIDDEN);
  bob.user = await give(root, bob, 'OWNER');
  await expect(give(root, bob, 'MEMBER')).rejects.toMatchObject(FORBIDDEN);
  const results = await Promise.allSettled([give(root, root, 'MEMBER'), give(bob, bob, 'MEMBER')]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await app.db.prisma.user.count({ where: { role: 'OWNER' } })).toBe(1);
});

test('all of it is done over the API', async () => {
  await using server = await startApp();
  const { root, bob } = await people(server.app);
  const userId = Buffer.from(`User:${bob.user.id}`).toString('base64url');
  const mutation = `mutation ($role: SetServerRoleInput!, $again: SetServerRoleInput!, $ban: BanUserInput!) {
    setServerRole(input: $role) { user { role } }
    again: setServerRole(input: $again) { user { role } }
    banUser(input: $ban) { ban { reason until user { username } by { username } } }
  }`;
  const variables = {
    role: { userId, role: 'ADMINISTRATOR' },
    again: { userId, role: 'MEMBER' },
    ban: { userId, reason: 'Spam' },
  };
  const ban = { reason: 'Spam', until: null, user: { username: 'bob' }, by: { username: 'root' } };
  expect(await run(server.url, mutation, variables, root.token)).toEqual({
    setServerRole: { user: { role: 'ADMINISTRATOR' } },
    again: { user: { role: 'MEMBER' } },
    banUser: { ban },
  });
  const bans = '{ serverBans { edges { node { user { username } } } } }';
  expect(await run(server.url, bans, {}, root.token)).toEqual({
    serverBans: { edges: [{ node: { user: { username: 'bob' } } }] },
  });
  const lift =
    'mutation ($input: UnbanUserInput!) { unbanUser(input: $input) { user { username } } }';
  await run(server.url, lift, { input: { userId } }, root.token);
  expect(await run(server.url, bans, {}, root.token)).toEqual({ serverBans: { edges: [] } });
});

test('a code that was made for a member chooses no password for an administrator', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob } = await people(app);
  ann.user = await setServerRole(app, root, { userId: ann.user.id, role: 'ADMINISTRATOR' });
  const { code } = await createPasswordReset(app, ann, { userId: bob.user.id });
  await setServerRole(app, root, { userId: bob.user.id, role: 'ADMINISTRATOR' });
  await expect(
    resetPassword(app, STRANGER, { code, newPassword: 'a wholly new password' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  // Nor is one made by who was shown them as a member.
  await expect(createPasswordReset(app, ann, { userId: bob.user.id })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('an administrator’s role counts as it is when they act upon somebody’s account', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob } = await people(app);
  const userId = bob.user.id;
  ann.user = await setServerRole(app, root, { userId: ann.user.id, role: 'ADMINISTRATOR' });
  await setServerRole(app, root, { userId: ann.user.id, role: 'MEMBER' });
  for (const deed of [createPasswordReset, deactivateUser, reactivateUser]) {
    await expect(deed(app, ann, { userId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  const zoe = { username: 'zoe', displayName: null, role: 'MEMBER' } as const;
  await expect(createUser(app, ann, zoe)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('administrators end the sessions of those of a lower role; what one of them has given out goes with them', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob } = await people(app);
  const userId = ann.user.id;
  ann.user = await setServerRole(app, root, { userId, role: 'ADMINISTRATOR' });
  await revokeSession(app, ann, bob);
  await expect(revokeSession(app, ann, root)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await createInvitation(app, ann, { maxUses: 1, expiresInDays: 1 });
  await deleteUser(app, root, { userId, messages: 'KEEP' });
  expect(await app.db.prisma.invitation.count()).toBe(0);
  const left = await app.db.prisma.user.findUniqueOrThrow({ where: { id: userId } });
  expect(left.role).toBe('MEMBER');
});

test('an owner who is banned is no other owner', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann } = await people(app);
  const userId = ann.user.id;
  await banUser(app, root, { userId, reason: null, until: null });
  await setServerRole(app, root, { userId, role: 'OWNER' });
  const stepDown = () => setServerRole(app, root, { userId: root.user.id, role: 'ADMINISTRATOR' });
  await expect(stepDown()).rejects.toMatchObject({ code: 'CONFLICT' });
  await app.db.prisma.serverBan.updateMany({ data: { until: new Date() } });
  expect(await stepDown()).toMatchObject({ role: 'ADMINISTRATOR' });
});

test('whoever watches somebody is told of another role of theirs', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob } = await people(app);
  const stream = followPeople(app, bob, { userIds: [ann.user.id] });
  expect((await stream.next()).value).toEqual([ann.user.id]);
  await setServerRole(app, root, { userId: ann.user.id, role: 'ADMINISTRATOR' });
  expect((await stream.next()).value).toEqual([ann.user.id]);
  await stream.return();
});
