import { expect, test } from 'vitest';
import { encodeNodeId } from '../node-id.ts';
import { ask, bearer, connect, run } from '../test/client.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { hold, waiting } from '../test/locks.ts';
import { PASSWORD, people, STRANGER, type TestPerson } from '../test/people.ts';
import { skipWithoutRedis, startRedis } from '../test/redis.ts';
import { logIn } from './account.ts';
import { deactivateUser, reactivateUser } from './activation.ts';
import { deleteUser } from './deletion.ts';
import { changePassword, createPasswordReset, resetPassword } from './password-change.ts';
import { findSession } from './session.ts';

const NEW = 'a wholly new password';
const CHANGE = { currentPassword: PASSWORD, newPassword: NEW };

test('another password counts at once, and ends all other sessions: tokens and sockets', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  await using one = await startApp({ REDIS_URL: redis.url });
  await using other = await startApp({ REDIS_URL: redis.url, DATABASE_URL: one.databaseUrl });
  const { ann, bob } = await people(one.app);
  const { token } = await logInAs(one, PASSWORD);
  // Of her other session, at another process.
  const closed = closingOf(other, token);
  await closed.opened;
  const input = `{ currentPassword: "${PASSWORD}", newPassword: "${NEW}" }`;
  const mutation = `mutation { changePassword(input: ${input}) { user { username } } }`;
  const startedAt = performance.now();
  await run(one.url, mutation, {}, ann.token);
  await closed.closed;
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  const me = async (of: string) =>
    (await ask(other.url, '{ me { id } }', {}, bearer(of))).data!['me'];
  expect([await me(token), await me(ann.token), await me(bob.token)]).toEqual([
    null,
    expect.anything(),
    expect.anything(),
  ]);
  await expect(logInAs(one, PASSWORD)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(logInAs(one, NEW)).resolves.toMatchObject({ user: { id: ann.user.id } });
});

test('a password is not changed without the one before it, nor to one that is too short', async () => {
  await using server = await startApp({ RATE_LIMITS: 'on' });
  const { app } = server;
  const { ann } = await people(app);
  const change = (input: Partial<typeof CHANGE>) =>
    changePassword(app, ann, { ...CHANGE, ...input });
  await expect(change({ newPassword: 'short' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { field: 'newPassword' },
  });
  for (let guess = 0; guess < 10; guess++) {
    await expect(change({ currentPassword: `guess ${guess}` })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'currentPassword' },
    });
  }
  await expect(change({})).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await expect(changePassword(app, STRANGER, CHANGE)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  await expect(logInAs(server, PASSWORD)).resolves.toBeTruthy();
});

test('who logs in by a password while it is changed has no session of it afterwards', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann } = await people(app);
  const logIns = Array.from({ length: 8 }, () => logInAs(server, PASSWORD).catch(() => null));
  const changed = changePassword(app, ann, CHANGE);
  const more = Array.from({ length: 8 }, () => logInAs(server, PASSWORD).catch(() => null));
  await changed;
  for (const begun of await Promise.all([...logIns, ...more])) {
    if (begun) expect(await findSession(app, 'TOKEN', begun.token)).toBeNull();
  }
  expect(await findSession(app, 'TOKEN', ann.token)).not.toBeNull();
});

test('who knew the password until its change waits for that, and begins no session behind it', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann } = await people(app);
  const other = await logInAs(server, PASSWORD);
  const where = { userId: ann.user.id, id: { not: ann.sessionId } };
  const { id } = await app.db.prisma.session.findFirstOrThrow({ where });
  // The change stops where it ends her other session; the new password is written and not committed.
  const release = await hold(server, `SELECT FROM session WHERE id = '${id}' FOR UPDATE`);
  const changed = changePassword(app, ann, CHANGE);
  await expect.poll(() => waiting(server)).toBe(1);
  const begun = logInAs(server, PASSWORD).catch((error: unknown) => error);
  await expect.poll(() => waiting(server)).toBe(2);
  await release();
  await changed;
  expect(await begun).toMatchObject({ code: 'INVALID_INPUT' });
  expect(await app.db.prisma.session.count({ where: { userId: ann.user.id } })).toBe(1);
  expect(await findSession(app, 'TOKEN', other.token)).toBeNull();
});

