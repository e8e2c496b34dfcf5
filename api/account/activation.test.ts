import { expect, test } from 'vitest';
import { encodeNodeId } from '../node-id.ts';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { hold, waiting } from '../test/locks.ts';
import { PASSWORD, people, person, STRANGER } from '../test/people.ts';
import { logIn } from './account.ts';
import { deactivateUser, reactivateUser } from './activation.ts';
import { createPasswordReset } from './password-change.ts';
import { findSession } from './session.ts';

const logInAs = (username: string) => ({ username, password: PASSWORD, session: 'TOKEN' }) as const;

test('whoever is deactivated is out at once and logs in no more until they are reactivated', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, ann, bob } = await people(app);
  const id = encodeNodeId('User', ann.user.id);
  const mutation = `mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { state } } }`;
  const refused = await ask(url, mutation, { id }, bearer(bob.token));
  expect(refused.errors![0]!.extensions!.code).toBe('FORBIDDEN');
  const { deactivateUser: off } = await run(url, mutation, { id }, root.token);
  expect(off.user).toEqual({ state: 'DEACTIVATED' });
  expect(await findSession(app, 'TOKEN', ann.token)).toBeNull();
  await expect(logIn(app, STRANGER, logInAs('ann'))).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('deactivated'),
  });
  // Whoever does not know the password is not told.
  const guess = { ...logInAs('ann'), password: 'another password' };
  await expect(logIn(app, STRANGER, guess)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const seen = await run(
    url,
    'query ($id: ID!) { node(id: $id) { ... on User { username state presence { status } } } }',
    { id },
    bob.token,
  );
  expect(seen.node).toEqual({
    username: 'ann',
    state: 'DEACTIVATED',
    presence: { status: 'OFFLINE' },
  });
  await expect(reactivateUser(app, bob, { userId: ann.user.id })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await reactivateUser(app, root, { userId: ann.user.id });
  await expect(logIn(app, STRANGER, logInAs('ann'))).resolves.toBeTruthy();
});

test('who logs in while they are deactivated has no session behind it, nor once they are reactivated', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann } = await people(app);
  const at = { userId: ann.user.id };
  const { sessionId } = ann;
  const release = await hold(server, `SELECT FROM session WHERE id = '${sessionId}' FOR UPDATE`);
  const deactivated = deactivateUser(app, root, at);
  await expect.poll(() => waiting(server)).toBe(1);
  const begun = logIn(app, STRANGER, logInAs('ann')).catch((error: unknown) => error);
  await expect.poll(() => waiting(server)).toBe(2);
  await release();
  await deactivated;
  expect(await begun).toMatchObject({ code: 'INVALID_INPUT' });
  await reactivateUser(app, root, at);
  expect(await app.db.prisma.session.count({ where: at })).toBe(0);
});

test('everybody turns themselves off, but for the only owner; nobody those who rank as high', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob } = await people(app);
  await expect(deactivateUser(app, root, { userId: root.user.id })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await deactivateUser(app, bob, { userId: bob.user.id });
  expect(await findSession(app, 'TOKEN', bob.token)).toBeNull();
  const promote = (role: 'ADMINISTRATOR' | 'OWNER') =>
    app.db.prisma.user.update({ where: { id: ann.user.id }, data: { role } });
  const admin = { ...ann, user: await promote('ADMINISTRATOR') };
  const userId = root.user.id;
  await expect(deactivateUser(app, admin, { userId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(createPasswordReset(app, admin, { userId })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  // Of two owners who go at once, one stays.
  await promote('OWNER');
  const going = await Promise.allSettled([
    deactivateUser(app, root, { userId: root.user.id }),
    deactivateUser(app, ann, { userId: ann.user.id }),
  ]);
  expect(going.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('what is done to others is kept in the audit log', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann } = await people(app);
  const zoe = await person(app, 'zoe');
  await createPasswordReset(app, root, { userId: ann.user.id });
  await deactivateUser(app, root, { userId: ann.user.id });
  await deactivateUser(app, root, { userId: ann.user.id });
  await reactivateUser(app, root, { userId: ann.user.id });
  await deactivateUser(app, zoe, { userId: zoe.user.id });
  const entries = await app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  expect(entries.map(({ action, actorName, userName }) => [action, actorName, userName])).toEqual([
    ['PASSWORD_RESET_CREATED', 'root', 'ann'],
    ['USER_DEACTIVATED', 'root', 'ann'],
    ['USER_REACTIVATED', 'root', 'ann'],
  ]);
});
