import { expect, test } from 'vitest';
import { startApp } from '../test/harness.ts';
import { PASSWORD, people, person, STRANGER } from '../test/people.ts';
import { logIn, register } from './account.ts';
import { createInvitation } from './invitation.ts';

const ACCOUNT = {
  username: 'carol',
  password: PASSWORD,
  displayName: null,
  invitation: null,
  session: 'TOKEN',
} as const;
const LOG_IN = { username: 'ann', password: PASSWORD, session: 'TOKEN' } as const;

test('the first account of a server owns it, and only the first', async () => {
  await using server = await startApp();
  const all = await Promise.all(['a1', 'a2', 'a3', 'a4'].map((name) => person(server.app, name)));
  expect(all.map(({ user }) => user.role).sort()).toEqual(['MEMBER', 'MEMBER', 'MEMBER', 'OWNER']);
});

test('a username is taken in every case of it, also for those who register at once', async () => {
  await using server = await startApp();
  const results = await Promise.allSettled(
    ['Carol', 'carol', 'CAROL'].map((username) =>
      register(server.app, STRANGER, { ...ACCOUNT, username }),
    ),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(2);
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ code: 'CONFLICT', details: { field: 'username' } });
  }
});

test.each([
  ['username', { username: '' }],
  ['username', { username: 'a b' }],
  ['username', { username: '.hidden' }],
  ['username', { username: 'trailing.' }],
  ['username', { username: 'x'.repeat(33) }],
  ['password', { password: 'short' }],
  ['password', { password: 'x'.repeat(257) }],
  ['displayName', { displayName: ' ' }],
  ['displayName', { displayName: 'two\nlines' }],
  ['displayName', { displayName: 'x'.repeat(65) }],
])('a %s that is not acceptable is INVALID_INPUT: %j', async (field, change) => {
  await using server = await startApp();
  await expect(register(server.app, STRANGER, { ...ACCOUNT, ...change })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { field },
  });
  expect(await server.app.db.prisma.user.count()).toBe(0);
});

test('a password logs in, in whatever composition it was typed, and no other does', async () => {
  await using server = await startApp();
  await register(server.app, STRANGER, {
    ...ACCOUNT,
    username: 'ann',
    password: 'cafe\u0301 noir',
  });
  const composed = { ...LOG_IN, username: ' ANN ', password: 'caf\u00E9 noir' };
  await expect(logIn(server.app, STRANGER, composed)).resolves.toMatchObject({ kind: 'TOKEN' });
  await expect(logIn(server.app, STRANGER, LOG_IN)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('an unknown name is refused in the words of a wrong password', async () => {
  await using server = await startApp();
  await person(server.app, 'ann');
  const refusals = await Promise.all(
    [{ password: 'wrong password' }, { username: 'nobody' }, { username: 'x'.repeat(5_000) }].map(
      (change) => logIn(server.app, STRANGER, { ...LOG_IN, ...change }).catch((error) => error),
    ),
  );
  for (const refusal of refusals) {
    expect({ ...refusal, message: refusal.message }).toEqual({
      ...refusals[0],
      message: refusals[0].message,
    });
  }
});

test('REGISTRATION=closed lets the first account in and no other', async () => {
  await using server = await startApp({ REGISTRATION: 'closed' });
  await register(server.app, STRANGER, ACCOUNT);
  await expect(
    register(server.app, STRANGER, { ...ACCOUNT, username: 'dave' }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('REGISTRATION=invite takes an invitation, as often as it says and no more', async () => {
  await using server = await startApp({ REGISTRATION: 'invite' });
  const root = await person(server.app, 'root');
  const { code } = await createInvitation(server.app, root, { maxUses: 2, expiresInDays: 1 });
  const tries = await Promise.allSettled(
    ['a1', 'a2', 'a3', 'a4'].map((username) =>
      register(server.app, STRANGER, { ...ACCOUNT, username, invitation: code }),
    ),
  );
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  await expect(
    register(server.app, STRANGER, { ...ACCOUNT, username: 'b1', invitation: 'guess' }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN', details: { field: 'invitation' } });
});

test('a registration that fails gives its invitation back', async () => {
  await using server = await startApp({ REGISTRATION: 'invite' });
  const root = await person(server.app, 'root');
  const { code } = await createInvitation(server.app, root, { maxUses: 1, expiresInDays: 1 });
  const asRoot = { ...ACCOUNT, username: 'root', invitation: code };
  await expect(register(server.app, STRANGER, asRoot)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(
    register(server.app, STRANGER, { ...ACCOUNT, invitation: code }),
  ).resolves.toBeTruthy();
});

test('an invitation that is over is none, and only administrators make them', async () => {
  await using server = await startApp({ REGISTRATION: 'invite' });
  const root = await person(server.app, 'root');
  const { code } = await createInvitation(server.app, root, { maxUses: 2, expiresInDays: 1 });
  const { user } = await register(server.app, STRANGER, { ...ACCOUNT, invitation: code });
  await server.app.db.prisma.invitation.updateMany({ data: { expiresAt: new Date(0) } });
  await expect(
    register(server.app, STRANGER, { ...ACCOUNT, username: 'late', invitation: code }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const carol = { ...root, user };
  const invitation = { maxUses: 1, expiresInDays: 1 };
  await expect(createInvitation(server.app, carol, invitation)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(
    createInvitation(server.app, root, { ...invitation, maxUses: 0 }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'maxUses' } });
});

test('guesses at one account are throttled, from wherever they come, and in one operation too', async () => {
  await using server = await startApp({ RATE_LIMITS: 'on' });
  await people(server.app);
  const guesses = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      logIn(
        server.app,
        { ...STRANGER, address: `192.0.2.${index}` },
        { ...LOG_IN, password: `guess number ${index}` },
      ).catch((error) => error.code),
    ),
  );
  expect(guesses.filter((code) => code === 'INVALID_INPUT')).toHaveLength(10);
  expect(guesses.filter((code) => code === 'RATE_LIMITED')).toHaveLength(20);
  // Even the right password has to wait now; another account has not.
  await expect(logIn(server.app, STRANGER, LOG_IN)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    details: { retryAfterMs: expect.any(Number) },
  });
  await expect(logIn(server.app, STRANGER, { ...LOG_IN, username: 'bob' })).resolves.toBeTruthy();
});

test('guesses from one address are throttled, whatever the account; what succeeds is not counted', async () => {
  await using server = await startApp({ RATE_LIMITS: 'on' });
  await person(server.app, 'ann');
  for (let round = 0; round < 60; round++) await logIn(server.app, STRANGER, LOG_IN);
  const guesses = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      logIn(server.app, STRANGER, { ...LOG_IN, username: `user${index}` }).catch(
        (error) => error.code,
      ),
    ),
  );
  expect(guesses.filter((code) => code === 'INVALID_INPUT')).toHaveLength(50);
  expect(guesses.filter((code) => code === 'RATE_LIMITED')).toHaveLength(10);
});