test('an administrator’s code chooses a new password once, and ends all sessions', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, ann, bob } = await people(app);
  const mutation = `mutation ($id: ID!) { createPasswordReset(input: { userId: $id }) { code user { username } } }`;
  const id = encodeNodeId('User', ann.user.id);
  const refused = await ask(url, mutation, { id }, bearer(bob.token));
  expect(refused.errors![0]!.extensions!.code).toBe('FORBIDDEN');
  const first = (await run(url, mutation, { id }, root.token)).createPasswordReset;
  expect(first.user.username).toBe('ann');
  const [kept] = await app.db.prisma.passwordReset.findMany();
  expect(Buffer.from(kept!.codeHash).toString('base64url')).not.toBe(first.code);
  const { code } = await createPasswordReset(app, root, { userId: ann.user.id });
  const reset = (by: string) => resetPassword(app, STRANGER, { code: by, newPassword: NEW });
  // A newer one voids it.
  await expect(reset(first.code)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const both = await Promise.allSettled([reset(code), reset(code)]);
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await findSession(app, 'TOKEN', ann.token)).toBeNull();
  expect(await findSession(app, 'TOKEN', bob.token)).not.toBeNull();
  await expect(logInAs(server, PASSWORD)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(logInAs(server, NEW)).resolves.toMatchObject({ user: { username: 'ann' } });
});

test('a code that is over chooses nothing, and a short password does not use one up', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann } = await people(app);
  const { code } = await createPasswordReset(app, root, { userId: ann.user.id });
  const reset = (newPassword: string) => resetPassword(app, STRANGER, { code, newPassword });
  await expect(reset('short')).rejects.toMatchObject({ details: { field: 'newPassword' } });
  await app.db.prisma.passwordReset.updateMany({ data: { expiresAt: new Date() } });
  await expect(reset(NEW)).rejects.toMatchObject({ details: { field: 'code' } });
  await expect(logInAs(server, PASSWORD)).resolves.toBeTruthy();
});

test('a code is void once its owner has chosen another password, is turned off, or is gone', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve } = await people(app);
  const ends: [TestPerson, () => Promise<unknown>][] = [
    [ann, () => changePassword(app, ann, CHANGE)],
    [
      bob,
      async () => {
        await deactivateUser(app, root, { userId: bob.user.id });
        await reactivateUser(app, root, { userId: bob.user.id });
      },
    ],
    [eve, () => deleteUser(app, root, { userId: eve.user.id, messages: 'KEEP' })],
  ];
  for (const [{ user }, end] of ends) {
    const { code } = await createPasswordReset(app, root, { userId: user.id });
    await end();
    await expect(resetPassword(app, STRANGER, { code, newPassword: NEW })).rejects.toMatchObject({
      details: { field: 'code' },
    });
  }
});

test('codes are not guessed without end, and whoever has one may log in at once', async () => {
  await using server = await startApp({ RATE_LIMITS: 'on' });
  const { app } = server;
  const { root, ann } = await people(app);
  const { code } = await createPasswordReset(app, root, { userId: ann.user.id });
  const LIMITED = { code: 'RATE_LIMITED' };
  for (let guess = 0; guess < 10; guess++) {
    await expect(logInAs(server, `guess ${guess}`)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  }
  await expect(logInAs(server, PASSWORD)).rejects.toMatchObject(LIMITED);
  await resetPassword(app, STRANGER, { code, newPassword: NEW });
  await logInAs(server, NEW);
  const guess = () => resetPassword(app, STRANGER, { code: 'a guess', newPassword: NEW });
  for (let time = 0; time < 29; time++) await expect(guess()).rejects.not.toMatchObject(LIMITED);
  await expect(guess()).rejects.toMatchObject(LIMITED);
});

function logInAs({ app }: TestApp, password: string) {
  return logIn(app, STRANGER, { username: 'ann', password, session: 'TOKEN' });
}

/** When a socket of that session has opened, and when the server has closed it. */
function closingOf({ url }: TestApp, token: TestPerson['token']) {
  const client = connect(url, token);
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  client.on('connected', () => opened.resolve());
  client.on('closed', () => {
    closed.resolve();
    void client.dispose();
  });
  client.subscribe(
    { query: 'subscription { viewerPresence { status } }' },
    { next() {}, error() {}, complete() {} },
  );
  return { opened: opened.promise, closed: closed.promise };
}
